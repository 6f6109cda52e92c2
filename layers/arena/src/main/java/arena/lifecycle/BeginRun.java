package arena.lifecycle;

import arena.broker.Broker;
import arena.event.Event;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.run.Run;
import arena.world.World;
import java.util.List;
import java.util.Optional;

/** What starting a run and starting a fork have in common. */
public final class BeginRun {
  private final Journal journal;
  private final Broker broker;
  private final Publisher publisher;
  private final Replays replays;

  /** Begins runs in these. */
  public BeginRun(Journal journal, Broker broker, Publisher publisher, Replays replays) {
    this.journal = journal;
    this.broker = broker;
    this.publisher = publisher;
    this.replays = replays;
  }

  /**
   * Begins a run. The order bears load: a run that is in the catalog has its first entry in the
   * journal (one transaction), a run that plays is open in the broker. Whoever dies in between
   * leaves a run that makes no progress, which the reaper ends.
   */
  void begin(Run run, List<Event> events, World start) {
    JournalEntry origin = new JournalEntry(run.runId(), 0, events, Optional.of(start));
    journal.begin(run, origin);
    broker.open(run.runId(), run.label(), run.createdAt());
    publisher.publish(run.runId(), events);
    replays.start(
        new TurnTask(
            run.runId(), run.t0(), origin.nextSeq(), 0, run.nTurns(), run.profile(), false));
  }
}
