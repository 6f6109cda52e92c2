package arena.benchmark;

import java.time.Duration;
import java.util.function.IntConsumer;

/**
 * The rounds of a measurement: warm-up rounds, numbered up to 0, then measured rounds from 1, until
 * {@code wanted} or the time limit is reached, but at least one.
 *
 * @param warmUps number of rounds whose results are discarded
 * @param wanted maximum number of measured rounds
 * @param time no round starts after this, except the first measured one
 */
record Rounds(int warmUps, int wanted, Duration time) {
  void each(IntConsumer round) {
    long start = System.nanoTime();
    for (int number = 1 - warmUps; number <= wanted; number++) {
      if (number > 1 && System.nanoTime() - start > time.toNanos()) {
        return;
      }
      round.accept(number);
    }
  }
}
