package arena.diagnosis;

import arena.broker.BrokerSnapshot;
import arena.run.Run;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;

/**
 * Collects the facts about a run, each source for itself and for a bounded time, and has them
 * judged. Looking changes nothing.
 *
 * <p>A healthy run costs five calls of the stores: its row, its journal's end, the broker twice,
 * and the count of running runs. Nothing is called wrong by one look alone: what two looks do not
 * agree on was only on its way.
 */
public final class FactCollector {
  /** Longest wait for one source, which may have to start first: its client, and its connection. */
  static final Duration SOURCE = Duration.ofSeconds(4);

  /** Between two looks. */
  static final Duration BETWEEN = Duration.ofMillis(500);

  /**
   * After which there is no second look: a source that is silent for so long is no passing state.
   */
  private static final Duration FIRST_LOOK = Duration.ofMillis(1_500);

  private final FactSources sources;
  private final StallThresholds allowances;
  private final String redisCli;
  private final InstantSource clock;

  /**
   * Collects from these.
   *
   * @param redisCli see {@link CommandTargets}
   */
  public FactCollector(
      FactSources sources, StallThresholds allowances, String redisCli, InstantSource clock) {
    this.sources = sources;
    this.allowances = allowances;
    this.redisCli = redisCli;
    this.clock = clock;
  }

  /**
   * Diagnoses a run.
   *
   * @param url where the HTTP interface is, for the commands of the next steps
   * @param everything whether to ask also what decides nothing, for a report
   */
  public Diagnosis diagnose(String runId, String url, boolean everything) {
    Instant begun = clock.instant();
    Facts facts = look(runId, everything);
    CommandTargets addresses = new CommandTargets(url, redisCli);
    Diagnosis diagnosis = Diagnosis.of(facts, addresses);
    boolean slow = Duration.between(begun, clock.instant()).compareTo(FIRST_LOOK) > 0;
    boolean over = diagnosis.main().cause() == Cause.COMPLETE || facts.run().isEmpty();
    if (over || slow) {
      return diagnosis;
    }
    pause();
    Facts later = diagnosis.healthy() ? facts : look(runId, true);
    ProbeResult<BrokerSnapshot> second =
        diagnosis.healthy() ? ask("the broker", () -> sources.broker(runId)) : later.broker();
    Optional<Facts.Growth> growth = growth(facts, second);
    return Diagnosis.of(growth.map(later::withGrowth).orElse(later), addresses);
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

  private Facts look(String runId, boolean everything) {
    Instant at = clock.instant();
    // The row before the rest: what is written meanwhile makes the rest newer, never older.
    ProbeResult<Optional<Run>> row = ask("the catalog", () -> sources.row(runId));
    boolean unknown = row.known().filter(Optional::isEmpty).isPresent();
    boolean noCatalog = row.known().isEmpty();
    Probe rest = asking();
    var broker = rest.begin("the broker", () -> sources.broker(runId));
    var journal =
        when(
            !unknown && !noCatalog,
            () -> rest.begin("the journal", () -> sources.journal(runId, Facts.ENTRIES)));
    var execution =
        when(!unknown, () -> rest.begin("Step Functions", () -> sources.execution(runId)));
    var runsOpen = when(!noCatalog, () -> rest.begin("the catalog", sources::runsOpen));
    var cache = when(everything, () -> rest.begin("ElastiCache", sources::cache));
    return new Facts(
        at,
        runId,
        row,
        told(journal),
        broker.told(),
        Optional.empty(),
        told(execution),
        told(runsOpen),
        told(cache),
        allowances);
  }

  private static <T> Optional<Probe.Question<T>> when(
      boolean asked, Supplier<Probe.Question<T>> question) {
    return asked ? Optional.of(question.get()) : Optional.empty();
  }

  private static <T> ProbeResult<T> told(Optional<Probe.Question<T>> question) {
    return question.isPresent() ? question.get().told() : new ProbeResult.NotAsked<>();
  }

  private <T> ProbeResult<T> ask(String whom, Callable<T> question) {
    return asking().begin(whom, question).told();
  }

  private Probe asking() {
    return new Probe(clock, clock.instant().plus(SOURCE));
  }

  private static void pause() {
    try {
      Thread.sleep(BETWEEN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
