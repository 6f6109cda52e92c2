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
 * Plays runs with viewers. The model's first answer waits until every viewer is connected; every
 * viewer must receive every event once, otherwise the measurement fails.
 */
final class Viewers implements AutoCloseable {
  private static final String MODEL = "awaits-viewers";

  /** Shorter than the product's model time-out of 60 s. */
  private static final Duration ARRIVAL_LIMIT = Duration.ofSeconds(50);

  private static final Duration END_LIMIT = Duration.ofSeconds(60);

  private final MeasuredStack stack;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client = HttpClient.newBuilder().executor(threads).build();

  Viewers(MeasuredStack stack) {
    this.stack = stack;
  }

  /** An action during a watched run. */
  @FunctionalInterface
  interface Meanwhile {
    /** Called when all viewers are connected and the run continues. */
    void run();
  }

  /**
   * A run that was watched to its end.
   *
   * @param events number of events of the run
   * @param outcome what the viewers received after all were connected
   * @param seconds from the moment when all were connected until all received the end
   */
  record Watched(String runId, int events, ViewerCrowd.Outcome outcome, double seconds) {}

  /** Plays a run with viewers; the model takes {@code thinkTime} per turn. */
  Watched watch(int viewers, int turns, Duration thinkTime) {
    return watch(viewers, turns, thinkTime, () -> {});
  }

  /** Plays a run with viewers and runs an action as soon as all are connected. */
  Watched watch(int viewers, int turns, Duration thinkTime, Meanwhile meanwhile) {
    Audience audience = new Audience(viewers, ViewerCrowd.Habit.QUICK);
    return watch(audience, new Play(turns, thinkTime, Behaviour.ANSWER), meanwhile);
  }

  /**
   * The viewers of a run.
   *
   * @param last how the last of them reads; all others are quick
   */
  record Audience(int viewers, ViewerCrowd.Habit last) {}

  /** A run whose model takes some time for each answer. */
  record Play(int turns, Duration thinkTime, String answer) {}

  /** Plays a run with viewers and runs an action as soon as all are connected. */
  Watched watch(Audience audience, Play play, Meanwhile meanwhile) {
    CountDownLatch allConnected = new CountDownLatch(1);
    stack.model(MODEL, _ -> answer(allConnected, play));
    try (ViewerCrowd crowd = new ViewerCrowd(client, stack.webSocketUrl())) {
      String runId = stack.startRun(play.turns(), MODEL);
      crowd.join(runId, audience.last(), 1);
      crowd.join(runId, ViewerCrowd.Habit.QUICK, audience.viewers() - 1);
      crowd.awaitFirst(ARRIVAL_LIMIT);
      long start = System.nanoTime();
      allConnected.countDown();
      meanwhile.run();
      if (audience.last() != ViewerCrowd.Habit.QUICK) {
        stack.awaitEnd(runId);
        crowd.release();
      }
      crowd.awaitClosed(END_LIMIT);
      double seconds = (System.nanoTime() - start) / 1e9;
      stack.awaitEnd(runId);
      List<Envelope> events = stack.client().events(runId, 1);
      ViewerCrowd.Outcome outcome = crowd.outcome(events, END_LIMIT);
      requireComplete(outcome, audience.viewers());
      return new Watched(runId, events.size(), outcome, seconds);
    } finally {
      allConnected.countDown();
    }
  }

  /** Requires that all viewers received every event once. */
  static void requireComplete(ViewerCrowd.Outcome outcome, int viewers) {
    if (outcome.complete() < viewers) {
      throw new IllegalStateException(
          String.format(
              Locale.ROOT,
              "%d of %d viewers received every event once: %s",
              outcome.complete(),
              viewers,
              outcome.faults()));
    }
  }

  private static Reply answer(CountDownLatch allConnected, Play play) {
    try {
      allConnected.await(ARRIVAL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      TimeUnit.MILLISECONDS.sleep(play.thinkTime().toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Reply.text(play.answer());
  }

  /** Shuts down at once; a normal close would wait for open connections. */
  @Override
  public void close() {
    client.shutdownNow();
    threads.shutdownNow();
  }
}
