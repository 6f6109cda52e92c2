package arena.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Measures how many cells of the largest experiment are started and ended a second, compared with
 * the same forks that a client starts, as many at a time.
 */
final class ComparisonRate implements Measurement {
  private static final int ARMS = 8;
  private static final int REPLICAS = 50;

  /** The deployment's default number of cells at a time on one provider. */
  private static final int CONCURRENT = 10;

  private static final int FORKS = 100;
  private static final double LIMIT = 0.5;
  private static final Duration END_LIMIT = Duration.ofMinutes(3);

  @Override
  public String title() {
    return String.format(Locale.ROOT, "experiment, %d arms, %d replicas", ARMS, REPLICAS);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    String parent = stack.client().startRun("{\"n_turns\":2}");
    stack.awaitEnd(parent);
    seconds(stack, parent, 1); // loads the functions' classes
    forksPerSecond(stack, parent, CONCURRENT);
    double forks = forksPerSecond(stack, parent, FORKS);
    double cells = ARMS * REPLICAS / seconds(stack, parent, REPLICAS);
    String what = "cells started and ended a second";
    return List.of(
        Row.atLeast(what, cells / forks, "times forks of a client", LIMIT),
        Row.amount(
            what,
            cells,
            "cells/s",
            Row.amount(forks) + " forks/s, each of 1 turn, " + CONCURRENT + " at a time"));
  }

  private static double seconds(MeasuredStack stack, String parent, int replicas) {
    String arms =
        IntStream.range(0, ARMS)
            .mapToObj(
                arm -> String.format(Locale.ROOT, "{\"name\":\"arm %d\",%s}", arm, mutation(arm)))
            .collect(Collectors.joining(","));
    long start = System.nanoTime();
    JsonNode experiment =
        PlayedComparison.play(
            stack,
            "experiment",
            String.format(
                Locale.ROOT,
                "{\"parent_run_id\":\"%s\",\"parent_t\":0,\"n_turns\":1,\"replicas\":%d,"
                    + "\"arms\":[%s]}",
                parent,
                replicas,
                arms),
            END_LIMIT);
    double seconds = (System.nanoTime() - start) / 1e9;
    if (experiment.path("cells").path("complete").asInt() != ARMS * replicas) {
      throw new IllegalStateException("not all cells are complete: " + experiment.path("cells"));
    }
    return seconds;
  }

  private static String mutation(int arm) {
    return String.format(Locale.ROOT, "\"mutation\":{\"food\":%d}", 500 + arm);
  }

  private static double forksPerSecond(MeasuredStack stack, String parent, int count) {
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newFixedThreadPool(CONCURRENT)) {
      List<Future<?>> forks = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        String body =
            String.format(
                Locale.ROOT,
                "{\"parent_run_id\":\"%s\",\"parent_t\":0,\"n_turns\":1,%s}",
                parent,
                mutation(i % ARMS));
        forks.add(threads.submit(() -> stack.awaitEnd(stack.client().startFork(body))));
      }
      for (Future<?> fork : forks) {
        fork.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while forks are played", e);
    } catch (ExecutionException e) {
      throw new IllegalStateException("a fork failed", e);
    }
    return count / ((System.nanoTime() - start) / 1e9);
  }
}
