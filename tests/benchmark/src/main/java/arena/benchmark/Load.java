package arena.benchmark;

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
 * What {@code ./arena load} runs: a run that a thousand look on, of whom some are slow and some
 * come and go, beside the same run unseen; and many runs at once. It says whether everybody had
 * every event once, and what looking on costs the run.
 */
public final class Load {
  private static final double TURN_LIMIT = 1.1;
  private static final int ROUNDS = 3;
  private static final Duration PATIENCE = Duration.ofMinutes(4);
  private static final int START_ATTEMPTS = 60;
  private static final int MAX_PAUSE_MILLIS = 1_000;
  private static final int ACCEPTED = 202;
  private static final int TOO_MANY = 429;
  private static final int BUSY = 503;
  private static final int MAX_EXCERPT = 300;
  private static final String MODEL = "ponders";

  /**
   * What a model says with each of its actions: enough to fill what a slow reader leaves unread.
   */
  private static final int REASONING = 20_000;

  private Load() {}

  /** What is asked for; each may be given as {@code --name=number}. */
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
        throw new IllegalArgumentException("the slow and the flapping are among the viewers");
      }
      return size;
    }
  }

  /** Loads a stack of its own; the exit status is 0 if everybody had everything once. */
  public static void main(String[] arguments) {
    PrintStream console = ProcessOutput.console();
    ProcessOutput.install();
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
    Path log = Path.of(System.getProperty("java.io.tmpdir"), "arena-load.log");
    LogFile rest = new LogFile(log);
    ProcessOutput.everythingElseTo(rest);
    try (rest;
        MeasuredStack stack = MeasuredStack.start(line -> console.println("  " + line));
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient client = HttpClient.newBuilder().executor(threads).build()) {
      try {
        all &= size.viewers == 0 || lookOn(stack, client, size, rows);
        all &= size.runs == 0 || playAtOnce(stack, client, size, rows);
      } catch (RuntimeException e) {
        console.println("arena: not loaded: " + e.getMessage());
        all = false;
      } finally {
        // Else closing them waits for connections that nobody ends.
        client.shutdownNow();
        threads.shutdownNow();
      }
    } catch (RuntimeException e) {
      console.println("arena: there is no stack: " + e.getMessage());
      return 1;
    }
    console.println();
    new Report(rows).print(console);
    if (!all) {
      console.println("arena: not everybody had every event once; more in " + log);
    }
    return all ? 0 : 1;
  }

  /** Runs that many look on and runs that nobody does, by turns. */
  private static boolean lookOn(MeasuredStack stack, HttpClient client, Size size, List<Row> rows) {
    stack.model(MODEL, _ -> ponder(size.thinkMillis));
    List<Double> unseen = new ArrayList<>();
    List<Double> seen = new ArrayList<>();
    List<Double> millis = new ArrayList<>();
    boolean all = true;
    play(stack, size); // warms up
    for (int round = 1; round <= ROUNDS; round++) {
      String alone = play(stack, size);
      double turn = Samples.median(TurnTime.turns(stack, alone));
      unseen.add(turn);
      try (ViewerCrowd crowd = new ViewerCrowd(client, stack.webSocketUrl())) {
        String runId = stack.startRun(size.turns, MODEL);
        long begun = System.nanoTime();
        crowd.join(runId, ViewerCrowd.Habit.QUICK, size.viewers - size.slow - size.flapping);
        crowd.join(runId, ViewerCrowd.Habit.SLOW, size.slow);
        crowd.join(runId, ViewerCrowd.Habit.FLAPPING, size.flapping);
        long joined = System.nanoTime();
        stack.awaitEnd(runId);
        long ended = System.nanoTime();
        crowd.release();
        List<Envelope> events = stack.client().events(runId, 1);
        ViewerCrowd.Outcome outcome = crowd.outcome(events, PATIENCE);
        List<Double> turns = TurnTime.turns(stack, runId);
        double watched = Samples.median(turns);
        seen.add(watched);
        millis.addAll(outcome.millis());
        stack.tell(
            String.format(
                Locale.ROOT,
                ("round %d: %d of %d viewers had all %d events once, %d reconnections; a turn took"
                    + " %.0f ms, unseen %.0f ms; joining took %d s, the last had all %d s after"
                    + " the end"),
                round,
                outcome.complete(),
                size.viewers,
                events.size(),
                outcome.reconnections(),
                watched,
                turn,
                TimeUnit.NANOSECONDS.toSeconds(joined - begun),
                TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - ended)));
        outcome.faults().forEach((fault, count) -> stack.tell(excerpt(count + " x " + fault)));
        all &= outcome.complete() == size.viewers;
      }
    }
    String whom =
        String.format(
            Locale.ROOT,
            "%d viewers, %d slow, %d flapping",
            size.viewers,
            size.slow,
            size.flapping);
    Samples latency = new Samples(millis);
    rows.add(
        Row.atMost(
            "a turn before " + whom,
            Samples.median(seen) / Samples.median(unseen),
            "times an unseen one",
            TURN_LIMIT));
    rows.add(Row.amount("event to quick viewer, p50", latency.percentile(50), "ms", whom));
    rows.add(Row.amount("event to quick viewer, p99", latency.percentile(99), "ms", whom));
    return all;
  }

  private static String excerpt(String text) {
    return text.substring(0, Math.min(text.length(), MAX_EXCERPT));
  }

  private static Reply ponder(int millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Reply.text("x".repeat(REASONING) + Behaviour.ANSWER);
  }

  private static String play(MeasuredStack stack, Size size) {
    String runId = stack.startRun(size.turns, MODEL);
    stack.awaitEnd(runId);
    return runId;
  }

  /** Many runs at once, each before two viewers. */
  private static boolean playAtOnce(
      MeasuredStack stack, HttpClient client, Size size, List<Row> rows) {
    long begun = System.nanoTime();
    List<Future<ViewerCrowd.Outcome>> outcomes = new ArrayList<>();
    int complete = 0;
    try (ExecutorService each = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < size.runs; i++) {
        outcomes.add(each.submit(() -> playBeforeTwo(stack, client, size)));
      }
      for (Future<ViewerCrowd.Outcome> outcome : outcomes) {
        try {
          ViewerCrowd.Outcome one = outcome.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
          complete += one.complete() == 2 ? 1 : 0;
          one.faults().forEach((fault, count) -> stack.tell(excerpt(count + " x " + fault)));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        } catch (ExecutionException | TimeoutException e) {
          stack.tell(excerpt("a run was not played before two: " + e));
        }
      }
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    stack.tell(
        String.format(
            Locale.ROOT,
            "%d of %d runs of %d turns at once were complete, each before 2 viewers, in %.0f s",
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

  private static ViewerCrowd.Outcome playBeforeTwo(
      MeasuredStack stack, HttpClient client, Size size) {
    try (ViewerCrowd crowd = new ViewerCrowd(client, stack.webSocketUrl())) {
      String runId =
          startPatiently(stack, String.format(Locale.ROOT, "{\"n_turns\":%d}", size.runTurns));
      crowd.join(runId, ViewerCrowd.Habit.QUICK, 2);
      crowd.awaitClosed(PATIENCE);
      return crowd.outcome(stack.client().events(runId, 1), PATIENCE);
    }
  }

  /** All at once are more than one machine's functions take: who is told to come later does. */
  private static String startPatiently(MeasuredStack stack, String body) {
    for (int attempt = 1; attempt <= START_ATTEMPTS; attempt++) {
      ArenaClient.Answer answer = stack.client().post("/runs", body);
      if (answer.status() != BUSY && answer.status() != TOO_MANY) {
        return answer.expect(ACCEPTED).path("run_id").asText();
      }
      try {
        TimeUnit.MILLISECONDS.sleep(ThreadLocalRandom.current().nextInt(MAX_PAUSE_MILLIS));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while a run was to be started", e);
      }
    }
    throw new IllegalStateException(
        String.format(Locale.ROOT, "not started in %d attempts", START_ATTEMPTS));
  }
}
