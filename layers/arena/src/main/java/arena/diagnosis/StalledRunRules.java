package arena.diagnosis;

import static arena.diagnosis.Confidence.CERTAIN;
import static arena.diagnosis.Confidence.LIKELY;

import arena.broker.BrokerSnapshot;
import arena.codec.Timestamps;
import arena.run.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rules for running runs that make no progress. */
final class StalledRunRules {
  /** Share of the connection limit that counts as exhausted; a task needs several connections. */
  private static final double EXHAUSTED_SHARE = 0.98;

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

  static Optional<Finding> connectionsExhausted(Facts facts) {
    Optional<String> refused =
        facts
            .broker()
            .failure()
            .filter(why -> why.contains(TaskErrors.EXHAUSTED))
            .or(
                () ->
                    TaskErrors.current(facts)
                        .map(ExecutionState.TaskError::message)
                        .filter(message -> message.contains(TaskErrors.EXHAUSTED)));
    Optional<BrokerSnapshot> full = facts.broker().known().filter(StalledRunRules::isFull);
    if (facts.running().isEmpty() || (refused.isEmpty() && full.isEmpty())) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    refused.ifPresent(why -> evidence.add(Evidence.of("broker.error", why)));
    facts.broker().known().ifPresent(snapshot -> evidence.add(FactEvidence.connections(snapshot)));
    evidence.add(FactEvidence.execution(facts));
    return Optional.of(
        new Finding(
            Cause.CONNECTIONS_EXHAUSTED,
            Symptom.STREAMING_WITHOUT_GROWTH,
            refused.isPresent() ? CERTAIN : LIKELY,
            "The broker's connection limit is reached; turns cannot be published.",
            evidence));
  }

  private static boolean isFull(BrokerSnapshot snapshot) {
    return snapshot.connected().isPresent()
        && snapshot.maxConnected().isPresent()
        && snapshot.connected().get() >= snapshot.maxConnected().get() * EXHAUSTED_SHARE;
  }

  static Optional<Finding> brokerUnreachable(Facts facts) {
    Optional<String> why = facts.broker().failure();
    if (facts.running().isEmpty() || why.isEmpty() || why.get().contains(TaskErrors.EXHAUSTED)) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("broker", why.get()));
    evidence.addAll(FactEvidence.cache(facts));
    evidence.add(FactEvidence.execution(facts));
    return Optional.of(
        new Finding(
            Cause.BROKER_UNREACHABLE,
            Symptom.STREAMING_WITHOUT_GROWTH,
            CERTAIN,
            "The broker does not answer; turns are kept in the journal in the meantime.",
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

  static Optional<Finding> modelFails(Facts facts) {
    Optional<ExecutionState.TaskError> error = TaskErrors.current(facts);
    Optional<Run> run = facts.running();
    if (run.isEmpty() || error.isEmpty()) {
      return Optional.empty();
    }
    return TaskErrors.modelCause(error.get().code())
        .map(
            cause ->
                taskFailure(
                    facts,
                    error.get(),
                    cause,
                    TaskErrors.modelSentence(cause, run.get(), "delays")));
  }

  static Optional<Finding> brokerFails(Facts facts) {
    return TaskErrors.current(facts)
        .filter(error -> facts.running().isPresent() && error.code().equals("BrokerUnavailable"))
        .filter(error -> !error.message().contains(TaskErrors.EXHAUSTED))
        .map(
            error ->
                taskFailure(
                    facts,
                    error,
                    Cause.BROKER_UNREACHABLE,
                    "The broker did not answer when the turn was published, but answers now."));
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
            .filter(execution -> facts.isOlderThan(execution.pendingSince(), StallThresholds.TASK));
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
            && (TaskErrors.modelCause(error.get().code()).isPresent()
                || TaskErrors.isLost(error.get().code())
                || TaskErrors.isLost(error.get().name())
                || error.get().code().equals("BrokerUnavailable")
                || error.get().state().startsWith("Finalize"));
    if (facts.running().isEmpty() || error.isEmpty() || known) {
      return Optional.empty();
    }
    return Optional.of(
        taskFailure(
            facts,
            error.get(),
            facts.hasTurn() ? Cause.FAILED_LATER : Cause.FAILED_BEFORE_FIRST_EVENT,
            "A turn failed with an exception and is retried."));
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

  static Optional<Finding> brokerLostData(Facts facts) {
    Optional<Run> run = facts.running();
    Optional<BrokerSnapshot> snapshot = facts.broker().known();
    if (run.isEmpty() || snapshot.isEmpty() || snapshot.get().closed()) {
      return Optional.empty();
    }
    BrokerSnapshot found = snapshot.get();
    boolean fresh =
        facts.silentSince().stream()
            .noneMatch(at -> facts.isOlderThan(at, StallThresholds.PUBLISH));
    // a run is opened in the broker before its execution starts
    boolean noSentinel = !found.open() && facts.existingExecution().isPresent();
    // recent writes may not be published yet
    boolean behind = found.lastSeq() < facts.lastWrittenSeq() && !fresh;
    boolean hole = found.length() > 0 && found.newestSeq().orElse(0L) != found.lastSeq();
    boolean emptied = found.length() == 0 && found.lastSeq() > 0;
    if (!(noSentinel || behind || hole || emptied || found.lossNoted())) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("broker.sentinel", found.open() ? "exists" : "none"));
    evidence.add(Evidence.of("broker.last_seq", found.lastSeq()));
    evidence.add(Evidence.of("broker.length", found.length()));
    evidence.add(Evidence.of("journal.last_seq", facts.lastWrittenSeq()));
    evidence.add(Evidence.of("broker.loss_noted", found.lossNoted()));
    evidence.addAll(FactEvidence.cache(facts));
    return Optional.of(
        new Finding(
            Cause.BROKER_LOST_DATA,
            Symptom.STREAMING_WITHOUT_GROWTH,
            noSentinel || emptied || found.lossNoted() ? CERTAIN : LIKELY,
            "The broker has fewer events of the run than the journal: it was restarted or failed over, or keys were deleted; the next turn refills it.",
            evidence));
  }
}
