package arena.diagnosis;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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

/** Questions that are asked side by side, and answered until one moment or not at all. */
final class Probe {
  private static final Logger LOG = LoggerFactory.getLogger(Probe.class);
  private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();

  private final InstantSource clock;
  private final Instant deadline;

  /** Waits for answers until then. */
  Probe(InstantSource clock, Instant deadline) {
    this.clock = clock;
    this.deadline = deadline;
  }

  /** A question that was asked. */
  final class Question<T> {
    private final String whom;
    private final Future<T> future;

    private Question(String whom, Future<T> future) {
      this.whom = whom;
      this.future = future;
    }

    /** What was told. One that does not answer in time is left to its own time-out. */
    ProbeResult<T> told() {
      Duration left = Duration.between(clock.instant(), deadline);
      try {
        return new ProbeResult.Fact<>(
            future.get(Math.max(1, left.toMillis()), TimeUnit.MILLISECONDS));
      } catch (TimeoutException e) {
        future.cancel(true);
        return new ProbeResult.Silence<>(whom + " did not answer in time");
      } catch (ExecutionException e) {
        Throwable why = e.getCause() == null ? e : e.getCause();
        LOG.warn("{} tells nothing", whom, why);
        return new ProbeResult.Silence<>(
            "%s does not answer: %s".formatted(whom, Redactor.plain(why)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ProbeResult.Silence<>(whom + " was not waited for");
      }
    }

    /** What was told, if it was. */
    Optional<T> answer() {
      return told().known();
    }
  }

  /** Asks somebody. */
  <T> Question<T> begin(String whom, Callable<T> question) {
    return new Question<>(whom, THREADS.submit(question));
  }
}
