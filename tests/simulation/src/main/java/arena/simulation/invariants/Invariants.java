package arena.simulation.invariants;

import arena.event.Event;
import arena.journal.JournalEntry;
import arena.run.Run;
import arena.simulation.stores.Observer;
import java.util.List;
import java.util.function.Consumer;

/** All of them. */
public final class Invariants implements Observer {
  private final Facts facts;
  private final ReadersGetEveryEvent readers;
  private final FailuresAreClassified names;
  private final EventsCountedOnce counts;
  private final ModelCalledOncePerTurn questions;
  private final NothingLeaks remains;
  private final ReadsMatchJournal truth;
  private final OneRunPerKey keys;
  private final List<Invariant> all;

  /** All promises, about these facts. */
  public Invariants(Facts facts) {
    this.facts = facts;
    readers = new ReadersGetEveryEvent(facts);
    names = new FailuresAreClassified(facts);
    counts = new EventsCountedOnce(facts);
    remains = new NothingLeaks(facts);
    truth = new ReadsMatchJournal(facts);
    keys = new OneRunPerKey(facts);
    questions = new ModelCalledOncePerTurn(facts);
    all =
        List.of(
            new SequenceHasNoGap(facts),
            new SameBytesEverywhere(facts),
            new StreamHasNoGap(facts),
            new EndIsFinal(facts),
            new ArchivedBeforeClosed(facts),
            new OnlyReaperDropsStreams(facts),
            new ActiveRunIsNotAbandoned(facts),
            questions,
            counts,
            readers,
            names,
            truth,
            keys,
            new EveryRunEnds(facts),
            remains);
  }

  /** Every promise. */
  public List<Invariant> all() {
    return all;
  }

  /** What readers are held against. */
  public ReadersGetEveryEvent readers() {
    return readers;
  }

  /** What failures are held against. */
  public FailuresAreClassified names() {
    return names;
  }

  /** What the counters are held against. */
  public EventsCountedOnce counts() {
    return counts;
  }

  /** What questions to models are held against. */
  public ModelCalledOncePerTurn questions() {
    return questions;
  }

  /** What is left is held against. */
  public NothingLeaks remains() {
    return remains;
  }

  /** What visitors read is held against. */
  public ReadsMatchJournal truth() {
    return truth;
  }

  /** What clients are answered is held against. */
  public OneRunPerKey keys() {
    return keys;
  }

  private void each(Consumer<Invariant> seen) {
    all.forEach(seen);
  }

  /** A model is asked, by whoever is going on. */
  public void modelAsked() {
    each(Invariant::modelAsked);
  }

  /** Everything should have come to its end. */
  public void atEnd() {
    each(Invariant::atEnd);
  }

  /** A day later, in which nobody did anything. */
  public void aDayLater() {
    remains.aDayLater();
  }

  @Override
  public void written(JournalEntry entry) {
    each(promise -> promise.written(entry));
    facts.add(entry);
  }

  @Override
  public void expired(String runId, long position) {
    each(promise -> promise.expired(runId, position));
  }

  @Override
  public void rowChanged(Run before, Run after) {
    each(promise -> promise.rowChanged(before, after));
    if (before.status() != after.status()) {
      facts.changed(after.runId());
    }
  }

  @Override
  public void released(Run run) {
    each(promise -> promise.released(run));
  }

  @Override
  public void streamed(String runId, long seq, String envelope) {
    each(promise -> promise.streamed(runId, seq, envelope));
  }

  @Override
  public void opened(String runId) {
    each(promise -> promise.opened(runId));
  }

  @Override
  public void closed(String runId) {
    each(promise -> promise.closed(runId));
  }

  @Override
  public void dropped(String runId) {
    each(promise -> promise.dropped(runId));
  }

  @Override
  public void counted(String runId, long events, long upTo) {
    each(promise -> promise.counted(runId, events, upTo));
  }

  @Override
  public void archived(Run run, List<Event> events) {
    each(promise -> promise.archived(run, events));
  }
}
