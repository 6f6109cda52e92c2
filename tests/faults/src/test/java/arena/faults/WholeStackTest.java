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

/** Runs the stack in a separate process: pauses its Redis, then kills the stack. */
final class WholeStackTest {
  private static final Duration PAUSE = Duration.ofSeconds(20);
  private static final Duration PAUSE_BOUND = Duration.ofSeconds(90);
  private static final Duration KILL_BOUND = Duration.ofMinutes(2);
  private static final int RUNS = 10;

  @TempDir Path home;

  @Test
  void completesEveryRun() {
    try (ProcessStack stack = new ProcessStack(home)) {
      pauseRedis(stack);
      killStack(stack);
    }
  }

  private static void pauseRedis(ProcessStack stack) {
    try (FaultScenario scenario =
        FaultScenario.start(stack, Fault.REDIS_PAUSED.token()).awaitModelCall()) {
      HoldPoint held = scenario.holdModelCall(2);
      scenario.resume();
      held.awaitReached(HoldPoint.TIMEOUT);
      scenario.markFault();
      stack.signalRedis("STOP");
      try {
        held.release();
        Outage.last(PAUSE);
      } finally {
        stack.signalRedis("CONT");
      }
      Matrix.record(Fault.REDIS_PAUSED, scenario.awaitComplete(PAUSE_BOUND));
    }
  }

  private static void killStack(ProcessStack stack) {
    List<FaultScenario> scenarios = new ArrayList<>();
    try {
      for (int number = 0; number < RUNS; number++) {
        scenarios.add(
            FaultScenario.start(stack, Fault.STACK_KILLED.token() + "-" + number).awaitModelCall());
      }
      List<HoldPoint> held = scenarios.stream().map(scenario -> scenario.holdModelCall(2)).toList();
      scenarios.forEach(FaultScenario::resume);
      held.forEach(one -> one.awaitReached(HoldPoint.TIMEOUT));
      scenarios.forEach(FaultScenario::markFault);
      stack.kill();
      held.forEach(HoldPoint::release);
      stack.start();
      Set<Outcome> outcomes = new TreeSet<>(Comparator.comparing(Outcome::toString));
      scenarios.forEach(
          scenario -> outcomes.add(scenario.awaitComplete(KILL_BOUND).withReader("")));
      assertEquals(1, outcomes.size(), "one outcome for all runs: " + outcomes);
      awaitNoneOpen(stack);
      Matrix.record(Fault.STACK_KILLED, outcomes.iterator().next());
    } finally {
      scenarios.forEach(FaultScenario::close);
    }
  }

  /** Waits for all runs; the demonstration run of the first start is in flight as well. */
  private static void awaitNoneOpen(ProcessStack stack) {
    Instant deadline = Instant.now().plus(KILL_BOUND);
    while (stack.client().get("/metrics").expect(200).get("runs_open").longValue() > 0) {
      if (Instant.now().isAfter(deadline)) {
        throw new AssertionError("a run has not ended");
      }
    }
  }
}
