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

/** What keeps a run from going on. */
final class StalledRunRules {
  /** Part of its connections at which a broker counts as full: a task needs a few at once. */
  private static final double FULL = 0.98;

  private StalledRunRules() {}

  static Optional<Finding> silent(Facts facts) {
    Optional<Run> run = facts.running();
    Optional<Instant> since = facts.silentSince();
    Duration grace = facts.allowances().grace();
    if (run.isEmpty() || since.isEmpty() || !facts.longAgo(since.get(), grace)) {
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
            "Nothing was written for longer than the grace: the reaper ends the run when it comes"
                + " next.",
            evidence));
  }

  static Optional<Finding> withoutExecution(Facts facts) {
    Optional<Run> run = facts.running();
    if (run.isEmpty() || facts.execution().known().isEmpty() || facts.played().isPresent()) {
      return Optional.empty();
    }
    Duration age = facts.since(run.get().createdAt());
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
              "The run has only just been asked for; its replay is being started.",
              evidence));
    }
    return Optional.of(
        new Finding(
            Cause.NEVER_STARTED,
            Symptom.STREAMING_WITHOUT_GROWTH,
            age.compareTo(StallThresholds.CREATE) > 0 ? CERTAIN : LIKELY,
            "The run is in the catalog and nothing plays it: what created it died before it started"
                + " the replay.",
            evidence));
  }

  static Optional<Finding> executionOver(Facts facts) {
    Optional<Run> run = facts.running();
    Optional<ExecutionState> over = facts.played().filter(execution -> !execution.running());
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
              "All is played, and every attempt at the archive failed; the reaper tries again.",
              evidence));
    }
    return Optional.of(
        new Finding(
            Cause.EXECUTION_ENDED,
            Symptom.STREAMING_WITHOUT_GROWTH,
            CERTAIN,
            "The execution is over (%s), so nothing plays the run any more; the reaper ends it."
                .formatted(over.get().status()),
            evidence));
  }

  static Optional<Finding> connectionsExhausted(Facts facts) {
    Optional<String> refused =
        facts
            .broker()
            .silence()
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
    facts.broker().known().ifPresent(look -> evidence.add(FactEvidence.connections(look)));
    evidence.add(FactEvidence.execution(facts));
    return Optional.of(
        new Finding(
            Cause.CONNECTIONS_EXHAUSTED,
            Symptom.STREAMING_WITHOUT_GROWTH,
            refused.isPresent() ? CERTAIN : LIKELY,
            "The broker takes no more connections: a turn's task cannot publish.",
            evidence));
  }

  private static boolean isFull(BrokerSnapshot look) {
    return look.connected().isPresent()
        && look.maxConnected().isPresent()
        && look.connected().get() >= look.maxConnected().get() * FULL;
  }

  static Optional<Finding> brokerSilent(Facts facts) {
    Optional<String> why = facts.broker().silence();
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
            "The broker does not answer; what is played meanwhile is kept in the journal.",
            evidence));
  }

  static Optional<Finding> archiveFails(Facts facts) {
    Optional<ExecutionState> execution = facts.playing().filter(ExecutionState::finalizing);
    if (facts.run().isEmpty() || execution.isEmpty()) {
      return Optional.empty();
    }
    Optional<ExecutionState.TaskError> error = TaskErrors.current(facts);
    boolean late = facts.longAgo(execution.get().since(), StallThresholds.FINALIZE);
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
            "All is played, and the archive is not written; it is tried again.",
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
                failing(
                    facts,
                    error.get(),
                    cause,
                    TaskErrors.modelSentence(cause, run.get(), "holds up")));
  }

  static Optional<Finding> brokerFails(Facts facts) {
    return TaskErrors.current(facts)
        .filter(error -> facts.running().isPresent() && error.code().equals("BrokerUnavailable"))
        .filter(error -> !error.message().contains(TaskErrors.EXHAUSTED))
        .map(
            error ->
                failing(
                    facts,
                    error,
                    Cause.BROKER_UNREACHABLE,
                    "The broker did not answer when the turn was published; it answers now."));
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
          failing(
              facts,
              error.get(),
              Cause.TASK_LOST,
              "The turn's task was lost: its process ended, or was out of time; it is given out"
                  + " again."));
    }
    Optional<ExecutionState> silent =
        facts
            .playing()
            .filter(execution -> execution.pending() == ExecutionState.Pending.TASK)
            .filter(execution -> !execution.finalizing())
            .filter(execution -> facts.longAgo(execution.pendingSince(), StallThresholds.TASK));
    return silent.map(
        execution ->
            new Finding(
                Cause.TASK_LOST,
                Symptom.STREAMING_WITHOUT_GROWTH,
                LIKELY,
                "The turn's task is older than its function lives: it is lost, and given out again"
                    + " after its time-out.",
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
        failing(
            facts,
            error.get(),
            facts.hasTurn() ? Cause.FAILED_LATER : Cause.FAILED_BEFORE_FIRST_EVENT,
            "A turn fails on an exception, and is tried again."));
  }

  private static Finding failing(
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

  static Optional<Finding> modelSilent(Facts facts) {
    Duration longest = facts.allowances().model().plus(StallThresholds.MODEL_MARGIN);
    return HealthyRunRules.waiting(facts, WaitingOn.Step.MODEL)
        .filter(waiting -> waiting.waited().compareTo(longest) > 0)
        .map(
            waiting ->
                new Finding(
                    Cause.MODEL_HANGS,
                    Symptom.STREAMING_WITHOUT_GROWTH,
                    LIKELY,
                    "The model has not answered within its time.",
                    List.of(
                        Evidence.of("journal.last_kind", "llm_prompt"),
                        Evidence.of("waiting_on.seconds", FactEvidence.seconds(waiting.waited())),
                        Evidence.of(
                            "model.time_out", FactEvidence.seconds(facts.allowances().model())),
                        FactEvidence.execution(facts))));
  }

  static Optional<Finding> brokerLost(Facts facts) {
    Optional<Run> run = facts.running();
    Optional<BrokerSnapshot> look = facts.broker().known();
    if (run.isEmpty() || look.isEmpty() || look.get().closed()) {
      return Optional.empty();
    }
    BrokerSnapshot found = look.get();
    boolean fresh =
        facts.silentSince().stream().noneMatch(at -> facts.longAgo(at, StallThresholds.PUBLISH));
    // a run is open before its execution is started
    boolean noSentinel = !found.open() && facts.played().isPresent();
    // what a turn has just written may still be on its way
    boolean behind = found.lastSeq() < facts.written() && !fresh;
    boolean hole = found.length() > 0 && found.newestSeq().orElse(0L) != found.lastSeq();
    boolean emptied = found.length() == 0 && found.lastSeq() > 0;
    if (!(noSentinel || behind || hole || emptied || found.lossNoted())) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("broker.sentinel", found.open() ? "exists" : "none"));
    evidence.add(Evidence.of("broker.last_seq", found.lastSeq()));
    evidence.add(Evidence.of("broker.length", found.length()));
    evidence.add(Evidence.of("journal.last_seq", facts.written()));
    evidence.add(Evidence.of("broker.loss_noted", found.lossNoted()));
    evidence.addAll(FactEvidence.cache(facts));
    return Optional.of(
        new Finding(
            Cause.BROKER_LOST_DATA,
            Symptom.STREAMING_WITHOUT_GROWTH,
            noSentinel || emptied || found.lossNoted() ? CERTAIN : LIKELY,
            "The broker has less of the run than the journal: it was restarted or failed over, or"
                + " keys were deleted; the next turn fills it again.",
            evidence));
  }
}
