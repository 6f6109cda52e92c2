package arena.diagnosis;

import static arena.diagnosis.Confidence.CERTAIN;
import static arena.diagnosis.Confidence.LIKELY;
import static arena.diagnosis.Confidence.POSSIBLE;

import arena.broker.BrokerSnapshot;
import arena.journal.JournalTail;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What is to be said of a run that goes on: what is wrong beside it, and where it is. */
final class HealthyRunRules {
  private HealthyRunRules() {}

  static Optional<Finding> readerBehind(Facts facts) {
    Optional<BrokerSnapshot> look = facts.broker().known();
    if (facts.run().isEmpty() || look.isEmpty()) {
      return Optional.empty();
    }
    long first = look.get().firstSeq().orElse(1L);
    boolean behind =
        look.get().mostLaggingReaders().stream()
            .anyMatch(reader -> reader.nextSeq() < first && look.get().lag(reader) > 0);
    if (!behind || facts.run().get().archived()) {
      return Optional.empty();
    }
    List<Evidence> evidence = new ArrayList<>();
    evidence.add(Evidence.of("broker.first_seq", first));
    evidence.add(Evidence.of("broker.last_seq", look.get().lastSeq()));
    evidence.addAll(FactEvidence.readers(look.get()));
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
                    "The run goes on, but its model answers no list of actions: its turns are"
                        + " empty.",
                    evidence));
  }

  /** The evidence of empty turns, if the last answers of a model have no action. */
  static Optional<List<Evidence>> emptyTurns(Facts facts, Run run) {
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

  // ---- well

  static Optional<Finding> finalizing(Facts facts) {
    Optional<Run> failed =
        facts.ended().filter(run -> run.status() == RunStatus.FAILED && !run.archived());
    boolean closing =
        facts.running().isPresent()
            && (facts.playing().filter(ExecutionState::finalizing).isPresent()
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

  static Optional<Finding> waitsForModel(Facts facts) {
    return waiting(facts, WaitingOn.Step.MODEL)
        .map(
            waiting ->
                new Finding(
                    Cause.WAITING_FOR_MODEL,
                    Symptom.PLAYING,
                    facts.playing().isPresent() ? CERTAIN : POSSIBLE,
                    "The turn waits for its model, which may take %s."
                        .formatted(FactEvidence.seconds(facts.allowances().model())),
                    List.of(
                        Evidence.of("journal.last_kind", "llm_prompt"),
                        Evidence.of("waiting_on.seconds", FactEvidence.seconds(waiting.waited())),
                        FactEvidence.execution(facts))));
  }

  static Optional<Finding> moves(Facts facts) {
    Optional<ExecutionState> execution = facts.playing();
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
    boolean begun = facts.hasTurn();
    return Optional.of(
        new Finding(
            begun ? Cause.PLAYING : Cause.STARTING,
            begun ? Symptom.PLAYING : Symptom.STARTING,
            CERTAIN,
            begun ? "The run is being played." : "The run's first turn is being begun.",
            List.of(
                FactEvidence.execution(facts),
                Evidence.of("catalog.n_events", facts.written()),
                Evidence.of("waiting_on.step", waiting.get().step().label()))));
  }

  /** Where the run is, if it plays and waits for this. */
  static Optional<WaitingOn> waiting(Facts facts, WaitingOn.Step step) {
    return facts
        .running()
        .flatMap(_ -> ReplayPosition.of(facts))
        .filter(waiting -> waiting.step() == step);
  }
}
