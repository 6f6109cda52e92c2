package arena.simulation.invariants;

import arena.comparison.Cell;
import arena.comparison.CellTask;
import arena.comparison.Comparison;
import arena.comparison.ComparisonId;
import arena.event.Event;
import arena.journal.JournalEntry;
import arena.lifecycle.TurnTask;
import arena.run.Run;
import arena.run.RunId;
import arena.simulation.stores.Observer;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/** All invariants; forwards every observed change to each of them. */
public final class Invariants implements Observer {
  private final Facts facts;
  private final ReadersGetEveryEvent readers;
  private final FailuresAreClassified failures;
  private final ModelCalledOncePerTurn modelCalls;
  private final RetryAfterIsHonoured retryAfter;
  private final NothingLeaks leaks;
  private final ReadsMatchJournal reads;
  private final OneRunPerKey idempotencyKeys;
  private final CellPlaysOneRun cellRuns;
  private final EndedComparisonPlaysNothing cancellations;
  private final List<Invariant> all;

  public Invariants(Facts facts) {
    this.facts = facts;
    readers = new ReadersGetEveryEvent(facts);
    failures = new FailuresAreClassified(facts);
    leaks = new NothingLeaks(facts);
    reads = new ReadsMatchJournal(facts);
    idempotencyKeys = new OneRunPerKey(facts);
    modelCalls = new ModelCalledOncePerTurn(facts);
    retryAfter = new RetryAfterIsHonoured(facts);
    cellRuns = new CellPlaysOneRun(facts);
    cancellations = new EndedComparisonPlaysNothing(facts);
    all =
        List.of(
            new SequenceHasNoGap(facts),
            new SameBytesEverywhere(facts),
            new StreamHasNoGap(facts),
            new EndIsFinal(facts),
            new ArchivedBeforeClosed(facts),
            new OnlyReaperDropsStreams(facts),
            new ActiveRunIsNotAbandoned(facts),
            modelCalls,
            retryAfter,
            new DeliveriesCountedOnce(facts),
            readers,
            failures,
            reads,
            idempotencyKeys,
            new EveryRunEnds(facts),
            new RunsOutliveBroker(facts),
            leaks,
            cellRuns,
            new NoCellIsLost(facts),
            new BudgetIsKept(facts),
            cancellations,
            new OutcomesMatchLogs(facts),
            new ProvidersAreFreed(facts),
            new ComparisonsAreArchived(facts));
  }

  public List<Invariant> all() {
    return all;
  }

  /** Checks what live readers receive. */
  public ReadersGetEveryEvent readers() {
    return readers;
  }

  /** Checks exceptions thrown by functions. */
  public FailuresAreClassified failures() {
    return failures;
  }

  /** Called when the current sandbox starts an attempt at a turn. */
  public void attemptStarts(TurnTask task) {
    modelCalls.attemptStarts(task);
    retryAfter.attemptStarts(task);
  }

  /** Checks what remains in the broker. */
  public NothingLeaks leaks() {
    return leaks;
  }

  /** Checks what HTTP clients read. */
  public ReadsMatchJournal reads() {
    return reads;
  }

  /** Checks responses to requests with an idempotency key. */
  public OneRunPerKey idempotencyKeys() {
    return idempotencyKeys;
  }

  /** Called when the current sandbox starts a task of a comparison. */
  public void taskStarts(CellTask task) {
    cellRuns.taskStarts(task);
  }

  /** Called when a client receives the response to a cancellation. */
  public void cancelled(ComparisonId id) {
    cancellations.answered(id);
  }

  private void each(Consumer<Invariant> action) {
    all.forEach(action);
  }

  /** Called when the current process calls a model. */
  public void modelCalled() {
    each(Invariant::modelCalled);
  }

  /** Called when the simulation has settled. */
  public void atEnd() {
    each(Invariant::atEnd);
  }

  /** Called after a day without activity. */
  public void afterOneIdleDay() {
    leaks.afterOneIdleDay();
  }

  @Override
  public void written(JournalEntry entry) {
    each(invariant -> invariant.written(entry));
    facts.add(entry);
  }

  @Override
  public void modelPostponed(RunId runId, long position, Instant until) {
    each(invariant -> invariant.modelPostponed(runId, position, until));
  }

  @Override
  public void expired(RunId runId, long position) {
    each(invariant -> invariant.expired(runId, position));
  }

  @Override
  public void rowChanged(Run before, Run after) {
    each(invariant -> invariant.rowChanged(before, after));
    if (before.status() != after.status()) {
      facts.changed(after.runId());
    }
  }

  @Override
  public void released(Run run) {
    each(invariant -> invariant.released(run));
  }

  @Override
  public void streamed(RunId runId, long seq, String envelope) {
    each(invariant -> invariant.streamed(runId, seq, envelope));
  }

  @Override
  public void opened(RunId runId) {
    each(invariant -> invariant.opened(runId));
  }

  @Override
  public void closed(RunId runId) {
    each(invariant -> invariant.closed(runId));
  }

  @Override
  public void dropped(RunId runId) {
    each(invariant -> invariant.dropped(runId));
  }

  @Override
  public void delivered(RunId runId, long events) {
    each(invariant -> invariant.delivered(runId, events));
  }

  @Override
  public void archived(Run run, List<Event> events) {
    each(invariant -> invariant.archived(run, events));
  }

  @Override
  public void created(Comparison comparison) {
    facts.addCells(comparison);
    each(invariant -> invariant.created(comparison));
  }

  @Override
  public void comparisonChanged(Comparison before, Comparison after) {
    facts.addCells(after);
    each(invariant -> invariant.comparisonChanged(before, after));
  }

  @Override
  public void cellChanged(Comparison comparison, Cell before, Cell after) {
    each(invariant -> invariant.cellChanged(comparison, before, after));
  }
}
