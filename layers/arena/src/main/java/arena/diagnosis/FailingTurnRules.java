package arena.diagnosis;

import static arena.diagnosis.Confidence.CERTAIN;
import static arena.diagnosis.Confidence.LIKELY;

import arena.codec.Timestamps;
import arena.run.Run;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rules for running runs of which a turn's task fails, is lost, or waits too long. */
final class FailingTurnRules {
  private FailingTurnRules() {}

  static Optional<Finding> modelFails(Facts facts) {
    Optional<ExecutionState.TaskError> error = TaskErrors.current(facts);
    Optional<Run> run = facts.running();
    if (run.isEmpty() || error.isEmpty()) {
      return Optional.empty();
    }
    return TaskErrors.modelCause(error.get().kind())
        .map(
            cause ->
                taskFailure(
                    facts,
                    error.get(),
                    cause,
                    TaskErrors.modelSentence(cause, run.get(), "delays") + asksToWait(facts)));
  }

  /** A sentence on the wait that the model's service asked for, if the run is in one. */
  private static String asksToWait(Facts facts) {
    return facts
        .runningExecution()
        .flatMap(ExecutionState::pendingUntil)
        .map(
            until ->
                " Its service asked to wait until %s; the turn calls it again then."
                    .formatted(Timestamps.write(until)))
        .orElse("");
  }

  static Optional<Finding> taskLost(Facts facts) {
    if (facts.running().isEmpty()) {
      return Optional.empty();
    }
    Optional<ExecutionState.TaskError> error =
        TaskErrors.current(facts)
            .filter(last -> TaskErrors.isLost(last.code()) || TaskErrors.isLost(last.name()));
    if (error.isPresent()) {
      return Optional.of(
          taskFailure(
              facts,
              error.get(),
              Cause.TASK_LOST,
              "The turn's task was lost: its process exited or timed out; it is retried."));
    }
    Optional<ExecutionState> silent =
        facts
            .runningExecution()
            .filter(execution -> execution.pending() == ExecutionState.Pending.TASK)
            .filter(execution -> !execution.finalizing())
            .filter(
                execution ->
                    facts.isOlderThan(execution.pendingSince(), facts.thresholds().task()));
    return silent.map(
        execution ->
            new Finding(
                Cause.TASK_LOST,
                Symptom.STREAMING_WITHOUT_GROWTH,
                LIKELY,
                "The turn's task has exceeded its function's timeout: it is lost, and is retried after the task timeout.",
                List.of(
                    FactEvidence.execution(facts),
                    Evidence.of(
                        "execution.task_since", Timestamps.write(execution.pendingSince())))));
  }

  static Optional<Finding> turnFails(Facts facts) {
    Optional<ExecutionState.TaskError> error = TaskErrors.current(facts);
    boolean known =
        error.isPresent()
            && (TaskErrors.modelCause(error.get().kind()).isPresent()
                || TaskErrors.isLost(error.get().code())
                || TaskErrors.isLost(error.get().name())
                || error.get().state().startsWith("Finalize"));
    if (facts.running().isEmpty() || error.isEmpty() || known) {
      return Optional.empty();
    }
    return Optional.of(
        taskFailure(
            facts,
            error.get(),
            facts.hasTurn() ? Cause.FAILED_LATER : Cause.FAILED_BEFORE_FIRST_EVENT,
            "A turn failed with an exception and is retried."
                + MissingRight.sentence(error.get().message())));
  }

  private static Finding taskFailure(
      Facts facts, ExecutionState.TaskError error, Cause cause, String summary) {
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(FactEvidence.execution(facts));
    evidence.addAll(TaskErrors.evidence(error));
    facts
        .running()
        .ifPresent(
            run -> evidence.add(Evidence.of("catalog.profile.model", run.profile().model())));
    return new Finding(cause, Symptom.STREAMING_WITHOUT_GROWTH, CERTAIN, summary, evidence);
  }

  static Optional<Finding> modelTimedOut(Facts facts) {
    Duration limit = facts.thresholds().model().plus(StallThresholds.MODEL_MARGIN);
    return HealthyRunRules.waiting(facts, WaitingOn.Step.MODEL)
        .filter(waiting -> waiting.waited().compareTo(limit) > 0)
        .map(
            waiting ->
                new Finding(
                    Cause.MODEL_HANGS,
                    Symptom.STREAMING_WITHOUT_GROWTH,
                    LIKELY,
                    "The model has not answered within its timeout.",
                    List.of(
                        Evidence.of("journal.last_kind", "llm_prompt"),
                        Evidence.of("waiting_on.seconds", FactEvidence.seconds(waiting.waited())),
                        Evidence.of(
                            "model.time_out", FactEvidence.seconds(facts.thresholds().model())),
                        FactEvidence.execution(facts))));
  }
}
