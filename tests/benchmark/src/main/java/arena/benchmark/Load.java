package arena.benchmark;

import arena.local.Options;
import arena.local.TemporaryFolder;
import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.ViewerCrowd;
import arena.local.log.LogFile;
import arena.local.log.ProcessOutput;
import arena.models.Behaviour;
import arena.models.Reply;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Load test: {@code ./arena load}. Plays a run with a thousand viewers, some slow and some
 * reconnecting, compared with the same run without viewers, and then many runs at once. Reports
 * whether every viewer received every event once, and what viewers cost the run.
 */
public final class Load {
  private static final double TURN_LIMIT = 1.1;
  private static final int ROUNDS = 3;
  private static final Duration TIMEOUT = Duration.ofMinutes(4);
  private static final int START_ATTEMPTS = 60;
  private static final int MAX_PAUSE_MILLIS = 1_000;
  private static final int ACCEPTED = 202;
  private static final int TOO_MANY = 429;
  private static final int BUSY = 503;
  private static final int MAX_EXCERPT = 300;
  private static final String MODEL = "slow-answers";

  /** Characters of reasoning per turn, enough to fill the gateway's buffer for a slow viewer. */
  private static final int REASONING_CHARS = 20_000;

  private Load() {}

  /** The size of the load; each field is an option {@code --name=number}. */
  private record Size(
      int viewers, int slow, int flapping, int turns, int thinkMillis, int runs, int runTurns) {
    static Size of(String[] arguments) {
      Map<String, Integer> given = new HashMap<>();
      for (String argument : arguments) {
        String[] parts = argument.split("=", 2);
        try {
          given.put(parts[0], Integer.valueOf(parts[1]));
        } catch (ArrayIndexOutOfBoundsException | NumberFormatException e) {
          throw new IllegalArgumentException(
              "--viewers= --slow= --flapping= --turns= --think= (ms) --runs= --run-turns=", e);
        }
      }
      int viewers = given.getOrDefault("--viewers", 1_000);
      Size size =
          new Size(
              viewers,
              given.getOrDefault("--slow", viewers / 10),
              given.getOrDefault("--flapping", viewers / 20),
              given.getOrDefault("--turns", 40),
              given.getOrDefault("--think", 1_000),
              given.getOrDefault("--runs", 200),
              given.getOrDefault("--run-turns", 10));
      if (size.slow + size.flapping > size.viewers) {
        throw new IllegalArgumentException("--slow and --flapping must not exceed --viewers");
      }
      return size;
    }
  }

  /**
   * Runs the load on a temporary stack; the exit status is 0 if every viewer received every event
   * once.
   */
  public static void main(String[] arguments) {
    PrintStream console = ProcessOutput.console();
    ProcessOutput.install();
    TemporaryFolder.deleteAtExit();
    System.exit(run(console, arguments));
  }

  private static int run(PrintStream console, String[] arguments) {
    Size size;
    try {
      size = Size.of(arguments);
    } catch (IllegalArgumentException e) {
      console.println("arena: " + e.getMessage());
      return 2;
    }
    List<Row> rows = new ArrayList<>();
    boolean all = true;
    Path log = Options.home(System.getenv()).resolve("logs/load.log");
    LogFile rest = new LogFile(log);
    ProcessOutput.redirectOthers(rest);
    try (rest;
        MeasuredStack stack = MeasuredStack.start(line -> console.println("  " + line));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient client = HttpClient.newBuilder().executor(threads).build()) {
      try {
        all &= size.viewers == 0 || playWithViewers(stack, client, size, rows);
        all &= size.runs == 0 || playConcurrently(stack, client, size, rows);
      } catch (RuntimeException e) {
        console.println("arena: load failed: " + e.getMessage());
        all = false;
      } finally {
        // Closing them would wait for open connections.
        client.shutdownNow();
        threads.shutdownNow();
      }
    } catch (RuntimeException e) {
      console.println("arena: the stack did not start: " + e.getMessage());
      return 1;
    }
    console.println();
    new Report(rows).print(console);
    if (!all) {
      console.println("arena: not every viewer received every event once; see " + log);
    }
    return all ? 0 : 1;
  }

  /** Alternates between runs with viewers and runs without. */
  private static boolean playWithViewers(
      MeasuredStack stack, HttpClient client, Size size, List<Row> rows) {
    stack.model(MODEL, _ -> answerSlowly(size.thinkMillis));
    List<Double> withoutViewers = new ArrayList<>();
    List<Double> withViewers = new ArrayList<>();
    List<Double> millis = new ArrayList<>();
    boolean all = true;
    play(stack, size); // warm-up
    for (int round = 1; round <= ROUNDS; round++) {
      String alone = play(stack, size);
      double turn = Sample.median(TurnTime.turns(stack, alone));
      withoutViewers.add(turn);
      try (ViewerCrowd crowd = new ViewerCrowd(client, stack.webSocketUrl())) {
        String runId = stack.startRun(size.turns, MODEL);
        long start = System.nanoTime();
        crowd.join(runId, ViewerCrowd.Habit.QUICK, size.viewers - size.slow - size.flapping);
        crowd.join(runId, ViewerCrowd.Habit.SLOW, size.slow);
        crowd.join(runId, ViewerCrowd.Habit.FLAPPING, size.flapping);
        long joined = System.nanoTime();
        stack.awaitEnd(runId);
        long ended = System.nanoTime();
        crowd.release();
        List<Envelope> events = stack.client().events(runId, 1);
        ViewerCrowd.Outcome outcome = crowd.outcome(events, TIMEOUT);
        List<Double> turns = TurnTime.turns(stack, runId);
        double watched = Sample.median(turns);
        withViewers.add(watched);
        millis.addAll(outcome.millis());
        stack.progress(
            String.format(
                Locale.ROOT,
                ("round %d: %d of %d viewers received all %d events once, %d reconnections; median turn"
                    + " %.0f ms, without viewers %.0f ms; joining took %d s, the last viewer finished %d s after"
                    + " the end of the run"),
                round,
                outcome.complete(),
                size.viewers,
                events.size(),
                outcome.reconnections(),
                watched,
                turn,
                TimeUnit.NANOSECONDS.toSeconds(joined - start),
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - ended)));
        outcome.faults().forEach((fault, count) -> stack.progress(excerpt(count + " x " + fault)));
        all &= outcome.complete() == size.viewers;
      }
    }
    String audience =
        String.format(
            Locale.ROOT,
            "%d viewers, %d slow, %d flapping",
            size.viewers,
            size.slow,
            size.flapping);
    Sample latency = new Sample(millis);
    rows.add(
        Row.atMost(
            "turn with " + audience,
            Sample.median(withViewers) / Sample.median(withoutViewers),
            "times a turn without viewers",
            TURN_LIMIT));
    rows.add(Row.amount("event to fast viewer, p50", latency.percentile(50), "ms", audience));
    rows.add(Row.amount("event to fast viewer, p99", latency.percentile(99), "ms", audience));
    return all;
  }

  private static String excerpt(String text) {
    return text.substring(0, Math.min(text.length(), MAX_EXCERPT));
  }

  private static Reply answerSlowly(int millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Reply.text("x".repeat(REASONING_CHARS) + Behaviour.ANSWER);
  }

  private static String play(MeasuredStack stack, Size size) {
    String runId = stack.startRun(size.turns, MODEL);
    stack.awaitEnd(runId);
    return runId;
  }

  /** Plays many runs at once, each with two viewers. */
  private static boolean playConcurrently(
      MeasuredStack stack, HttpClient client, Size size, List<Row> rows) {
    long start = System.nanoTime();
    List<Future<ViewerCrowd.Outcome>> outcomes = new ArrayList<>();
    int complete = 0;
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < size.runs; i++) {
        outcomes.add(each.submit(() -> playWithTwoViewers(stack, client, size)));
      }
      for (Future<ViewerCrowd.Outcome> outcome : outcomes) {
        try {
          ViewerCrowd.Outcome one = outcome.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
          complete += one.complete() == 2 ? 1 : 0;
          one.faults().forEach((fault, count) -> stack.progress(excerpt(count + " x " + fault)));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        } catch (ExecutionException | TimeoutException e) {
          stack.progress(excerpt("run with two viewers failed: " + e));
        }
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    stack.progress(
        String.format(
            Locale.ROOT,
            "%d of %d concurrent runs of %d turns complete, 2 viewers each, in %.0f s",
            complete,
            size.runs,
            size.runTurns,
            seconds));
    rows.add(
        Row.amount(
            String.format(Locale.ROOT, "%d runs at once, 2 viewers each", size.runs),
            size.runs * size.runTurns / seconds,
            "turns/s",
            String.format(Locale.ROOT, "%d complete", complete)));
    return complete == size.runs;
  }

  private static ViewerCrowd.Outcome playWithTwoViewers(
      MeasuredStack stack, HttpClient client, Size size) {
    try (ViewerCrowd crowd = new ViewerCrowd(client, stack.webSocketUrl())) {
      String runId =
          startWithRetries(stack, String.format(Locale.ROOT, "{\"n_turns\":%d}", size.runTurns));
      crowd.join(runId, ViewerCrowd.Habit.QUICK, 2);
      crowd.awaitClosed(TIMEOUT);
      return crowd.outcome(stack.client().events(runId, 1), TIMEOUT);
    }
  }

  /** Starts a run; retries on 429 and 503 because all runs start at once. */
  private static String startWithRetries(MeasuredStack stack, String body) {
    for (int attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
      ArenaClient.Answer answer = stack.client().post("/runs", body);
      if (answer.status() != BUSY && answer.status() != TOO_MANY) {
        return answer.expect(ACCEPTED).path("run_id").asText();
      }
      try {
        TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(MAX_PAUSE_MILLIS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while starting a run", e);
      }
    }
    throw new IllegalStateException(
        String.format(Locale.ROOT, "not started in %d attempts", START_ATTEMPTS));
  }
}
