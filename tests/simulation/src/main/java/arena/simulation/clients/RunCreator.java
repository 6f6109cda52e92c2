package arena.simulation.clients;

import arena.run.RunId;
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
 * An HTTP client that creates a run and forks of it, and retries requests without a response,
 * mostly with the same idempotency key.
 */
public final class RunCreator implements Runnable {
  private static final long SECOND = 1_000_000;
  private static final int ATTEMPTS = 6;
  private static final int MAX_TURNS = 5;
  private static final Pattern RUN_ID = Pattern.compile("run_id\":\"([0-9a-f]{32})\"");

  private final Scheduler scheduler;
  private final HttpClientApi api;
  private final FaultInjector faults;
  private final Random random;
  private final Supplier<String> keys;
  private final Consumer<RunId> created;
  private final int forks;
  private final List<Request> answered = new ArrayList<>();

  /** Number of concurrent requests without a response. */
  private int inFlight;

  /**
   * Creates a client.
   *
   * @param keys source of idempotency keys
   * @param created receives the id of every created run
   * @param forks number of forks to create
   */
  public RunCreator(
      Scheduler scheduler,
      HttpClientApi api,
      FaultInjector faults,
      Random random,
      Supplier<String> keys,
      Consumer<RunId> created,
      int forks) {
    this.scheduler = scheduler;
    this.api = api;
    this.faults = faults;
    this.random = random;
    this.keys = keys;
    this.created = created;
    this.forks = forks;
  }

  private record Request(HttpClientApi.Creation creation, String body, Optional<String> key) {}

  /** A created run and its turns. */
  private record CreatedRun(RunId runId, int t0, int turns) {}

  @Override
  public void run() {
    scheduler.sleep(random.nextLong(60 * SECOND));
    List<Scenario> scenarios = List.of(Scenario.values());
    String scenario = scenarios.get(random.nextInt(scenarios.size())).label();
    Optional<String> key = key();
    Optional<CreatedRun> parent =
        create(
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
      CreatedRun run = parent.get();
      int t = run.t0() + random.nextInt(run.turns() + 1);
      String mutation = random.nextBoolean() ? ",\"mutation\":{\"food\":1500}" : "";
      // Keys are scoped to a route: the first fork reuses the run's key.
      Optional<String> forkKey = i == 0 ? key : key();
      parent =
          create(
                  HttpClientApi.Creation.FORK,
                  forkKey,
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
   * Sends a request until it gets a response.
   *
   * @param body creates the request body for a number of turns
   */
  private Optional<CreatedRun> create(
      HttpClientApi.Creation creation, Optional<String> key, int t0, IntFunction<String> body) {
    int turns = random.nextInt(MAX_TURNS + 1);
    Request request = new Request(creation, body.apply(turns), key);
    Optional<CreatedRun> run = Optional.empty();
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      if (key.isPresent() && faults.occurs(Event.CREATE_CONCURRENT, 5)) {
        sendConcurrently(request);
      }
      if (key.isPresent() && faults.occurs(Event.CREATE_KEY_REUSED, 5)) {
        sendConcurrently(new Request(creation, body.apply(turns + 1), key));
      }
      Optional<APIGatewayV2HTTPResponse> answer = send(request);
      int status = answer.map(APIGatewayV2HTTPResponse::getStatusCode).orElse(504);
      switch (status) {
        case 202 -> {
          if (run.isEmpty()) {
            RunId runId = runId(answer.get().getBody());
            created.accept(runId);
            run = Optional.of(new CreatedRun(runId, t0, turns));
            answered.add(request);
          }
          if (key.isEmpty() || !faults.occurs(Event.CREATE_REPEATED, 5)) {
            return awaitInFlight(run);
          }
        }
        case 409 -> {
          return awaitInFlight(run);
        }
        case 422 -> scheduler.sleep(random.nextLong(20 * SECOND));
        case 500, 503, 504 -> scheduler.sleep(random.nextLong(5 * SECOND));
        default -> throw new IllegalStateException("unexpected response " + answer.get());
      }
    }
    return awaitInFlight(run);
  }

  private Optional<APIGatewayV2HTTPResponse> send(Request request) {
    return api.create(request.creation(), request.body(), request.key())
            instanceof Outcome.Answer(APIGatewayV2HTTPResponse answer)
        ? Optional.of(answer)
        : Optional.empty();
  }

  /** Sends a request concurrently, without waiting for its response. */
  private void sendConcurrently(Request request) {
    inFlight++;
    long delay = random.nextBoolean() ? 0 : random.nextLong(5 * SECOND);
    scheduler.start(
        "concurrent-request",
        () -> {
          scheduler.sleep(delay);
          send(request);
          inFlight--;
        });
  }

  private Optional<CreatedRun> awaitInFlight(Optional<CreatedRun> run) {
    while (inFlight > 0) {
      scheduler.sleep(SECOND);
    }
    return run;
  }

  private static RunId runId(String answer) {
    Matcher matcher = RUN_ID.matcher(answer);
    if (!matcher.find()) {
      throw new IllegalStateException("no run id in " + answer);
    }
    return RunId.of(matcher.group(1));
  }

  /** Repeats every answered request that has a key. */
  public void repeatAnswered() {
    for (Request request : answered) {
      if (request.key().isPresent()) {
        send(request);
      }
    }
  }
}
