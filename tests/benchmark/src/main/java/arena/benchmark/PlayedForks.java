package arena.benchmark;

import arena.local.calls.CallCounter;
import arena.local.calls.CallUsage;
import arena.local.client.ViewerCrowd;
import arena.models.Reply;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import redis.clients.jedis.Jedis;

/**
 * Forks of one run that are played at the same time, each with viewers from its start to its end,
 * and what they used. Each viewer also reads the run's row once, as a page does when it is opened.
 */
final class PlayedForks {
  private static final String MODEL = "thinks";

  /** Longer than a fan-out, as that of a real model, so that each publish wakes one. */
  private static final Duration THINK_TIME = Duration.ofMillis(300);

  /** An answer of an ordinary length: some sentences and two actions. */
  private static final String ANSWER =
      "We need more villagers before we can advance, and houses for them. ".repeat(6)
          + "\n[{\"type\":\"queue_villager\"},{\"type\":\"build\",\"building_key\":\"a\"}]";

  /** Shorter than the product's model time-out of 60 s. */
  private static final Duration ARRIVAL_LIMIT = Duration.ofSeconds(50);

  private static final Duration END_LIMIT = Duration.ofMinutes(4);
  private static final Duration QUIET = Duration.ofMillis(1_500);
  private static final int QUIET_CHECKS = 20;

  private final MeasuredStack stack;
  private final int forks;
  private final int turns;
  private final int viewers;

  PlayedForks(MeasuredStack stack, int forks, int turns, int viewers) {
    this.stack = stack;
    this.forks = forks;
    this.turns = turns;
    this.viewers = viewers;
  }

  /**
   * Plays them.
   *
   * @throws IllegalStateException if a fork does not end, or a viewer does not receive each event
   *     once
   */
  ForkUsage play() {
    String parent = stack.client().startRun(String.format(Locale.ROOT, "{\"n_turns\":%d}", turns));
    stack.awaitEnd(parent);
    play(parent, 1); // loads the functions' classes
    awaitQuiet();
    CallCounter.askForCapacity();
    LogsSince logs = new LogsSince(stack.logs());
    long cacheBytes = cacheBytes();
    List<String> played = new ArrayList<>();
    Map<String, CallUsage> calls =
        CallCounter.during(
            () -> {
              played.addAll(play(parent, forks));
              awaitQuiet();
            });
    return usage(played, calls, logs, cacheBytes() - cacheBytes);
  }

  private List<String> play(String parent, int count) {
    CountDownLatch allConnected = new CountDownLatch(1);
    stack.model(MODEL, _ -> answer(allConnected));
    List<String> started = new ArrayList<>();
    List<ViewerCrowd> crowds = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        HttpClient client = HttpClient.newBuilder().executor(threads).build()) {
      try {
        for (int i = 0; i < count; i++) {
          String fork = stack.client().startFork(request(parent, i));
          started.add(fork);
          ViewerCrowd crowd = new ViewerCrowd(client, stack.webSocketUrl());
          crowds.add(crowd);
          crowd.join(fork, ViewerCrowd.Habit.QUICK, viewers);
          for (int viewer = 0; viewer < viewers; viewer++) {
            stack.client().get("/runs/" + fork).expect(200);
          }
        }
        crowds.forEach(crowd -> crowd.awaitFirst(ARRIVAL_LIMIT));
        allConnected.countDown();
        crowds.forEach(crowd -> crowd.awaitClosed(END_LIMIT));
      } finally {
        allConnected.countDown();
        crowds.forEach(ViewerCrowd::close);
      }
    }
    return started;
  }

  private String request(String parent, int number) {
    return String.format(
        Locale.ROOT,
        "{\"parent_run_id\":\"%s\",\"parent_t\":0,\"mutation\":{\"food\":%d},\"n_turns\":%d,"
            + "\"profile\":{\"model\":\"openai:%s\"}}",
        parent,
        1_000 + 100 * number,
        turns,
        MODEL);
  }

  private static Reply answer(CountDownLatch allConnected) {
    try {
      allConnected.await(ARRIVAL_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      TimeUnit.MILLISECONDS.sleep(THINK_TIME.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return Reply.text(ANSWER);
  }

  /** Waits until no AWS call is made. */
  private static void awaitQuiet() {
    for (int i = 0; i < QUIET_CHECKS; i++) {
      if (CallCounter.noneFor(QUIET)) {
        return;
      }
    }
    throw new IllegalStateException("calls are still being made after the end of the runs");
  }

  private long cacheBytes() {
    try (Jedis redis = stack.redis()) {
      return redis
          .info("stats")
          .lines()
          .filter(line -> line.matches("total_net_(input|output)_bytes:\\d+"))
          .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)))
          .sum();
    }
  }

  private ForkUsage usage(
      List<String> played, Map<String, CallUsage> calls, LogsSince logs, long cacheBytes) {
    LoggedUsage logged = new LoggedUsage(logs);
    List<String> history = new ArrayList<>();
    for (String run : played) {
      history.addAll(stack.history(run));
    }
    double gigabytes = stack.memoryBytes("replay-turn") / (1024.0 * 1024 * 1024);
    return new ForkUsage(
        played.size(),
        calls,
        logged.functions(),
        logged.modelSeconds() * gigabytes,
        gigabytes,
        logged.traffic(cacheBytes),
        transitions(history),
        history.size() / played.size(),
        logged.metrics());
  }

  /** Each entered state is a transition, and each retry of a task. */
  private static long transitions(List<String> history) {
    long entered = history.stream().filter(type -> type.endsWith("StateEntered")).count();
    long tasks = history.stream().filter(type -> type.equals("TaskStateEntered")).count();
    long scheduled = history.stream().filter(type -> type.equals("TaskScheduled")).count();
    return entered + scheduled - tasks;
  }
}
