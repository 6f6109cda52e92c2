package arena.diagnosis;

import arena.broker.BrokerSnapshot;
import arena.retry.Sleeper;
import arena.run.Run;
import arena.run.RunId;
import arena.text.Redactor;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * Collects the facts about a run from all sources concurrently, within a timeout, and diagnoses
 * them. Read-only.
 *
 * <p>A healthy run costs five store calls: catalog row, journal tail, broker (twice), count of
 * running runs. A problem is reported only if a second collection confirms it, so that a transient
 * state is not a finding.
 */
public final class FactCollector {
  /** Timeout per source, including the creation of its client and connection. */
  static final Duration SOURCE_TIMEOUT = Duration.ofSeconds(4);

  /** Pause between the two collections. */
  static final Duration PAUSE = Duration.ofMillis(500);

  /**
   * If the first collection took longer, the second is skipped: an unresponsive source is not
   * transient.
   */
  private static final Duration SLOW_COLLECTION = Duration.ofMillis(1_500);

  private final FactSources sources;
  private final StallThresholds thresholds;
  private final String redisCli;
  private final Redactor redactor;
  private final InstantSource clock;
  private final Sleeper sleeper;

  /**
   * @param redisCli see {@link CommandTargets}
   * @param redactor see {@link CommandTargets}
   * @param sleeper waits between the two collections
   */
  public FactCollector(
      FactSources sources,
      StallThresholds thresholds,
      String redisCli,
      Redactor redactor,
      InstantSource clock,
      Sleeper sleeper) {
    this.sources = sources;
    this.thresholds = thresholds;
    this.redisCli = redisCli;
    this.redactor = redactor;
    this.clock = clock;
    this.sleeper = sleeper;
  }

  /**
   * Diagnoses a run.
   *
   * @param http for the commands of next steps
   * @param complete whether to also collect facts that no rule uses, for a report
   */
  public Diagnosis diagnose(RunId runId, HttpInterface http, boolean complete) {
    Instant started = clock.instant();
    Facts facts = collect(runId, complete);
    CommandTargets targets = new CommandTargets(http, redisCli, redactor);
    Diagnosis diagnosis = Diagnosis.of(facts, targets);
    boolean slow = Duration.between(started, clock.instant()).compareTo(SLOW_COLLECTION) > 0;
    boolean ended = diagnosis.main().cause() == Cause.COMPLETE || facts.run().isEmpty();
    if (ended || slow) {
      return diagnosis;
    }
    pause();
    Facts later = diagnosis.healthy() ? facts : collect(runId, true);
    ProbeResult<BrokerSnapshot> second =
        diagnosis.healthy() ? ask("the broker", () -> sources.broker(runId)) : later.broker();
    Optional<Facts.Growth> growth = growth(facts, second);
    return Diagnosis.of(growth.map(later::withGrowth).orElse(later), targets);
  }

  private Optional<Facts.Growth> growth(Facts before, ProbeResult<BrokerSnapshot> after) {
    Optional<Long> first = before.broker().map(BrokerSnapshot::lastSeq);
    Optional<Long> second = after.map(BrokerSnapshot::lastSeq);
    if (first.isEmpty() || second.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(
        new Facts.Growth(
            second.get() - first.get(), Duration.between(before.at(), clock.instant())));
  }

  private Facts collect(RunId runId, boolean complete) {
    Instant at = clock.instant();
    // The row is read first, so that the other facts are never older than it.
    ProbeResult<Optional<Run>> row = ask("the catalog", () -> sources.row(runId));
    boolean unknown = row.known().filter(Optional::isEmpty).isPresent();
    boolean noCatalog = row.known().isEmpty();
    Probe probe = newProbe();
    var broker = probe.start("the broker", () -> sources.broker(runId));
    var journal =
        startIf(
            !unknown && !noCatalog,
            () -> probe.start("the journal", () -> sources.journal(runId, Facts.JOURNAL_ENTRIES)));
    var execution =
        startIf(!unknown, () -> probe.start("Step Functions", () -> sources.execution(runId)));
    var counters = startIf(!noCatalog, () -> probe.start("the catalog", sources::counters));
    var cache = startIf(complete, () -> probe.start("ElastiCache", sources::cache));
    return new Facts(
        at,
        runId,
        row,
        await(journal),
        broker.await(),
        Optional.empty(),
        await(execution),
        await(counters),
        await(cache),
        thresholds);
  }

  private static <T> Optional<Probe.Pending<T>> startIf(
      boolean condition, Supplier<Probe.Pending<T>> start) {
    return condition ? Optional.of(start.get()) : Optional.empty();
  }

  private static <T> ProbeResult<T> await(Optional<Probe.Pending<T>> pending) {
    return pending.isPresent() ? pending.get().await() : new ProbeResult.Skipped<>();
  }

  private <T> ProbeResult<T> ask(String source, Callable<T> call) {
    return newProbe().start(source, call).await();
  }

  private Probe newProbe() {
    return new Probe(clock, clock.instant().plus(SOURCE_TIMEOUT));
  }

  private void pause() {
    try {
      sleeper.sleep(PAUSE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
