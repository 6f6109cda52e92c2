package arena.diagnosis;

import arena.journal.JournalTail;
import arena.run.Run;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/** Derives a replay's position from its execution and its journal. */
final class ReplayPosition {
  private static final String NONE = "none";
  private static final String PLAY_TURN = "PlayTurn";

  private ReplayPosition() {}

  /** The position of the run's replay; empty if the run has ended and is archived. */
  static Optional<WaitingOn> of(Facts facts) {
    Optional<Run> run = facts.run();
    if (run.isEmpty()) {
      return Optional.empty();
    }
    if (run.get().status().ended()) {
      Instant ended = run.get().endedAt().orElse(run.get().createdAt());
      return run.get().archived()
          ? Optional.empty()
          : Optional.of(
              at(facts, state(facts), OptionalInt.empty(), WaitingOn.Step.ARCHIVE, ended));
    }
    Optional<ExecutionState> execution = facts.existingExecution();
    if (execution.isEmpty()) {
      Optional<WaitingOn> position =
          facts.hasTurn() ? inTurn(facts, Optional.empty()) : Optional.empty();
      return position.or(
          () ->
              Optional.of(
                  at(
                      facts,
                      NONE,
                      OptionalInt.empty(),
                      WaitingOn.Step.START,
                      run.get().createdAt())));
    }
    if (!execution.get().running()) {
      return Optional.of(
          at(
              facts,
              NONE,
              OptionalInt.empty(),
              WaitingOn.Step.REAPER,
              execution.get().pendingSince()));
    }
    ExecutionState now = execution.get();
    if (now.pending() == ExecutionState.Pending.RETRY) {
      return Optional.of(
          at(facts, now.state(), now.turn(), WaitingOn.Step.RETRY, now.pendingSince()));
    }
    if (now.pending() == ExecutionState.Pending.WAIT) {
      return Optional.of(
          at(facts, now.state(), now.turn(), WaitingOn.Step.MODEL_WAIT, now.pendingSince()));
    }
    if (now.finalizing()) {
      return Optional.of(
          at(facts, now.state(), OptionalInt.empty(), WaitingOn.Step.ARCHIVE, now.since()));
    }
    return inTurn(facts, execution);
  }

  private static Optional<WaitingOn> inTurn(Facts facts, Optional<ExecutionState> execution) {
    Optional<JournalTail.EntrySummary> newest = facts.newest();
    Optional<JournalTail.EventSummary> last = newest.flatMap(JournalTail.EntrySummary::last);
    Instant pending = execution.map(ExecutionState::pendingSince).orElse(Instant.EPOCH);
    OptionalInt requestedTurn = execution.map(ExecutionState::turn).orElse(OptionalInt.empty());
    if (newest.isEmpty() || last.isEmpty()) {
      return Optional.of(
          at(
              facts,
              state(facts),
              requestedTurn,
              WaitingOn.Step.BEFORE_MODEL,
              execution.map(ExecutionState::pendingSince).orElse(facts.at())));
    }
    int t = last.get().t();
    Instant written = last.get().at();
    Instant later = written.isAfter(pending) ? written : pending;
    boolean promptWritten = !newest.get().answered() && last.get().kind().equals("llm_prompt");
    boolean ofThisTask = requestedTurn.isEmpty() || t >= requestedTurn.getAsInt();
    if (promptWritten
        && ofThisTask) { // a retried turn calls its model again once the task is scheduled
      return Optional.of(afterEntry(facts, last.get(), WaitingOn.Step.MODEL, later));
    }
    boolean ofTurn = newest.get().position() > 0;
    if (ofTurn && ofThisTask) {
      return Optional.of(afterEntry(facts, last.get(), WaitingOn.Step.NEXT_STATE, written));
    }
    return Optional.of(at(facts, state(facts), requestedTurn, WaitingOn.Step.BEFORE_MODEL, later));
  }

  /** After a journal write, the publish comes first, then {@code next}. */
  private static WaitingOn afterEntry(
      Facts facts, JournalTail.EventSummary last, WaitingOn.Step next, Instant since) {
    WaitingOn.Step step = brokerLacks(facts, last.seq()) ? WaitingOn.Step.PUBLISH : next;
    return at(facts, state(facts), OptionalInt.of(last.t()), step, since);
  }

  /** Whether the event is not yet published; not known for a broker that lost the run. */
  private static boolean brokerLacks(Facts facts, long seq) {
    return facts.broker().failure().isPresent()
        || facts
            .broker()
            .map(snapshot -> snapshot.open() && snapshot.lastSeq() < seq)
            .orElse(false);
  }

  private static String state(Facts facts) {
    return facts
        .runningExecution()
        .map(ExecutionState::state)
        .filter(name -> !name.isEmpty())
        .orElse(PLAY_TURN);
  }

  private static WaitingOn at(
      Facts facts, String state, OptionalInt turn, WaitingOn.Step step, Instant since) {
    int attempt = facts.runningExecution().map(ExecutionState::attempts).orElse(0);
    Optional<Instant> until =
        facts
            .runningExecution()
            .filter(_ -> step == WaitingOn.Step.MODEL_WAIT)
            .flatMap(ExecutionState::pendingUntil);
    return new WaitingOn(state, turn, step, attempt, since, facts.age(since), until);
  }
}
