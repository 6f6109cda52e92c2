package arena.diagnosis;

import arena.error.DependencyUnavailable;
import arena.run.Limits;
import arena.text.PlainText;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs calls concurrently and waits for their results until a common deadline. */
final class Probe {
  private static final Logger LOG = LoggerFactory.getLogger(Probe.class);
  private static final int MAX_REASON = 300;
  private static final ExecutorService THREADS = Executors.newVirtualThreadPerTaskExecutor();

  private final InstantSource clock;
  private final Instant deadline;

  Probe(InstantSource clock, Instant deadline) {
    this.clock = clock;
    this.deadline = deadline;
  }

  /** A call in progress. */
  final class Pending<T> {
    private final String source;
    private final Future<T> future;

    private Pending(String source, Future<T> future) {
      this.source = source;
      this.future = future;
    }

    /** Waits for the result; cancels the call at the deadline. */
    ProbeResult<T> await() {
      Duration remaining = Duration.between(clock.instant(), deadline);
      try {
        return new ProbeResult.Known<>(
            future.get(Math.max(1, remaining.toMillis()), TimeUnit.MILLISECONDS));
      } catch (TimeoutException e) {
        future.cancel(true);
        return new ProbeResult.Failed<>(source + " did not answer in time");
      } catch (ExecutionException e) {
        Throwable cause = e.getCause() == null ? e : e.getCause();
        LOG.atWarn().addKeyValue("source", source).setCause(cause).log("diagnosis probe failed");
        return new ProbeResult.Failed<>("%s did not answer: %s".formatted(source, reason(cause)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return new ProbeResult.Failed<>("interrupted while waiting for " + source);
      }
    }
  }

  /** Returns an exception's message on one line, cut. */
  private static String reason(Throwable exception) {
    String message =
        exception instanceof DependencyUnavailable unavailable
            ? unavailable.reason()
            : exception.getMessage();
    String text =
        message == null || message.isBlank() ? exception.getClass().getSimpleName() : message;
    return Limits.cut(PlainText.line(text), MAX_REASON);
  }

  /** Starts a call. {@code source} names it in failures, such as {@code the broker}. */
  <T> Pending<T> start(String source, Callable<T> call) {
    return new Pending<>(source, THREADS.submit(call));
  }
}
