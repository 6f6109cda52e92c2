package arena.faults;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The stack in a process of its own: its Redis is stopped for a while, then the whole is killed.
 */
final class WholeStackTest {
  private static final Duration PAUSE = Duration.ofSeconds(20);
  private static final Duration PAUSE_BOUND = Duration.ofSeconds(90);
  private static final Duration KILL_BOUND = Duration.ofMinutes(2);
  private static final int RUNS = 10;

  @TempDir Path home;

  @Test
  void everyRunGoesOn() {
    try (ProcessStack stack = new ProcessStack(home)) {
      pauseRedis(stack);
      killTheWhole(stack);
    }
  }

  private static void pauseRedis(ProcessStack stack) {
    try (FaultScenario play = FaultScenario.start(stack, Fault.REDIS_PAUSED.token()).begun()) {
      HoldPoint held = play.holdingModel(2);
      play.goOn();
      held.awaitReached(HoldPoint.PATIENCE);
      play.breaks();
      stack.signalRedis("STOP");
      try {
        held.letGo();
        Outage.lasts(PAUSE);
      } finally {
        stack.signalRedis("CONT");
      }
      Matrix.record(Fault.REDIS_PAUSED, play.completes(PAUSE_BOUND));
    }
  }

  private static void killTheWhole(ProcessStack stack) {
    List<FaultScenario> plays = new ArrayList<>();
    try {
      for (int number = 0; number < RUNS; number++) {
        plays.add(FaultScenario.start(stack, Fault.STACK_KILLED.token() + "-" + number).begun());
      }
      List<HoldPoint> held = plays.stream().map(play -> play.holdingModel(2)).toList();
      plays.forEach(FaultScenario::goOn);
      held.forEach(one -> one.awaitReached(HoldPoint.PATIENCE));
      plays.forEach(FaultScenario::breaks);
      stack.kill();
      held.forEach(HoldPoint::letGo);
      stack.start();
      Set<Outcome> outcomes = new TreeSet<>(Comparator.comparing(Outcome::toString));
      plays.forEach(play -> outcomes.add(play.completes(KILL_BOUND).seen("")));
      assertEquals(1, outcomes.size(), "all alike: " + outcomes);
      awaitNoneOpen(stack);
      Matrix.record(Fault.STACK_KILLED, outcomes.iterator().next());
    } finally {
      plays.forEach(FaultScenario::close);
    }
  }

  /** The demonstration run, which the first start began, was in flight as well. */
  private static void awaitNoneOpen(ProcessStack stack) {
    Instant deadline = Instant.now().plus(KILL_BOUND);
    while (stack.client().get("/metrics").expect(200).get("runs_open").longValue() > 0) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("a run does not end");
      }
    }
  }
}
