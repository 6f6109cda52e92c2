package arena.benchmark;

import arena.local.client.ArenaClient;
import arena.run.Run;
import arena.run.RunId;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/**
 * Measures what must not depend on the number of runs that the broker holds: the counters, lists,
 * and the creation of a run, with 10 and with 10,000 running ones. And the rate of the reaper,
 * compared with freeing one run after another with one call for each step, and the counters while
 * it works.
 */
final class HeldRuns implements Measurement {
  private static final int FEW = 10;
  private static final int MANY = 10_000;
  private static final int REAPED = 5_000;
  private static final int ONE_BY_ONE = 100;
  private static final int CALLS = 30;
  private static final double CONSTANT = 2;
  private static final double REAPER_LIMIT = 5;
  private static final Duration POLL_INTERVAL = Duration.ofMillis(50);
  private static final Duration LONG_AGO = Duration.ofHours(1);
  private static final ObjectMapper JSON = new ObjectMapper();

  @Override
  public String title() {
    return String.format(Locale.ROOT, "held runs, %,d and %,d", FEW, MANY);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    List<Row> rows = new ArrayList<>(constants(stack));
    rows.addAll(reaper(stack));
    return rows;
  }

  private static List<Row> constants(MeasuredStack stack) {
    HeldRows held = new HeldRows(stack);
    List<RunId> added = new ArrayList<>(held.addRunning(FEW));
    try {
      times(stack); // warm-up
      Map<String, Double> few = times(stack);
      added.addAll(held.addRunning(MANY - FEW));
      stack.progress(String.format(Locale.ROOT, "%,d running runs", MANY));
      Map<String, Double> many = times(stack);
      List<Row> rows = new ArrayList<>();
      many.forEach(
          (call, millis) -> {
            String what = String.format(Locale.ROOT, "%s, %,d runs held", call, MANY);
            rows.add(
                Row.atMost(what, millis / few.get(call), "times at " + FEW + " runs", CONSTANT));
            rows.add(
                Row.amount(what, millis, "ms", Row.amount(few.get(call)) + " at " + FEW + " runs"));
          });
      return rows;
    } finally {
      held.delete(added);
    }
  }

  /** The median time of each call, in milliseconds. */
  private static Map<String, Double> times(MeasuredStack stack) {
    ArenaClient client = stack.client();
    Map<String, Double> times = new TreeMap<>();
    times.put("GET /metrics", median(() -> client.get("/metrics")));
    times.put("GET /runs", median(() -> client.get("/runs?limit=20")));
    times.put("GET /runs/summaries", median(() -> client.get("/runs/summaries?limit=20")));
    times.put("POST /runs", median(() -> client.post("/runs", "{\"n_turns\":1}")));
    return times;
  }

  private static double median(Supplier<ArenaClient.Answer> call) {
    List<Double> millis = new ArrayList<>();
    for (int i = 0; i < CALLS; i++) {
      long start = System.nanoTime();
      ArenaClient.Answer answer = call.get();
      if (answer.status() >= 300) {
        throw new IllegalStateException(answer.status() + ": " + answer.text());
      }
      millis.add((System.nanoTime() - start) / 1e6);
    }
    return Sample.median(millis);
  }

  private static List<Row> reaper(MeasuredStack stack) {
    HeldRows held = new HeldRows(stack);
    Instant endedAt = Instant.now().minus(LONG_AGO);
    List<RunId> added = new ArrayList<>(held.addArchived(ONE_BY_ONE, endedAt));
    try {
      stack.reap(); // warm-up, also of the catalog's table
      List<RunId> single = held.addArchived(ONE_BY_ONE, endedAt);
      added.addAll(single);
      long start = System.nanoTime();
      single.forEach(runId -> freeAlone(stack, runId));
      double oneByOne = ONE_BY_ONE / seconds(start);

      added.addAll(held.addArchived(REAPED, endedAt));
      stack.progress(String.format(Locale.ROOT, "%,d runs to reap", REAPED));
      start = System.nanoTime();
      int reaped = count(stack.reap());
      double rate = reaped / seconds(start);
      if (reaped < REAPED) {
        throw new IllegalStateException("the reaper freed only " + reaped + " runs");
      }
      List<Row> rows = new ArrayList<>();
      rows.add(Row.atLeast("reaper", rate / oneByOne, "times one after another", REAPER_LIMIT));
      rows.add(Row.amount("reaper", rate, "runs/s", Row.amount(oneByOne) + " one after another"));

      added.addAll(held.addArchived(REAPED, endedAt));
      rows.addAll(metricsDuring(stack, CompletableFuture.supplyAsync(stack::reap)));
      return rows;
    } finally {
      held.delete(added);
    }
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }

  /** Reads the counters again and again until the reaper is done. */
  private static List<Row> metricsDuring(MeasuredStack stack, CompletableFuture<String> reaping) {
    int errors = 0;
    List<Double> millis = new ArrayList<>();
    do {
      long start = System.nanoTime();
      ArenaClient.Answer answer = stack.client().get("/metrics");
      millis.add(seconds(start) * 1e3);
      if (answer.status() != 200) {
        errors++;
        stack.progress(answer.status() + ": " + answer.text());
      }
    } while (!isDone(reaping));
    reaping.join();
    String what = "GET /metrics while the reaper works";
    return List.of(
        Row.atMost(what, errors, "errors of " + millis.size() + " calls", 0),
        Row.amount(what, Sample.median(millis), "ms", "median"));
  }

  /** Waits for an interval between two calls. */
  private static boolean isDone(CompletableFuture<String> reaping) {
    try {
      reaping.get(POLL_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
      return true;
    } catch (TimeoutException _) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the reaper works", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("the reaper failed", e);
    }
  }

  /** Frees a run with one call for each step. */
  private static void freeAlone(MeasuredStack stack, RunId runId) {
    stack.broker().buffer(runId);
    stack.subscribers().cursors(runId);
    stack.connections().subscribers(runId);
    stack.broker().close(runId);
    stack.broker().drop(runId);
    Run run = stack.catalog().find(runId).orElseThrow();
    stack.catalog().markReleased(run.runId());
  }

  private static int count(String report) {
    try {
      return JSON.readTree(report).get("runs").intValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
