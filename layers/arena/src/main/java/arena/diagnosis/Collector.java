package arena.diagnosis;

import arena.broker.BrokerLook;
import arena.journal.JournalTail;
import arena.run.Run;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects the facts about a run, each source for itself and for a bounded time, and has them
 * judged. Looking changes nothing.
 *
 * <p>A healthy run costs five calls of the stores: its row, its journal's end, the broker twice,
 * and the count of running runs. Nothing is called wrong by one look alone: what two looks do not
 * agree on was only on its way.
 */
public final class Collector {
  private static final Logger LOG = LoggerFactory.getLogger(Collector.class);

  /** Longest wait for one source: the broker's own time-out and something. */
  static final Duration SOURCE = Duration.ofMillis(2_500);

  /** Between two looks. */
  static final Duration BETWEEN = Duration.ofMillis(500);

  /**
   * After which there is no second look: a source that is silent for so long is no passing state.
   */
  private static final Duration FIRST_LOOK = Duration.ofMillis(1_500);

  private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();

  private final Sources sources;
  private final Allowances allowances;
  private final InstantSource clock;

  /** Collects from these. */
  public Collector(Sources sources, Allowances allowances, InstantSource clock) {
    this.sources = sources;
    this.allowances = allowances;
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
    Diagnosis diagnosis = Diagnosis.of(facts, url);
    boolean slow = Duration.between(begun, clock.instant()).compareTo(FIRST_LOOK) > 0;
    boolean over = diagnosis.main().cause() == Cause.COMPLETE || facts.run().isEmpty();
    if (over || slow) {
      return diagnosis;
    }
    pause();
    Facts later = diagnosis.healthy() ? facts : look(runId, true);
    Told<BrokerLook> second =
        diagnosis.healthy() ? ask("the broker", () -> sources.broker(runId)) : later.broker();
    Optional<Facts.Growth> growth = growth(facts, second);
    return Diagnosis.of(growth.map(later::withGrowth).orElse(later), url);
  }

  private Optional<Facts.Growth> growth(Facts before, Told<BrokerLook> after) {
    Optional<Long> first = before.broker().map(BrokerLook::lastSeq);
    Optional<Long> second = after.map(BrokerLook::lastSeq);
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
    Told<Optional<Run>> row = ask("the catalog", () -> sources.row(runId));
    boolean unknown = row.known().filter(Optional::isEmpty).isPresent();
    boolean noCatalog = row.known().isEmpty();
    Future<BrokerLook> broker = begin(() -> sources.broker(runId));
    Optional<Future<List<JournalTail.Written>>> journal =
        unknown || noCatalog
            ? Optional.empty()
            : Optional.of(begin(() -> sources.journal(runId, Facts.ENTRIES)));
    Optional<Future<Optional<Execution>>> execution =
        unknown ? Optional.empty() : Optional.of(begin(() -> sources.execution(runId)));
    Optional<Future<Long>> runsOpen =
        noCatalog ? Optional.empty() : Optional.of(begin(sources::runsOpen));
    Optional<Future<CacheStatus>> cache =
        everything ? Optional.of(begin(sources::cache)) : Optional.empty();
    Instant deadline = clock.instant().plus(SOURCE);
    return new Facts(
        at,
        runId,
        row,
        answer("the journal", journal, deadline),
        answer("the broker", Optional.of(broker), deadline),
        Optional.empty(),
        answer("Step Functions", execution, deadline),
        answer("the catalog", runsOpen, deadline),
        answer("ElastiCache", cache, deadline),
        allowances);
  }

  private <T> Told<T> ask(String name, Callable<T> question) {
    return answer(name, Optional.of(begin(question)), clock.instant().plus(SOURCE));
  }

  private static <T> Future<T> begin(Callable<T> question) {
    return THREADS.submit(question);
  }

  /** What was asked may be left without an answer: its own time-out ends it. */
  private <T> Told<T> answer(String name, Optional<Future<T>> asked, Instant deadline) {
    if (asked.isEmpty()) {
      return new Told.NotAsked<>();
    }
    Future<T> question = asked.get();
    Duration left = Duration.between(clock.instant(), deadline);
    try {
      return new Told.Fact<>(question.get(Math.max(1, left.toMillis()), TimeUnit.MILLISECONDS));
    } catch (TimeoutException e) {
      question.cancel(true);
      return new Told.Silence<>(
          "%s did not answer within %s".formatted(name, Rules.seconds(SOURCE)));
    } catch (ExecutionException e) {
      Throwable why = e.getCause() == null ? e : e.getCause();
      LOG.warn("{} tells nothing", name, why);
      return new Told.Silence<>("%s does not answer: %s".formatted(name, Redactor.plain(why)));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Told.Silence<>(name + " was not waited for");
    }
  }

  private static void pause() {
    try {
      Thread.sleep(BETWEEN);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
