package arena.diagnosis;

import static arena.diagnosis.Confidence.CERTAIN;
import static arena.diagnosis.Confidence.LIKELY;
import static arena.diagnosis.Confidence.POSSIBLE;

import arena.broker.Broker;
import arena.broker.BrokerSnapshot;
import arena.journal.JournalTail;
import arena.run.Run;
import arena.run.RunStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Rules for runs that make progress. */
final class HealthyRunRules {
  private HealthyRunRules() {}

  static Optional<Finding> readerBehind(Facts facts) {
    Optional<BrokerSnapshot> snapshot = facts.broker().known();
    if (facts.run().isEmpty() || snapshot.isEmpty()) {
      return Optional.empty();
    }
    long first = snapshot.get().firstSeq().orElse(1L);
    boolean behind =
        snapshot.get().mostLaggingReaders().stream()
            .anyMatch(reader -> reader.nextSeq() < first && snapshot.get().lag(reader) > 0);
    if (!behind || facts.run().get().archived()) {
      return Optional.empty();
    }
    long lastDropped = snapshot.get().lastSeq() - Broker.BUFFER_EVENTS;
    boolean overflows =
        snapshot.get().mostLaggingReaders().stream()
            .anyMatch(reader -> reader.nextSeq() <= lastDropped);
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("broker.first_seq", first));
    evidence.add(Evidence.of("broker.last_seq", snapshot.get().lastSeq()));
    evidence.addAll(FactEvidence.readers(snapshot.get()));
    facts
        .counters()
        .known()
        .map(counters -> Evidence.of("counters.streams_dropped", counters.streamsDropped()))
        .ifPresent(evidence::add);
    return Optional.of(
        new Finding(
            Cause.READER_FELL_BEHIND,
            Symptom.GROWTH_THEN_ERROR,
            CERTAIN,
            overflows
                ? "The run is healthy; a reader needs events that the buffer has dropped and gets an overflow."
                : "The run is healthy; a reader needs events that the buffer has lost and gets them from the journal.",
            evidence));
  }

  static Optional<Finding> noActions(Facts facts) {
    return facts
        .running()
        .flatMap(run -> emptyTurns(facts, run))
        .map(
            evidence ->
                new Finding(
                    Cause.MODEL_ANSWERS_NO_ACTIONS,
                    Symptom.PLAYING_WITHOUT_EFFECT,
                    LIKELY,
                    "The run makes progress, but the model's answers contain no list of actions, so its turns are empty.",
                    evidence));
  }

  /** Evidence that all recent answers of the model have no actions. */
  static Optional<List<Evidence>> emptyTurns(Facts facts, Run run) {
    if (!run.profile().callsModel()) {
      return Optional.empty();
    }
    List<JournalTail.EventSummary> answers =
        facts.journal().known().stream()
            .flatMap(List::stream)
            .filter(entry -> entry.answered() && entry.position() > 0)
            .flatMap(entry -> entry.events().stream().limit(1))
            .toList();
    boolean empty =
        !answers.isEmpty() && answers.stream().allMatch(answer -> AnswerHistory.isEmpty(answer));
    if (!empty) {
      return Optional.empty();
    }
    return Optional.of(
        List.of(
            Evidence.of("journal.empty_turns", answers.size() + " of the last " + answers.size()),
            Evidence.of("journal.last_reasoning", AnswerHistory.reasoning(answers.getFirst())),
            Evidence.of("catalog.profile.model", run.profile().model())));
  }

  // ---- healthy

  static Optional<Finding> finalizing(Facts facts) {
    Optional<Run> failed =
        facts.ended().filter(run -> run.status() == RunStatus.FAILED && !run.archived());
    boolean closing =
        facts.running().isPresent()
            && (facts.runningExecution().filter(ExecutionState::finalizing).isPresent()
                || facts.broker().map(BrokerSnapshot::closed).orElse(false));
    if (failed.isEmpty() && !closing) {
      return Optional.empty();
    }
    return Optional.of(
        new Finding(
            Cause.FINALIZING,
            Symptom.ENDING,
            CERTAIN,
            "The run is being archived and closed.",
            List.of(FactEvidence.execution(facts))));
  }

  static Optional<Finding> waitingForModel(Facts facts) {
    return waiting(facts, WaitingOn.Step.MODEL)
        .map(
            waiting ->
                new Finding(
                    Cause.WAITING_FOR_MODEL,
                    Symptom.PLAYING,
                    facts.runningExecution().isPresent() ? CERTAIN : POSSIBLE,
                    "The turn is waiting for its model, whose timeout is %s."
                        .formatted(FactEvidence.seconds(facts.thresholds().model())),
                    List.of(
                        Evidence.of("journal.last_kind", "llm_prompt"),
                        Evidence.of("waiting_on.seconds", FactEvidence.seconds(waiting.waited())),
                        FactEvidence.execution(facts))));
  }

  static Optional<Finding> progressing(Facts facts) {
    Optional<ExecutionState> execution = facts.runningExecution();
    Optional<WaitingOn> waiting = ReplayPosition.of(facts);
    if (facts.running().isEmpty() || execution.isEmpty() || waiting.isEmpty()) {
      return Optional.empty();
    }
    Duration allowed =
        switch (waiting.get().step()) {
          case PUBLISH, NEXT_STATE -> StallThresholds.PUBLISH;
          case BEFORE_MODEL -> StallThresholds.TURN;
          default -> Duration.ZERO;
        };
    if (waiting.get().waited().compareTo(allowed) > 0) {
      return Optional.empty();
    }
    boolean started = facts.hasTurn();
    return Optional.of(
        new Finding(
            started ? Cause.PLAYING : Cause.STARTING,
            started ? Symptom.PLAYING : Symptom.STARTING,
            CERTAIN,
            started ? "The run is being played." : "The run's first turn is starting.",
            List.of(
                FactEvidence.execution(facts),
                Evidence.of("catalog.n_events", facts.lastWrittenSeq()),
                Evidence.of("waiting_on.step", waiting.get().step().label()))));
  }

  /** The run's position, if it is running and waiting at this step. */
  static Optional<WaitingOn> waiting(Facts facts, WaitingOn.Step step) {
    return facts
        .running()
        .flatMap(_ -> ReplayPosition.of(facts))
        .filter(waiting -> waiting.step() == step);
  }
}
