package arena.simulation.clients;

import arena.simulation.cloud.Outcome;
import arena.simulation.faults.Event;
import arena.simulation.faults.FaultInjector;
import arena.simulation.scheduler.Scheduler;
import arena.world.Scenario;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Starts a run, and perhaps forks it; asks again when there is no answer, mostly with the key that
 * it asked with before.
 */
public final class RunCreator implements Runnable {
  private static final long SECOND = 1_000_000;
  private static final int ATTEMPTS = 6;
  private static final int MOST_TURNS = 5;
  private static final Pattern RUN_ID = Pattern.compile("run_id\":\"([0-9a-f]{32})\"");

  private final Scheduler scheduler;
  private final HttpClientApi api;
  private final FaultInjector weather;
  private final Random random;
  private final Supplier<String> keys;
  private final Consumer<String> began;
  private final int forks;
  private final List<Asked> answered = new ArrayList<>();

  /** Of the requests that were sent beside another, those that have no answer yet. */
  private int underWay;

  /**
   * Plays over these.
   *
   * @param keys gives requests their keys
   * @param began told of every run that there is
   * @param forks how many forks it makes
   */
  public RunCreator(
      Scheduler scheduler,
      HttpClientApi api,
      FaultInjector weather,
      Random random,
      Supplier<String> keys,
      Consumer<String> began,
      int forks) {
    this.scheduler = scheduler;
    this.api = api;
    this.weather = weather;
    this.random = random;
    this.keys = keys;
    this.began = began;
    this.forks = forks;
  }

  /** A request. */
  private record Asked(HttpClientApi.Creation creation, String body, Optional<String> key) {}

  /** A run, and the turns it has. */
  private record Begun(String runId, int t0, int turns) {}

  @Override
  public void run() {
    scheduler.sleep(random.nextLong(60 * SECOND));
    List<Scenario> scenarios = List.of(Scenario.values());
    String scenario = scenarios.get(random.nextInt(scenarios.size())).label();
    Optional<String> key = key();
    Optional<Begun> parent =
        ask(
            HttpClientApi.Creation.RUN,
            key,
            0,
            turns ->
                String.format(
                    Locale.ROOT,
                    "{\"scenario\":\"%s\",\"n_turns\":%d,\"label\":\"a run\"}",
                    scenario,
                    turns));
    for (int i = 0; i < forks && parent.isPresent(); i++) {
      scheduler.sleep(random.nextLong(120 * SECOND));
      Begun run = parent.get();
      int t = run.t0() + random.nextInt(run.turns() + 1);
      String mutation = random.nextBoolean() ? ",\"mutation\":{\"food\":1500}" : "";
      // A key is its call's: the first fork has the run's.
      Optional<String> ofFork = i == 0 ? key : key();
      parent =
          ask(
                  HttpClientApi.Creation.FORK,
                  ofFork,
                  t,
                  turns ->
                      String.format(
                          Locale.ROOT,
                          "{\"parent_run_id\":\"%s\",\"parent_t\":%d,\"n_turns\":%d,\"reason\":\"to see\"%s}",
                          run.runId(),
                          t,
                          turns,
                          mutation))
              .or(() -> Optional.of(run));
    }
  }

  private Optional<String> key() {
    return random.nextInt(4) == 0 ? Optional.empty() : Optional.of(keys.get());
  }

  /**
   * Asks until there is an answer.
   *
   * @param body of a request for so many turns
   */
  private Optional<Begun> ask(
      HttpClientApi.Creation creation, Optional<String> key, int t0, IntFunction<String> body) {
    int turns = random.nextInt(MOST_TURNS + 1);
    Asked asked = new Asked(creation, body.apply(turns), key);
    Optional<Begun> run = Optional.empty();
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (key.isPresent() && weather.has(Event.CREATE_AT_ONCE, 5)) {
        askBeside(asked);
      }
      if (key.isPresent() && weather.has(Event.CREATE_OTHERWISE, 5)) {
        askBeside(new Asked(creation, body.apply(turns + 1), key));
      }
      Optional<APIGatewayV2HTTPResponse> answer = send(asked);
      int status = answer.map(APIGatewayV2HTTPResponse::getStatusCode).orElse(504);
      switch (status) {
        case 202 -> {
          if (run.isEmpty()) {
            String runId = runId(answer.get().getBody());
            began.accept(runId);
            run = Optional.of(new Begun(runId, t0, turns));
            answered.add(asked);
          }
          if (key.isEmpty() || !weather.has(Event.CREATE_AGAIN, 5)) {
            return over(run);
          }
        }
        case 409 -> {
          return over(run);
        }
        case 422 -> scheduler.sleep(random.nextLong(20 * SECOND));
        case 500, 503, 504 -> scheduler.sleep(random.nextLong(5 * SECOND));
        default -> throw new IllegalStateException("answered with " + answer.get());
      }
    }
    return over(run);
  }

  private Optional<APIGatewayV2HTTPResponse> send(Asked asked) {
    return api.create(asked.creation(), asked.body(), asked.key())
            instanceof Outcome.Answer(APIGatewayV2HTTPResponse answer)
        ? Optional.of(answer)
        : Optional.empty();
  }

  /** Sends a request while others are under way; nobody waits for its answer. */
  private void askBeside(Asked asked) {
    underWay++;
    long delay = random.nextBoolean() ? 0 : random.nextLong(5 * SECOND);
    scheduler.start(
        "beside",
        () -> {
          scheduler.sleep(delay);
          send(asked);
          underWay--;
        });
  }

  private Optional<Begun> over(Optional<Begun> run) {
    while (underWay > 0) {
      scheduler.sleep(SECOND);
    }
    return run;
  }

  private static String runId(String answer) {
    Matcher matcher = RUN_ID.matcher(answer);
    if (!matcher.find()) {
      throw new IllegalStateException("no run in " + answer);
    }
    return matcher.group(1);
  }

  /** Sends every request again that has a key and was answered. */
  public void askAgain() {
    for (Asked asked : answered) {
      if (asked.key().isPresent()) {
        send(asked);
      }
    }
  }
}
