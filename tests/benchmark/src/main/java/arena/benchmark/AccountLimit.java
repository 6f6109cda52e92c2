package arena.benchmark;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.ViewerCrowd;
import arena.models.Behaviour;
import arena.models.Reply;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Measures how much longer many runs with a viewer each take in an account that has fewer
 * concurrent invocations than runs. All must complete.
 */
final class AccountLimit implements Measurement {
  private static final int CONCURRENCY = 10;
  private static final int RUNS = 30;
  private static final int TURNS = 6;
  private static final String MODEL = "answers-after-a-moment";
  private static final Duration ANSWER_TIME = Duration.ofMillis(300);
  private static final Duration RETRY_INTERVAL = Duration.ofMillis(200);
  private static final Duration LIMIT = Duration.ofMinutes(4);
  private static final int ACCEPTED = 202;
  private static final int THROTTLED = 503;

  @Override
  public String title() {
    return String.format(
        Locale.ROOT,
        "account limit, %d runs of %d turns at %d invocations",
        RUNS,
        TURNS,
        CONCURRENCY);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    stack.model(
        MODEL,
        _ -> {
          LockSupport.parkNanos(ANSWER_TIME.toNanos());
          return Reply.text(Behaviour.ANSWER);
        });
    play(stack, () -> () -> {}); // warm-up
    double unlimited = play(stack, () -> () -> {});
    double limited = play(stack, () -> stack.leaveConcurrency(CONCURRENCY));
    String what = String.format(Locale.ROOT, "%d runs at %d invocations", RUNS, CONCURRENCY);
    return List.of(
        Row.ratio(what, limited / unlimited, "times without limit"),
        Row.amount(what, limited, "s", Row.amount(unlimited) + " s without limit; all complete"));
  }

  private record Watched(String runId, ViewerCrowd viewer) {}

  /**
   * Plays all runs and returns the seconds until every viewer has the end.
   *
   * @param limit sets a limit and returns what ends it
   */
  private static double play(MeasuredStack stack, Supplier<Runnable> limit) {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient client = HttpClient.newBuilder().executor(threads).build()) {
      try {
        Runnable end = limit.get();
        long start = System.nanoTime();
        List<Future<Watched>> runs = new ArrayList<>();
        List<Watched> watched = new ArrayList<>();
        try {
          for (int i = 0; i < RUNS; i++) {
            runs.add(threads.submit(() -> playOne(stack, client)));
          }
          for (Future<Watched> run : runs) {
            watched.add(run.get(LIMIT.toSeconds(), TimeUnit.SECONDS));
          }
        } finally {
          end.run();
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        watched.forEach(one -> requireComplete(stack, one));
        return seconds;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while runs were played", e);
      } catch (ExecutionException | TimeoutException e) {
        throw new IllegalStateException("a run did not complete: " + e.getMessage(), e);
      } finally {
        client.shutdownNow();
        threads.shutdownNow();
      }
    }
  }

  private static Watched playOne(MeasuredStack stack, HttpClient client) {
    Watched watched = new Watched(start(stack), new ViewerCrowd(client, stack.webSocketUrl()));
    watched.viewer().join(watched.runId(), ViewerCrowd.Habit.QUICK, 1);
    watched.viewer().awaitClosed(LIMIT);
    return watched;
  }

  private static void requireComplete(MeasuredStack stack, Watched watched) {
    try (ViewerCrowd viewer = watched.viewer()) {
      stack.awaitEnd(watched.runId());
      List<Envelope> events = stack.client().events(watched.runId(), 1);
      Viewers.requireComplete(viewer.outcome(events, LIMIT), 1);
    }
  }

  /** Starts a run; a throttled request is repeated. */
  private static String start(MeasuredStack stack) {
    String body =
        String.format(
            Locale.ROOT, "{\"n_turns\":%d,\"profile\":{\"model\":\"openai:%s\"}}", TURNS, MODEL);
    long deadline = System.nanoTime() + LIMIT.toNanos();
    ArenaClient.Answer answer = stack.client().post("/runs", body);
    while (answer.status() == THROTTLED && System.nanoTime() < deadline) {
      LockSupport.parkNanos(RETRY_INTERVAL.toNanos());
      answer = stack.client().post("/runs", body);
    }
    return answer.expect(ACCEPTED).path("run_id").asText();
  }
}
