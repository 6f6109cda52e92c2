package arena.diagnosis;

import arena.journal.JournalTail;
import arena.run.Run;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;

/** Works out where a replay is from what its execution and its journal say. */
final class ReplayPosition {
  private static final String NONE = "none";
  private static final String PLAY_TURN = "PlayTurn";

  private ReplayPosition() {}

  /** Where the run's replay is; empty if the run is over and nothing of it is left to be done. */
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
    Optional<ExecutionState> execution = facts.played();
    if (execution.isEmpty()) {
      Optional<WaitingOn> written =
          facts.hasTurn() ? inTurn(facts, Optional.empty()) : Optional.empty();
      return written.or(
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
    if (now.finalizing()) {
      return Optional.of(
          at(facts, now.state(), OptionalInt.empty(), WaitingOn.Step.ARCHIVE, now.since()));
    }
    return inTurn(facts, execution);
  }

  private static Optional<WaitingOn> inTurn(Facts facts, Optional<ExecutionState> execution) {
    Optional<JournalTail.Written> newest = facts.newest();
    Optional<JournalTail.Part> last = newest.flatMap(JournalTail.Written::last);
    Instant pending = execution.map(ExecutionState::pendingSince).orElse(Instant.EPOCH);
    OptionalInt asked = execution.map(ExecutionState::turn).orElse(OptionalInt.empty());
    if (newest.isEmpty() || last.isEmpty()) {
      return Optional.of(
          at(
              facts,
              state(facts),
              asked,
              WaitingOn.Step.BEFORE_MODEL,
              execution.map(ExecutionState::pendingSince).orElse(facts.at())));
    }
    int t = last.get().t();
    Instant written = last.get().at();
    Instant later = written.isAfter(pending) ? written : pending;
    boolean begun = !newest.get().answered() && last.get().kind().equals("llm_prompt");
    boolean ofThisTask = asked.isEmpty() || t >= asked.getAsInt();
    if (begun && ofThisTask) {
      // a turn that is tried again asks its model again, from when the task was given out
      return Optional.of(afterEntry(facts, last.get(), WaitingOn.Step.MODEL, later));
    }
    boolean ofTurn = newest.get().position() > 0;
    if (ofTurn && ofThisTask) {
      return Optional.of(afterEntry(facts, last.get(), WaitingOn.Step.NEXT_STATE, written));
    }
    return Optional.of(at(facts, state(facts), asked, WaitingOn.Step.BEFORE_MODEL, later));
  }

  /** Behind what was written last comes its publishing, and only then the next step. */
  private static WaitingOn afterEntry(
      Facts facts, JournalTail.Part last, WaitingOn.Step next, Instant since) {
    WaitingOn.Step step = brokerLacks(facts, last.seq()) ? WaitingOn.Step.PUBLISH : next;
    return at(facts, state(facts), OptionalInt.of(last.t()), step, since);
  }

  /** Whether it is to be published yet. A broker that lost the run tells nothing about that. */
  private static boolean brokerLacks(Facts facts, long seq) {
    return facts.broker().silence().isPresent()
        || facts.broker().map(look -> look.open() && look.lastSeq() < seq).orElse(false);
  }

  private static String state(Facts facts) {
    return facts
        .playing()
        .map(ExecutionState::state)
        .filter(name -> !name.isEmpty())
        .orElse(PLAY_TURN);
  }

  private static WaitingOn at(
      Facts facts, String state, OptionalInt turn, WaitingOn.Step step, Instant since) {
    int attempt = facts.playing().map(ExecutionState::attempts).orElse(0);
    return new WaitingOn(state, turn, step, attempt, since, facts.since(since));
  }
}
