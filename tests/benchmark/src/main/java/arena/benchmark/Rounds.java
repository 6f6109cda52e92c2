package arena.benchmark;

import java.time.Duration;
import java.util.function.IntConsumer;

/**
 * How often something is measured: rounds that only warm it up, numbered up to 0, and then as many
 * as are wanted, from 1, or as fit into the time there is, but at least one.
 *
 * @param warmUps rounds whose results do not count
 * @param wanted rounds after those
 * @param time no round begins after this, the first that counts excepted
 */
record Rounds(int warmUps, int wanted, Duration time) {
  void each(IntConsumer round) {
    long begun = System.nanoTime();
    for (int number = 1 - warmUps; number <= wanted; number++) {
      if (number > 1 && System.nanoTime() - begun > time.toNanos()) {
        return;
      }
      round.accept(number);
    }
  }
}
