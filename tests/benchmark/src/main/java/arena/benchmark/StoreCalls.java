package arena.benchmark;

import arena.broker.Broker;
import arena.event.Event;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Repeats the store calls of a played run directly: writes the same entries in the same order under
 * another id.
 */
final class StoreCalls {
  private static final int MAX_ENTRIES = 1_000;

  /** Number of entries that a turn reads. */
  private static final int ENTRIES = 4;

  private final Journal journal;
  private final Broker broker;

  StoreCalls(MeasuredStack stack) {
    journal = stack.journal();
    broker = stack.broker();
  }

  /**
   * Duration of one turn's calls, in milliseconds.
   *
   * @param all the read, two appends and two publishes
   * @param firstPart the first append and the first publish
   */
  record Turn(double all, double firstPart) {}

  /** Writes a copy of the run and returns the duration of each turn, in order. */
  List<Turn> replay(RunId runId) {
    RunId copy = RunId.of(UUID.randomUUID());
    List<JournalEntry> entries =
        journal.entries(runId, 0, MAX_ENTRIES).stream()
            .map(entry -> withRunId(entry, copy))
            .toList();
    Instant now = Instant.now();
    // The first entry, two per turn, and the closing one.
    int turns = (entries.size() - 2) / 2;
    journal.create(
        Run.requested(copy, "benchmark", Profile.DEFAULT, null, "balanced", turns, now),
        entries.getFirst());
    broker.open(copy, "benchmark", now);
    List<Turn> taken = new ArrayList<>();
    for (int turn = 0; turn < turns; turn++) {
      JournalEntry state = entries.get(2 * turn);
      JournalEntry before = entries.get(2 * turn + 1);
      JournalEntry after = entries.get(2 * turn + 2);
      long start = System.nanoTime();
      journal.entries(copy, state.position(), ENTRIES);
      long read = System.nanoTime();
      journal.append(before);
      broker.publish(copy, before.events());
      long firstPart = System.nanoTime();
      journal.append(after);
      broker.publish(copy, after.events());
      taken.add(new Turn((System.nanoTime() - start) / 1e6, (firstPart - read) / 1e6));
    }
    broker.close(copy);
    return taken;
  }

  /** Writes a copy of a played run to the journal and returns its id; the copy is running. */
  RunId copy(RunId runId) {
    RunId copy = RunId.of(UUID.randomUUID());
    List<JournalEntry> entries =
        journal.entries(runId, 0, MAX_ENTRIES).stream()
            .map(entry -> withRunId(entry, copy))
            .toList();
    int turns = (entries.size() - 2) / 2;
    journal.create(
        Run.requested(copy, "benchmark", Profile.DEFAULT, null, "balanced", turns, Instant.now()),
        entries.getFirst());
    entries.subList(1, entries.size()).forEach(journal::append);
    return copy;
  }

  private static JournalEntry withRunId(JournalEntry entry, RunId runId) {
    List<Event> events = entry.events().stream().map(event -> withRunId(event, runId)).toList();
    return new JournalEntry(runId, entry.position(), events, entry.nextState());
  }

  static Event withRunId(Event event, RunId runId) {
    return new Event(
        runId,
        event.seq(),
        event.agentId(),
        event.t(),
        event.kind(),
        event.payloadJson(),
        event.ts(),
        event.schemaVersion());
  }
}
