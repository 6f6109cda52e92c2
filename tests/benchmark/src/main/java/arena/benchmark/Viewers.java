package arena.benchmark;

import arena.local.client.Envelope;
import arena.local.client.ViewerCrowd;
import arena.models.Behaviour;
import arena.models.Reply;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Viewers of runs that begin when everybody is there: the model's first answer waits for that. All
 * of them are quick, and each is to have every event once, else nothing is measured.
 */
final class Viewers implements AutoCloseable {
  private static final String MODEL = "awaits-viewers";

  /** Shorter than the product waits for a model's answer, 60 s. */
  private static final Duration ARRIVAL_LIMIT = Duration.ofSeconds(50);

  private static final Duration END_LIMIT = Duration.ofSeconds(60);

  private final MeasuredStack stack;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client = HttpClient.newBuilder().executor(threads).build();

  /** Nobody yet. */
  Viewers(MeasuredStack stack) {
    this.stack = stack;
  }

  /** What happens meanwhile to a run that is being watched. */
  @FunctionalInterface
  interface Meanwhile {
    /** Called as soon as the run goes on. */
    void happens();
  }

  /**
   * A run that was watched to its end.
   *
   * @param events how many it has
   * @param outcome what the viewers had since everybody was there
   * @param seconds from the moment when everybody was there until everybody knew the end
   */
  record Watched(String runId, int events, ViewerCrowd.Outcome outcome, double seconds) {}

  /** A run of so many turns before so many viewers; for each turn the model thinks that long. */
  Watched watch(int viewers, int turns, Duration thinks) {
    return watch(viewers, turns, thinks, () -> {});
  }

  /** The same, while something happens. */
  Watched watch(int viewers, int turns, Duration thinks, Meanwhile meanwhile) {
    CountDownLatch everybody = new CountDownLatch(1);
    stack.model(MODEL, _ -> answer(everybody, thinks));
    try (ViewerCrowd crowd = new ViewerCrowd(client, stack.webSocketUrl())) {
      String runId = stack.startRun(turns, MODEL);
      crowd.join(runId, ViewerCrowd.Habit.QUICK, viewers);
      crowd.awaitFirst(ARRIVAL_LIMIT);
      long begun = System.nanoTime();
      everybody.countDown();
      meanwhile.happens();
      crowd.awaitClosed(END_LIMIT);
      double seconds = (System.nanoTime() - begun) / 1e9;
      stack.awaitEnd(runId);
      List<Envelope> events = stack.client().events(runId, 1);
      ViewerCrowd.Outcome outcome = crowd.outcome(events, END_LIMIT);
      if (outcome.complete() < viewers) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "%d of %d viewers had every event once: %s",
                outcome.complete(),
                viewers,
                outcome.faults()));
      }
      return new Watched(runId, events.size(), outcome, seconds);
    } finally {
      everybody.countDown();
    }
  }

  private static Reply answer(CountDownLatch everybody, Duration thinks) {
    try {
      everybody.await(ARRIVAL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      TimeUnit.MILLISECONDS.sleep(thinks.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Reply.text(Behaviour.ANSWER);
  }

  /** Else closing the client waits for connections that nobody ends. */
  @Override
  public void close() {
    client.shutdownNow();
    threads.shutdownNow();
  }
}
