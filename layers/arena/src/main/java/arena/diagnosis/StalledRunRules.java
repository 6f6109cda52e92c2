package arena.diagnosis;

import static arena.diagnosis.Confidence.CERTAIN;
import static arena.diagnosis.Confidence.LIKELY;

import arena.codec.Timestamps;
import arena.run.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rules for running runs whose execution makes no progress. */
final class StalledRunRules {
  private StalledRunRules() {}

  static Optional<Finding> noProgress(Facts facts) {
    Optional<Run> run = facts.running();
    Optional<Instant> since = facts.silentSince();
    Duration grace = facts.thresholds().grace();
    if (run.isEmpty() || since.isEmpty() || !facts.isOlderThan(since.get(), grace)) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("catalog.status", "running"));
    evidence.add(Evidence.of("catalog.last_ts", Timestamps.write(since.get())));
    evidence.add(Evidence.of("grace", FactEvidence.seconds(grace)));
    evidence.add(FactEvidence.execution(facts));
    return Optional.of(
        new Finding(
            Cause.DUE_TO_BE_REAPED,
            Symptom.STREAMING_WITHOUT_GROWTH,
            CERTAIN,
            "No progress for longer than the grace period; the reaper will end the run.",
            evidence));
  }

  static Optional<Finding> executionMissing(Facts facts) {
    Optional<Run> run = facts.running();
    if (run.isEmpty()
        || facts.execution().known().isEmpty()
        || facts.existingExecution().isPresent()) {
      return Optional.empty();
    }
    Duration age = facts.age(run.get().createdAt());
    List<Evidence> evidence =
        List.of(
            Evidence.of("catalog.created_at", Timestamps.write(run.get().createdAt())),
            Evidence.of("catalog.n_events", run.get().nEvents()),
            Evidence.of("execution", "none"));
    if (age.compareTo(StallThresholds.START) <= 0) {
      return Optional.of(
          new Finding(
              Cause.STARTING,
              Symptom.STARTING,
              CERTAIN,
              "The run was just created; its replay is being started.",
              evidence));
    }
    return Optional.of(
        new Finding(
            Cause.NEVER_STARTED,
            Symptom.STREAMING_WITHOUT_GROWTH,
            age.compareTo(StallThresholds.CREATE) > 0 ? CERTAIN : LIKELY,
            "The run is in the catalog but has no execution: the function that created it ended before it started the replay.",
            evidence));
  }

  static Optional<Finding> executionEnded(Facts facts) {
    Optional<Run> run = facts.running();
    Optional<ExecutionState> over =
        facts.existingExecution().filter(execution -> !execution.running());
    if (run.isEmpty() || over.isEmpty()) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("catalog.status", "running"));
    evidence.add(FactEvidence.execution(facts));
    over.get()
        .endError()
        .ifPresent(error -> evidence.addAll(TaskErrors.evidence("execution.error", error)));
    over.get().lastError().ifPresent(error -> evidence.addAll(TaskErrors.evidence(error)));
    if (over.get().finalizing()) {
      return Optional.of(
          new Finding(
              Cause.ARCHIVE_FAILED,
              Symptom.STREAMING_WITHOUT_GROWTH,
              CERTAIN,
              "All turns are played, but every attempt to write the archive failed; the reaper retries.",
              evidence));
    }
    return Optional.of(
        new Finding(
            Cause.EXECUTION_ENDED,
            Symptom.STREAMING_WITHOUT_GROWTH,
            CERTAIN,
            "The execution has ended (%s), so the run makes no more progress; the reaper will end it."
                .formatted(over.get().status()),
            evidence));
  }

  static Optional<Finding> archiveFails(Facts facts) {
    Optional<ExecutionState> execution =
        facts.runningExecution().filter(ExecutionState::finalizing);
    if (facts.run().isEmpty() || execution.isEmpty()) {
      return Optional.empty();
    }
    Optional<ExecutionState.TaskError> error = TaskErrors.current(facts);
    boolean late = facts.isOlderThan(execution.get().since(), StallThresholds.FINALIZE);
    boolean archived = facts.run().get().archived();
    if (archived || (error.isEmpty() && !late)) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(FactEvidence.execution(facts));
    error.ifPresent(last -> evidence.addAll(TaskErrors.evidence(last)));
    evidence.add(Evidence.of("catalog.db_path", "empty"));
    return Optional.of(
        new Finding(
            Cause.ARCHIVE_FAILED,
            Symptom.STREAMING_WITHOUT_GROWTH,
            error.isPresent() ? CERTAIN : LIKELY,
            "All turns are played, but the archive is not written yet; it is retried.",
            evidence));
  }
}
