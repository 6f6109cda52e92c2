package arena.lifecycle;

import arena.event.Event;
import arena.journal.Journal;
import arena.run.Run;
import arena.run.RunStatus;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;

/**
 * All events of a run from the journal, in order. Reads them in pages, so that one page of at most
 * {@link Journal#PAGE_BYTES} is in memory.
 */
final class JournaledEvents implements Iterable<Event> {
  private static final int PAGE = 1_000;

  private final Journal journal;
  private final Run run;

  /**
   * @param run its catalog row, which has the number of events
   */
  JournaledEvents(Journal journal, Run run) {
    this.journal = journal;
    this.run = run;
  }

  /**
   * Iterates over the events.
   *
   * @throws IllegalStateException while iterating, if the journal does not have exactly the events
   *     that the catalog counts
   */
  @Override
  public Iterator<Event> iterator() {
    return new Pages();
  }

  private final class Pages implements Iterator<Event> {
    private Iterator<Event> page = List.<Event>of().iterator();
    private long seq;

    @Override
    public boolean hasNext() {
      if (!page.hasNext() && seq < run.nEvents()) {
        page = next(seq + 1);
      }
      if (page.hasNext() && seq == run.nEvents() && run.status() == RunStatus.RUNNING) {
        throw new IllegalStateException(
            "run %s was written to during finalization".formatted(run.runId()));
      }
      return page.hasNext();
    }

    private Iterator<Event> next(long from) {
      List<Event> events = journal.events(run.runId(), from, PAGE);
      if (events.isEmpty()) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "run %s: the catalog has %d events, the journal ends at seq %d",
                run.runId(),
                run.nEvents(),
                seq));
      }
      return events.iterator();
    }

    @Override
    public Event next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      Event event = page.next();
      seq++;
      if (event.seq() != seq) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "run %s: the journal has seq %d instead of %d",
                run.runId(),
                event.seq(),
                seq));
      }
      return event;
    }
  }
}
