package arena.diagnosis;

import static arena.diagnosis.Confidence.CERTAIN;
import static arena.diagnosis.Confidence.LIKELY;
import static arena.diagnosis.Confidence.POSSIBLE;

import arena.broker.BrokerLook;
import arena.codec.Timestamps;
import arena.journal.JournalTail;
import arena.run.Failure;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The table of rules, in the order in which they are asked: what is over before what goes on, what
 * breaks the run before what slows it, what is wrong before what is well. The first that applies
 * names the cause; whatever else applies is told beside it.
 *
 * <p>Pure: the same facts give the same findings.
 */
final class Rules {
  private static final String EXHAUSTED = "max number of clients reached";

  /** Part of its connections at which a broker counts as full: a task needs a few at once. */
  private static final double FULL = 0.98;

  static final List<Rule> TABLE =
      List.of(
          new Rule("no run has this id", Rules::noSuchRun),
          new Rule("the catalog does not answer", Rules::catalogSilent),
          // over
          new Rule("it ended and its archive is not written", Rules::endedWithoutArchive),
          new Rule("it failed", Rules::failed),
          new Rule("its readers were not told of the end", Rules::notDrained),
          new Rule("it is complete, and its model gave no actions", Rules::completeWithoutActions),
          new Rule("it is complete", Rules::complete),
          // not going on
          new Rule("nothing was written for the grace", Rules::silent),
          new Rule("it has no execution", Rules::withoutExecution),
          new Rule("its execution is over", Rules::executionOver),
          new Rule("the broker takes no more connections", Rules::connectionsExhausted),
          new Rule("the broker does not answer", Rules::brokerSilent),
          new Rule("its archive is not written", Rules::archiveFails),
          new Rule("its model fails", Rules::modelFails),
          new Rule("the broker fails its turn", Rules::brokerFails),
          new Rule("its task was lost", Rules::taskLost),
          new Rule("its turn fails on an exception", Rules::turnFails),
          new Rule("its model is silent for too long", Rules::modelSilent),
          new Rule("the broker lost some of it", Rules::brokerLost),
          // going on, with something wrong beside it
          new Rule("a reader is behind the buffer", Rules::readerBehind),
          new Rule("its model gives no actions", Rules::noActions),
          // well
          new Rule("it is being archived and closed", Rules::finalizing),
          new Rule("its model has time left", Rules::waitsForModel),
          new Rule("it moves", Rules::moves));

  private Rules() {}

  /** Every finding, in the order of the table; empty if no rule applies. */
  static List<Finding> read(Facts facts) {
    return TABLE.stream().flatMap(rule -> rule.read(facts).stream()).toList();
  }

  // ---- there is no run to speak of

  private static Optional<Finding> noSuchRun(Facts facts) {
    if (facts.row().known().isEmpty() || facts.run().isPresent()) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(
            Cause.NO_SUCH_RUN,
            Symptom.NEVER_IN_RUNS,
            CERTAIN,
            "No run has this id: its request was not answered 202, or it was another stack's.",
            List.of(Evidence.of("catalog.row", "none"), brokerEvidence(facts))));
  }

  private static Optional<Finding> catalogSilent(Facts facts) {
    return facts
        .row()
        .silence()
        .map(
            why ->
                new Finding(
                    Cause.CATALOG_UNREACHABLE,
                    Symptom.UNKNOWN,
                    CERTAIN,
                    "The catalog does not answer, so that no turn can be written now.",
                    List.of(Evidence.of("catalog", why))));
  }

  // ---- over

  private static Optional<Finding> endedWithoutArchive(Facts facts) {
    Optional<Run> run = facts.ended().filter(ended -> !ended.archived());
    if (run.isEmpty()) {
      return Optional.empty();
    }
    Instant ended = run.get().endedAt().orElse(run.get().createdAt());
    Optional<Execution.TaskError> error =
        facts
            .played()
            .flatMap(Execution::lastError)
            .filter(last -> last.state().startsWith("Finalize"));
    boolean late = facts.longAgo(ended, Allowances.FINALIZE);
    if (error.isEmpty() && !late) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("catalog.status", run.get().status().label()));
    evidence.add(Evidence.of("catalog.ended_at", Timestamps.write(ended)));
    evidence.add(Evidence.of("catalog.db_path", "empty"));
    error.ifPresent(last -> evidence.addAll(errorEvidence(last)));
    return Optional.of(
        new Finding(
            Cause.ARCHIVE_FAILED,
            Symptom.GROWTH_THEN_ERROR,
            error.isPresent() ? CERTAIN : LIKELY,
            "The run ended, and its archive is not written; its events are safe in the journal.",
            evidence));
  }

  /** A run fails for one reason: the first of these that knows it, else an exception. */
  private static Optional<Finding> failed(Facts facts) {
    Optional<Run> ended = facts.ended().filter(run -> run.status() == RunStatus.FAILED);
    if (ended.isEmpty()) {
      return Optional.empty();
    }
    Run run = ended.get();
    Failure why = run.failure().orElseGet(() -> new Failure("Unknown", "it was not told why"));
    return endedByUs(facts, run, why)
        .or(() -> endedByModel(facts, run, why))
        .or(() -> endedByBroker(facts, run, why))
        .or(() -> endedByLostTask(facts, run, why))
        .or(() -> Optional.of(endedByException(facts, run, why)));
  }

  private static Optional<Finding> endedByUs(Facts facts, Run run, Failure why) {
    return switch (why.code()) {
      case "Abandoned" ->
          Optional.of(
              failed(
                  facts,
                  run,
                  why,
                  Cause.REAPED,
                  "The reaper ended the run, because it made no progress for the grace."));
      case "Stopped" ->
          Optional.of(failed(facts, run, why, Cause.STOPPED, "An operator stopped the run."));
      case "NotStarted" ->
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
    return modelCause(why.code())
        .map(cause -> failed(facts, run, why, cause, modelSentence(cause, run, "ended")));
  }

  private static Optional<Finding> endedByBroker(Facts facts, Run run, Failure why) {
    if (!why.code().equals("BrokerUnavailable")) {
      return Optional.empty();
    }
    return Optional.of(
        why.message().contains(EXHAUSTED)
            ? failed(
                facts,
                run,
                why,
                Cause.CONNECTIONS_EXHAUSTED,
                "The broker took no more connections, in every attempt at the turn.")
            : failed(
                facts,
                run,
                why,
                Cause.BROKER_UNREACHABLE,
                "The broker did not answer, in every attempt at the turn."));
  }

  private static Optional<Finding> endedByLostTask(Facts facts, Run run, Failure why) {
    return isLost(why.code())
        ? Optional.of(
            failed(
                facts,
                run,
                why,
                Cause.TASK_LOST,
                "The turn's task was lost in every attempt: its process ended, or was out"
                    + " of time."))
        : Optional.empty();
  }

  private static Finding endedByException(Facts facts, Run run, Failure why) {
    return facts.hasTurn()
        ? failed(
            facts,
            run,
            why,
            Cause.FAILED_LATER,
            "A turn failed on an exception, after the run had played for a while.")
        : failed(
            facts,
            run,
            why,
            Cause.FAILED_BEFORE_FIRST_EVENT,
            "The replay failed on an exception before it had written an event.");
  }

  private static Finding failed(Facts facts, Run run, Failure why, Cause cause, String summary) {
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("catalog.status", run.status().label()));
    evidence.add(Evidence.of("catalog.error", why.code() + ": " + why.message()));
    run.endedAt()
        .ifPresent(at -> evidence.add(Evidence.of("catalog.ended_at", Timestamps.write(at))));
    evidence.add(Evidence.of("catalog.n_events", run.nEvents()));
    facts
        .played()
        .flatMap(Execution::lastError)
        .ifPresent(last -> evidence.addAll(errorEvidence(last)));
    return new Finding(
        cause,
        facts.hasTurn() ? Symptom.GROWTH_THEN_ERROR : Symptom.CLOSED_AT_ONCE,
        CERTAIN,
        summary,
        evidence);
  }

  private static Optional<Finding> notDrained(Facts facts) {
    Optional<Run> run = facts.ended();
    Optional<BrokerLook> look = facts.broker().known().filter(found -> found.readers() > 0);
    if (run.isEmpty() || look.isEmpty() || !run.get().archived()) {
      return Optional.empty();
    }
    Instant ended = run.get().endedAt().orElse(run.get().createdAt());
    if (!facts.longAgo(ended, Allowances.DRAIN)) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("catalog.status", run.get().status().label()));
    evidence.add(Evidence.of("catalog.ended_at", Timestamps.write(ended)));
    evidence.add(Evidence.of("broker.closed", look.get().closed()));
    evidence.add(Evidence.of("broker.fan_out_at_work", look.get().leaseHeld()));
    evidence.addAll(readerEvidence(look.get()));
    return Optional.of(
        new Finding(
            Cause.READERS_NOT_DRAINED,
            Symptom.STREAMING_WITHOUT_GROWTH,
            LIKELY,
            "The run is over and closed, and %d readers have not been told."
                .formatted(look.get().readers()),
            evidence));
  }

  private static Optional<Finding> completeWithoutActions(Facts facts) {
    return facts
        .ended()
        .filter(run -> run.status() == RunStatus.COMPLETE)
        .flatMap(run -> emptyTurns(facts, run))
        .map(
            evidence ->
                new Finding(
                    Cause.MODEL_ANSWERS_NO_ACTIONS,
                    Symptom.PLAYING_WITHOUT_EFFECT,
                    LIKELY,
                    "The run is complete, but its model answered no list of actions in its last"
                        + " turns.",
                    evidence));
  }

  private static Optional<Finding> complete(Facts facts) {
    return facts
        .ended()
        .filter(run -> run.status() == RunStatus.COMPLETE)
        .map(
            run ->
                new Finding(
                    Cause.COMPLETE,
                    Symptom.COMPLETE,
                    CERTAIN,
                    "The run played its %d turns and is archived.".formatted(run.nTurns()),
                    List.of(
                        Evidence.of("catalog.status", run.status().label()),
                        Evidence.of("catalog.n_events", run.nEvents()),
                        Evidence.of("catalog.db_path", run.dbPath()))));
  }

  // ---- not going on

  private static Optional<Finding> silent(Facts facts) {
    Optional<Run> run = facts.running();
    Optional<Instant> since = facts.silentSince();
    Duration grace = facts.allowances().grace();
    if (run.isEmpty() || since.isEmpty() || !facts.longAgo(since.get(), grace)) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("catalog.status", "running"));
    evidence.add(Evidence.of("catalog.last_ts", Timestamps.write(since.get())));
    evidence.add(Evidence.of("grace", seconds(grace)));
    evidence.add(executionEvidence(facts));
    return Optional.of(
        new Finding(
            Cause.DUE_TO_BE_REAPED,
            Symptom.STREAMING_WITHOUT_GROWTH,
            CERTAIN,
            "Nothing was written for longer than the grace: the reaper ends the run when it comes"
                + " next.",
            evidence));
  }

  private static Optional<Finding> withoutExecution(Facts facts) {
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
    if (age.compareTo(Allowances.START) <= 0) {
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
            age.compareTo(Allowances.CREATE) > 0 ? CERTAIN : LIKELY,
            "The run is in the catalog and nothing plays it: what created it died before it started"
                + " the replay.",
            evidence));
  }

  private static Optional<Finding> executionOver(Facts facts) {
    Optional<Run> run = facts.running();
    Optional<Execution> over = facts.played().filter(execution -> !execution.running());
    if (run.isEmpty() || over.isEmpty()) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("catalog.status", "running"));
    evidence.add(executionEvidence(facts));
    over.get()
        .endError()
        .ifPresent(error -> evidence.addAll(errorEvidence("execution.error", error)));
    over.get().lastError().ifPresent(error -> evidence.addAll(errorEvidence(error)));
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

  private static Optional<Finding> connectionsExhausted(Facts facts) {
    Optional<String> refused =
        facts
            .broker()
            .silence()
            .filter(why -> why.contains(EXHAUSTED))
            .or(
                () ->
                    currentError(facts)
                        .map(Execution.TaskError::message)
                        .filter(message -> message.contains(EXHAUSTED)));
    Optional<BrokerLook> full = facts.broker().known().filter(Rules::isFull);
    if (facts.running().isEmpty() || (refused.isEmpty() && full.isEmpty())) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    refused.ifPresent(why -> evidence.add(Evidence.of("broker.error", why)));
    facts.broker().known().ifPresent(look -> evidence.add(connectionEvidence(look)));
    evidence.add(executionEvidence(facts));
    return Optional.of(
        new Finding(
            Cause.CONNECTIONS_EXHAUSTED,
            Symptom.STREAMING_WITHOUT_GROWTH,
            refused.isPresent() ? CERTAIN : LIKELY,
            "The broker takes no more connections: a turn's task cannot publish.",
            evidence));
  }

  private static boolean isFull(BrokerLook look) {
    return look.connected().isPresent()
        && look.maxConnected().isPresent()
        && look.connected().get() >= look.maxConnected().get() * FULL;
  }

  private static Optional<Finding> brokerSilent(Facts facts) {
    Optional<String> why = facts.broker().silence();
    if (facts.running().isEmpty() || why.isEmpty() || why.get().contains(EXHAUSTED)) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("broker", why.get()));
    evidence.addAll(cacheEvidence(facts));
    evidence.add(executionEvidence(facts));
    return Optional.of(
        new Finding(
            Cause.BROKER_UNREACHABLE,
            Symptom.STREAMING_WITHOUT_GROWTH,
            CERTAIN,
            "The broker does not answer; what is played meanwhile is kept in the journal.",
            evidence));
  }

  private static Optional<Finding> archiveFails(Facts facts) {
    Optional<Execution> execution = facts.playing().filter(Execution::finalizing);
    if (facts.run().isEmpty() || execution.isEmpty()) {
      return Optional.empty();
    }
    Optional<Execution.TaskError> error = currentError(facts);
    boolean late = facts.longAgo(execution.get().since(), Allowances.FINALIZE);
    boolean archived = facts.run().get().archived();
    if (archived || (error.isEmpty() && !late)) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(executionEvidence(facts));
    error.ifPresent(last -> evidence.addAll(errorEvidence(last)));
    evidence.add(Evidence.of("catalog.db_path", "empty"));
    return Optional.of(
        new Finding(
            Cause.ARCHIVE_FAILED,
            Symptom.STREAMING_WITHOUT_GROWTH,
            error.isPresent() ? CERTAIN : LIKELY,
            "All is played, and the archive is not written; it is tried again.",
            evidence));
  }

  private static Optional<Finding> modelFails(Facts facts) {
    Optional<Execution.TaskError> error = currentError(facts);
    Optional<Run> run = facts.running();
    if (run.isEmpty() || error.isEmpty()) {
      return Optional.empty();
    }
    return modelCause(error.get().code())
        .map(
            cause ->
                failing(facts, error.get(), cause, modelSentence(cause, run.get(), "holds up")));
  }

  private static Optional<Finding> brokerFails(Facts facts) {
    return currentError(facts)
        .filter(error -> facts.running().isPresent() && error.code().equals("BrokerUnavailable"))
        .filter(error -> !error.message().contains(EXHAUSTED))
        .map(
            error ->
                failing(
                    facts,
                    error,
                    Cause.BROKER_UNREACHABLE,
                    "The broker did not answer when the turn was published; it answers now."));
  }

  private static Optional<Finding> taskLost(Facts facts) {
    if (facts.running().isEmpty()) {
      return Optional.empty();
    }
    Optional<Execution.TaskError> error =
        currentError(facts).filter(last -> isLost(last.code()) || isLost(last.name()));
    if (error.isPresent()) {
      return Optional.of(
          failing(
              facts,
              error.get(),
              Cause.TASK_LOST,
              "The turn's task was lost: its process ended, or was out of time; it is given out"
                  + " again."));
    }
    Optional<Execution> silent =
        facts
            .playing()
            .filter(execution -> execution.pending() == Execution.Pending.TASK)
            .filter(execution -> !execution.finalizing())
            .filter(execution -> facts.longAgo(execution.pendingSince(), Allowances.TASK));
    return silent.map(
        execution ->
            new Finding(
                Cause.TASK_LOST,
                Symptom.STREAMING_WITHOUT_GROWTH,
                LIKELY,
                "The turn's task is older than its function lives: it is lost, and given out again"
                    + " after its time-out.",
                List.of(
                    executionEvidence(facts),
                    Evidence.of(
                        "execution.task_since", Timestamps.write(execution.pendingSince())))));
  }

  private static Optional<Finding> turnFails(Facts facts) {
    Optional<Execution.TaskError> error = currentError(facts);
    boolean known =
        error.isPresent()
            && (modelCause(error.get().code()).isPresent()
                || isLost(error.get().code())
                || isLost(error.get().name())
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
      Facts facts, Execution.TaskError error, Cause cause, String summary) {
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(executionEvidence(facts));
    evidence.addAll(errorEvidence(error));
    facts
        .running()
        .ifPresent(
            run -> evidence.add(Evidence.of("catalog.profile.model", run.profile().model())));
    return new Finding(cause, Symptom.STREAMING_WITHOUT_GROWTH, CERTAIN, summary, evidence);
  }

  private static Optional<Finding> modelSilent(Facts facts) {
    Duration longest = facts.allowances().model().plus(Allowances.MODEL_MARGIN);
    return waiting(facts, WaitingOn.Step.MODEL)
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
                        Evidence.of("waiting_on.seconds", seconds(waiting.waited())),
                        Evidence.of("model.time_out", seconds(facts.allowances().model())),
                        executionEvidence(facts))));
  }

  private static Optional<Finding> brokerLost(Facts facts) {
    Optional<Run> run = facts.running();
    Optional<BrokerLook> look = facts.broker().known();
    if (run.isEmpty() || look.isEmpty() || look.get().closed()) {
      return Optional.empty();
    }
    BrokerLook found = look.get();
    boolean fresh =
        facts.silentSince().stream().noneMatch(at -> facts.longAgo(at, Allowances.PUBLISH));
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
    evidence.addAll(cacheEvidence(facts));
    return Optional.of(
        new Finding(
            Cause.BROKER_LOST_DATA,
            Symptom.STREAMING_WITHOUT_GROWTH,
            noSentinel || emptied || found.lossNoted() ? CERTAIN : LIKELY,
            "The broker has less of the run than the journal: it was restarted or failed over, or"
                + " keys were deleted; the next turn fills it again.",
            evidence));
  }

  // ---- going on, with something wrong beside it

  private static Optional<Finding> readerBehind(Facts facts) {
    Optional<BrokerLook> look = facts.broker().known();
    if (facts.run().isEmpty() || look.isEmpty()) {
      return Optional.empty();
    }
    long first = look.get().firstSeq().orElse(1L);
    boolean behind =
        look.get().hindmost().stream()
            .anyMatch(reader -> reader.nextSeq() < first && look.get().lag(reader) > 0);
    if (!behind || facts.run().get().archived()) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("broker.first_seq", first));
    evidence.add(Evidence.of("broker.last_seq", look.get().lastSeq()));
    evidence.addAll(readerEvidence(look.get()));
    evidence.add(Evidence.of("counters.streams_dropped", look.get().counters().streamsDropped()));
    return Optional.of(
        new Finding(
            Cause.READER_FELL_BEHIND,
            Symptom.GROWTH_THEN_ERROR,
            CERTAIN,
            "The run is well; a reader needs events that the live buffer has dropped, and gets an"
                + " overflow.",
            evidence));
  }

  private static Optional<Finding> noActions(Facts facts) {
    return facts
        .running()
        .flatMap(run -> emptyTurns(facts, run))
        .map(
            evidence ->
                new Finding(
                    Cause.MODEL_ANSWERS_NO_ACTIONS,
                    Symptom.PLAYING_WITHOUT_EFFECT,
                    LIKELY,
                    "The run goes on, but its model answers no list of actions: its turns are"
                        + " empty.",
                    evidence));
  }

  /** The evidence of empty turns, if the last answers of a model have no action. */
  private static Optional<List<Evidence>> emptyTurns(Facts facts, Run run) {
    if (run.profile().model().equals(Profile.SCRIPTED)) {
      return Optional.empty();
    }
    List<JournalTail.Part> answers =
        facts.journal().known().stream()
            .flatMap(List::stream)
            .filter(entry -> entry.answered() && entry.position() > 0)
            .flatMap(entry -> entry.events().stream().limit(1))
            .toList();
    boolean empty =
        !answers.isEmpty() && answers.stream().allMatch(answer -> Answers.isEmpty(answer));
    if (!empty) {
      return Optional.empty();
    }
    return Optional.of(
        List.of(
            Evidence.of("journal.empty_turns", answers.size() + " of the last " + answers.size()),
            Evidence.of("journal.last_reasoning", Answers.reasoning(answers.getFirst())),
            Evidence.of("catalog.profile.model", run.profile().model())));
  }

  // ---- well

  private static Optional<Finding> finalizing(Facts facts) {
    Optional<Run> failed =
        facts.ended().filter(run -> run.status() == RunStatus.FAILED && !run.archived());
    boolean closing =
        facts.running().isPresent()
            && (facts.playing().filter(Execution::finalizing).isPresent()
                || facts.broker().map(BrokerLook::closed).orElse(false));
    if (failed.isEmpty() && !closing) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(
            Cause.FINALIZING,
            Symptom.ENDING,
            CERTAIN,
            "The run is being archived and closed.",
            List.of(executionEvidence(facts))));
  }

  private static Optional<Finding> waitsForModel(Facts facts) {
    return waiting(facts, WaitingOn.Step.MODEL)
        .map(
            waiting ->
                new Finding(
                    Cause.WAITING_FOR_MODEL,
                    Symptom.PLAYING,
                    facts.playing().isPresent() ? CERTAIN : POSSIBLE,
                    "The turn waits for its model, which may take %s."
                        .formatted(seconds(facts.allowances().model())),
                    List.of(
                        Evidence.of("journal.last_kind", "llm_prompt"),
                        Evidence.of("waiting_on.seconds", seconds(waiting.waited())),
                        executionEvidence(facts))));
  }

  private static Optional<Finding> moves(Facts facts) {
    Optional<Execution> execution = facts.playing();
    Optional<WaitingOn> waiting = Position.of(facts);
    if (facts.running().isEmpty() || execution.isEmpty() || waiting.isEmpty()) {
      return Optional.empty();
    }
    Duration allowed =
        switch (waiting.get().step()) {
          case PUBLISH, NEXT_STATE -> Allowances.PUBLISH;
          case BEFORE_MODEL -> Allowances.TURN;
          default -> Duration.ZERO;
        };
    if (waiting.get().waited().compareTo(allowed) > 0) {
      return Optional.empty();
    }
    boolean begun = facts.hasTurn();
    return Optional.of(
        new Finding(
            begun ? Cause.PLAYING : Cause.STARTING,
            begun ? Symptom.PLAYING : Symptom.STARTING,
            CERTAIN,
            begun ? "The run is being played." : "The run's first turn is being begun.",
            List.of(
                executionEvidence(facts),
                Evidence.of("catalog.n_events", facts.written()),
                Evidence.of("waiting_on.step", waiting.get().step().label()))));
  }

  /** Where the run is, if it plays and waits for this. */
  private static Optional<WaitingOn> waiting(Facts facts, WaitingOn.Step step) {
    return facts
        .running()
        .flatMap(_ -> Position.of(facts))
        .filter(waiting -> waiting.step() == step);
  }

  // ---- what several rules ask

  /** What the state that the execution is in failed with before, if it did. */
  private static Optional<Execution.TaskError> currentError(Facts facts) {
    return facts.playing().flatMap(Execution::lastError);
  }

  /** The cause that a model's error is, by its name. */
  private static Optional<Cause> modelCause(String code) {
    return switch (code) {
      case "ModelTimedOut" -> Optional.of(Cause.MODEL_HANGS);
      case "ModelThrottled" -> Optional.of(Cause.MODEL_THROTTLES);
      case "ModelOverloaded" -> Optional.of(Cause.MODEL_OVERLOADED);
      case "ModelUnreachable" -> Optional.of(Cause.MODEL_UNREACHABLE);
      case "ModelRefused" -> Optional.of(Cause.MODEL_REFUSES);
      case "ModelMalformed" -> Optional.of(Cause.MODEL_ANSWERS_NO_ACTIONS);
      default -> Optional.empty();
    };
  }

  private static String modelSentence(Cause cause, Run run, String does) {
    String what =
        switch (cause) {
          case MODEL_HANGS -> "does not answer within its time";
          case MODEL_THROTTLES -> "takes no more calls for now";
          case MODEL_OVERLOADED -> "has too much to do, or fails";
          case MODEL_UNREACHABLE -> "cannot be reached";
          case MODEL_REFUSES -> "refuses: the key, the model's name or the request is wrong";
          default -> "answers what is no list of actions";
        };
    return "The model %s %s, which %s the run.".formatted(run.profile().model(), what, does);
  }

  /** Whether an error says that a task's process is gone or was out of time. */
  private static boolean isLost(String name) {
    return switch (name) {
      case "States.Timeout",
          "Timeout",
          "Sandbox.Timedout",
          "Timedout",
          "Runtime.ExitError",
          "ExitError",
          "Lambda.Unknown",
          "Lambda.ServiceException",
          "Lambda.ClientExecutionTimeoutException" ->
          true;
      default -> false;
    };
  }

  // ---- evidence

  private static Evidence executionEvidence(Facts facts) {
    return Evidence.of(
        "execution",
        switch (facts.execution()) {
          case Told.Silence<?>(String why) -> why;
          case Told.NotAsked<?> _ -> "not asked";
          case Told.Fact<Optional<Execution>>(Optional<Execution> found) ->
              found
                  .map(
                      execution ->
                          "%s, %s, attempt %d"
                              .formatted(
                                  execution.status(),
                                  execution.state()
                                      + (execution.turn().isPresent()
                                          ? " t=" + execution.turn().getAsInt()
                                          : ""),
                                  Math.max(1, execution.attempts())))
                  .orElse("none");
        });
  }

  private static List<Evidence> errorEvidence(Execution.TaskError error) {
    return errorEvidence("execution.last_error", error);
  }

  private static List<Evidence> errorEvidence(String fact, Execution.TaskError error) {
    String message = error.message().isEmpty() ? "" : ": " + error.message();
    return List.of(
        Evidence.of(fact, error.name() + message),
        Evidence.of(fact + "_at", Timestamps.write(error.at())));
  }

  private static Evidence brokerEvidence(Facts facts) {
    return Evidence.of(
        "broker",
        switch (facts.broker()) {
          case Told.Silence<?>(String why) -> why;
          case Told.NotAsked<?> _ -> "not asked";
          case Told.Fact<BrokerLook>(BrokerLook look) ->
              look.open() || look.length() > 0 ? "has keys of it" : "has nothing of it";
        });
  }

  private static Evidence connectionEvidence(BrokerLook look) {
    return Evidence.of(
        "broker.connections",
        "%s of %s"
            .formatted(
                look.connected().map(String::valueOf).orElse("?"),
                look.maxConnected().map(String::valueOf).orElse("?")));
  }

  private static List<Evidence> readerEvidence(BrokerLook look) {
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("broker.readers", look.readers()));
    look.hindmost().stream()
        .limit(3)
        .forEach(
            reader ->
                evidence.add(
                    Evidence.of(
                        "reader." + reader.connectionId(),
                        "next_seq %d, %d behind".formatted(reader.nextSeq(), look.lag(reader)))));
    return evidence;
  }

  private static List<Evidence> cacheEvidence(Facts facts) {
    List<Evidence> evidence = new ArrayList<>();
    facts
        .cache()
        .known()
        .ifPresent(
            cache -> {
              evidence.add(Evidence.of("elasticache.status", cache.status()));
              cache.events().stream()
                  .limit(2)
                  .forEach(
                      event ->
                          evidence.add(
                              Evidence.of(
                                  "elasticache.event",
                                  Timestamps.write(event.at()) + " " + event.message())));
            });
    facts.cache().silence().ifPresent(why -> evidence.add(Evidence.of("elasticache", why)));
    return evidence;
  }

  static String seconds(Duration time) {
    return "%.1f s".formatted(time.toMillis() / 1000.0);
  }
}
