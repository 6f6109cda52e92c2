package arena.diagnosis;

import static arena.diagnosis.Confidence.CERTAIN;
import static arena.diagnosis.Confidence.LIKELY;

import arena.agent.ModelRefused;
import arena.broker.BrokerSnapshot;
import arena.codec.Timestamps;
import arena.error.ErrorKind;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Rules for runs that have ended. */
final class EndedRunRules {
  private EndedRunRules() {}

  static Optional<Finding> endedWithoutArchive(Facts facts) {
    Optional<Run> run = facts.ended().filter(ended -> !ended.archived());
    if (run.isEmpty()) {
      return Optional.empty();
    }
    Instant ended = run.get().endedAt().orElse(run.get().createdAt());
    Optional<ExecutionState.TaskError> error =
        facts
            .existingExecution()
            .flatMap(ExecutionState::lastError)
            .filter(last -> last.state().startsWith("Finalize"));
    boolean overdue = facts.isOlderThan(ended, StallThresholds.FINALIZE);
    if (error.isEmpty() && !overdue) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("catalog.status", run.get().status().label()));
    evidence.add(Evidence.of("catalog.ended_at", Timestamps.write(ended)));
    evidence.add(Evidence.of("catalog.db_path", "empty"));
    error.ifPresent(last -> evidence.addAll(TaskErrors.evidence(last)));
    return Optional.of(
        new Finding(
            Cause.ARCHIVE_FAILED,
            Symptom.GROWTH_THEN_ERROR,
            error.isPresent() ? CERTAIN : LIKELY,
            "The run ended, but its archive is not written; its events are safe in the journal."
                + error.map(last -> MissingRight.sentence(last.message())).orElse(""),
            evidence));
  }

  /** Maps the failure code to a cause; an unknown code is an exception of a turn. */
  static Optional<Finding> failed(Facts facts) {
    Optional<Run> ended = facts.ended().filter(run -> run.status() == RunStatus.FAILED);
    if (ended.isEmpty()) {
      return Optional.empty();
    }
    Run run = ended.get();
    Failure why = run.failure().orElseGet(() -> new Failure("Unknown", "no reason recorded"));
    return endedByArena(facts, run, why)
        .or(() -> endedByModel(facts, run, why))
        .or(() -> endedByLostTask(facts, run, why))
        .or(() -> Optional.of(endedByException(facts, run, why)));
  }

  private static Optional<Finding> endedByArena(Facts facts, Run run, Failure why) {
    return switch (why.kind()) {
      case ABANDONED ->
          Optional.of(
              failed(
                  facts,
                  run,
                  why,
                  Cause.REAPED,
                  "The reaper ended the run because it made no progress for the grace period."));
      case STOPPED ->
          Optional.of(failed(facts, run, why, Cause.STOPPED, "An operator stopped the run."));
      case NOT_STARTED ->
          Optional.of(
              failed(
                  facts,
                  run,
                  why,
                  Cause.NEVER_STARTED,
                  "The run was created, but its replay could not be started."));
      default -> Optional.empty();
    };
  }

  private static Optional<Finding> endedByModel(Facts facts, Run run, Failure why) {
    boolean asksToWait =
        why.kind() == ErrorKind.MODEL_REFUSED && why.message().contains(ModelRefused.ASKS_TO_WAIT);
    return (asksToWait ? Optional.of(Cause.MODEL_THROTTLES) : TaskErrors.modelCause(why.kind()))
        .map(
            cause -> failed(facts, run, why, cause, TaskErrors.modelSentence(cause, run, "ended")));
  }

  private static Optional<Finding> endedByLostTask(Facts facts, Run run, Failure why) {
    return TaskErrors.isLost(why.code())
        ? Optional.of(
            failed(
                facts,
                run,
                why,
                Cause.TASK_LOST,
                "The turn's task was lost in every attempt: its process exited or timed out."))
        : Optional.empty();
  }

  private static Finding endedByException(Facts facts, Run run, Failure why) {
    return facts.hasTurn()
        ? failed(
            facts,
            run,
            why,
            Cause.FAILED_LATER,
            "A turn failed with an exception after the run had played at least one turn."
                + MissingRight.sentence(why.message()))
        : failed(
            facts,
            run,
            why,
            Cause.FAILED_BEFORE_FIRST_EVENT,
            "The replay failed with an exception before it wrote an event of a turn."
                + MissingRight.sentence(why.message()));
  }

  static Finding failed(Facts facts, Run run, Failure why, Cause cause, String summary) {
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("catalog.status", run.status().label()));
    evidence.add(Evidence.of("catalog.error", why.code() + ": " + why.message()));
    run.endedAt()
        .ifPresent(at -> evidence.add(Evidence.of("catalog.ended_at", Timestamps.write(at))));
    evidence.add(Evidence.of("catalog.n_events", run.nEvents()));
    facts
        .existingExecution()
        .flatMap(ExecutionState::lastError)
        .ifPresent(last -> evidence.addAll(TaskErrors.evidence(last)));
    return new Finding(
        cause,
        facts.hasTurn() ? Symptom.GROWTH_THEN_ERROR : Symptom.CLOSED_AT_ONCE,
        CERTAIN,
        summary,
        evidence);
  }

  static Optional<Finding> readersNotDrained(Facts facts) {
    Optional<Run> run = facts.ended();
    Optional<BrokerSnapshot> snapshot = facts.broker().known().filter(found -> found.readers() > 0);
    if (run.isEmpty() || snapshot.isEmpty() || !run.get().archived()) {
      return Optional.empty();
    }
    Instant ended = run.get().endedAt().orElse(run.get().createdAt());
    if (!facts.isOlderThan(ended, StallThresholds.DRAIN)) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("catalog.status", run.get().status().label()));
    evidence.add(Evidence.of("catalog.ended_at", Timestamps.write(ended)));
    evidence.add(Evidence.of("broker.closed", snapshot.get().closed()));
    evidence.add(Evidence.of("broker.fan_out_at_work", snapshot.get().leaseHeld()));
    evidence.addAll(FactEvidence.readers(snapshot.get()));
    return Optional.of(
        new Finding(
            Cause.READERS_NOT_DRAINED,
            Symptom.STREAMING_WITHOUT_GROWTH,
            LIKELY,
            String.format(
                Locale.ROOT,
                "The run has ended and is closed, but %d readers have not been notified.",
                snapshot.get().readers()),
            evidence));
  }

  static Optional<Finding> completeWithoutActions(Facts facts) {
    return facts
        .ended()
        .filter(run -> run.status() == RunStatus.COMPLETE)
        .flatMap(run -> HealthyRunRules.emptyTurns(facts, run))
        .map(
            evidence ->
                new Finding(
                    Cause.MODEL_ANSWERS_NO_ACTIONS,
                    Symptom.PLAYING_WITHOUT_EFFECT,
                    LIKELY,
                    "The run is complete, but the model's last answers contain no list of actions.",
                    evidence));
  }

  static Optional<Finding> complete(Facts facts) {
    return facts
        .ended()
        .filter(run -> run.status() == RunStatus.COMPLETE)
        .map(
            run ->
                new Finding(
                    Cause.COMPLETE,
                    Symptom.COMPLETE,
                    CERTAIN,
                    String.format(
                        Locale.ROOT, "The run played its %d turns and is archived.", run.nTurns()),
                    List.of(
                        Evidence.of("catalog.status", run.status().label()),
                        Evidence.of("catalog.n_events", run.nEvents()),
                        Evidence.of("catalog.db_path", run.dbPath()))));
  }
}
