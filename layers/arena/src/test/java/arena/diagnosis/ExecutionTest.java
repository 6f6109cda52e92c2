package arena.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.error.ErrorKind;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Execution histories in Step Functions' format. */
class ExecutionTest {
  private static final Instant START = Instant.parse("2026-11-24T12:00:00Z");
  private final List<ExecutionState.Entry> history = new ArrayList<>();

  private void add(String type, String state, String error, String reason) {
    long id = history.size() + 1L;
    history.addFirst(
        new ExecutionState.Entry(
            id,
            START.plusSeconds(id),
            type,
            Optional.ofNullable(state),
            Optional.ofNullable(state).map(_ -> "{\"t\":7}"),
            Optional.ofNullable(error),
            Optional.ofNullable(reason)));
  }

  private void all(String... types) {
    for (String type : types) {
      add(type, type.endsWith("StateEntered") ? "PlayTurn" : null, null, null);
    }
  }

  private void fail(String error, String message) {
    add(
        "TaskFailed",
        null,
        error,
        "{\"errorMessage\":\"%s\",\"errorType\":\"x\",\"stackTrace\":[\"a.B.c(D.java:1)\"]}"
            .formatted(message));
  }

  @Test
  void waitsForARunningTask() {
    all("ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted");
    ExecutionState execution = ExecutionState.read(history);
    assertEquals("RUNNING", execution.status());
    assertEquals("PlayTurn", execution.state());
    assertEquals(OptionalInt.of(7), execution.turn());
    assertEquals(1, execution.attempts());
    assertEquals(ExecutionState.Pending.TASK, execution.pending());
    assertEquals(Optional.empty(), execution.lastError());
  }

  @Test
  void waitsForTheRetryOfAFailedTask() {
    all("ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted");
    fail("arena.agent.ModelThrottled", "slow \\\"down\\\"");
    ExecutionState execution = ExecutionState.read(history);
    assertEquals(ExecutionState.Pending.RETRY, execution.pending());
    assertEquals("ModelThrottled", execution.lastError().orElseThrow().code());
    assertEquals("slow \"down\"", execution.lastError().orElseThrow().message());
    assertEquals("PlayTurn", execution.lastError().orElseThrow().state());
    all("TaskScheduled", "TaskStarted");
    execution = ExecutionState.read(history);
    assertEquals(2, execution.attempts());
    assertTrue(execution.lastError().isPresent(), "error of the previous attempt");
  }

  @Test
  void waitsForTheTimeThatTheModelsServiceAskedFor() {
    all("ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted");
    fail("x.Y", "once");
    all("TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited");
    all("ChoiceStateEntered", "ChoiceStateExited");
    Instant entered = START.plusSeconds(100);
    history.addFirst(
        new ExecutionState.Entry(
            100,
            entered,
            "WaitStateEntered",
            Optional.of("WaitForModel"),
            Optional.of(
                "{\"t\":7,\"wait\":{\"seconds\":90,\"error\":\"ModelThrottled\",\"message\":\"slow\"}}"),
            Optional.empty(),
            Optional.empty()));
    ExecutionState execution = ExecutionState.read(history);
    assertEquals("WaitForModel", execution.state());
    assertEquals(OptionalInt.of(7), execution.turn());
    assertEquals(ExecutionState.Pending.WAIT, execution.pending());
    assertEquals(Optional.of(entered.plusSeconds(90)), execution.pendingUntil());
    assertEquals(ErrorKind.MODEL_THROTTLED, execution.lastError().orElseThrow().kind());
    assertEquals("slow", execution.lastError().orElseThrow().message());
  }

  @Test
  void ignoresTheErrorOfAnEarlierState() {
    all("ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted");
    fail("x.Y", "once");
    all("TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited", "TaskStateEntered");
    all("TaskScheduled");
    ExecutionState execution = ExecutionState.read(history);
    assertEquals(Optional.empty(), execution.lastError());
    assertEquals(1, execution.attempts());
  }

  @Test
  void reportsTheLastTasksErrorOfAFailedExecution() {
    all("ExecutionStarted", "TaskStateEntered", "TaskScheduled", "TaskStarted");
    fail("arena.agent.ModelRefused", "the key is wrong");
    all("TaskStateExited");
    add("TaskStateEntered", "FinalizeFailedRun", null, null);
    all("TaskScheduled", "TaskStarted", "TaskSucceeded", "TaskStateExited");
    add("FailStateEntered", "RunFailed", null, null);
    add("ExecutionFailed", null, "ModelRefused", "the key is wrong");
    ExecutionState execution = ExecutionState.read(history);
    assertEquals("FAILED", execution.status());
    assertEquals("FinalizeFailedRun", execution.state());
    assertEquals("arena.agent.ModelRefused", execution.lastError().orElseThrow().name());
    assertEquals("PlayTurn", execution.lastError().orElseThrow().state());
    assertEquals("ModelRefused", execution.endError().orElseThrow().name());
    assertEquals(ExecutionState.Pending.NOTHING, execution.pending());
  }

  @Test
  void readsATruncatedCause() {
    assertEquals("so f", ExecutionState.message("{\"errorMessage\":\"so f"));
    assertEquals("plain", ExecutionState.message("plain"));
    assertEquals("", ExecutionState.message("{\"stackTrace\":[\"a.B.c(D.java:1)\"]}"));
  }
}
