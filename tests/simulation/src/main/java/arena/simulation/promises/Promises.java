package arena.simulation.promises;

import arena.event.Event;
import arena.journal.JournalEntry;
import arena.run.Run;
import arena.simulation.stores.Witness;
import java.util.List;
import java.util.function.Consumer;

/** All of them. */
public final class Promises implements Witness {
  private final Facts facts;
  private final ReadersMissNothing readers;
  private final NothingFailsWithoutAName names;
  private final EachEventIsCountedOnce counts;
  private final TheModelIsAskedOnceATurn questions;
  private final NothingIsLeftBehind remains;
  private final WhatIsReadIsTheTruth truth;
  private final OneRunAKey keys;
  private final List<Promise> all;

  /** All promises, about these facts. */
  public Promises(Facts facts) {
    this.facts = facts;
    readers = new ReadersMissNothing(facts);
    names = new NothingFailsWithoutAName(facts);
    counts = new EachEventIsCountedOnce(facts);
    remains = new NothingIsLeftBehind(facts);
    truth = new WhatIsReadIsTheTruth(facts);
    keys = new OneRunAKey(facts);
    questions = new TheModelIsAskedOnceATurn(facts);
    all =
        List.of(
            new EventsAreNumberedWithoutGap(facts),
            new TheSameBytesEverywhere(facts),
            new AStreamHasNoGap(facts),
            new AnEndStands(facts),
            new ArchivedBeforeClosed(facts),
            new OnlyTheReaperDrops(facts),
            new NoMovingRunIsAbandoned(facts),
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
  public List<Promise> all() {
    return all;
  }

  /** What readers are held against. */
  public ReadersMissNothing readers() {
    return readers;
  }

  /** What failures are held against. */
  public NothingFailsWithoutAName names() {
    return names;
  }

  /** What the counters are held against. */
  public EachEventIsCountedOnce counts() {
    return counts;
  }

  /** What questions to models are held against. */
  public TheModelIsAskedOnceATurn questions() {
    return questions;
  }

  /** What is left is held against. */
  public NothingIsLeftBehind remains() {
    return remains;
  }

  /** What visitors read is held against. */
  public WhatIsReadIsTheTruth truth() {
    return truth;
  }

  /** What clients are answered is held against. */
  public OneRunAKey keys() {
    return keys;
  }

  private void each(Consumer<Promise> seen) {
    all.forEach(seen);
  }

  /** A model is asked, by whoever is going on. */
  public void modelAsked() {
    each(Promise::modelAsked);
  }

  /** Everything should have come to its end. */
  public void atEnd() {
    each(Promise::atEnd);
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
