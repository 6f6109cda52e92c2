package arena.simulation.clients;

import arena.comparison.ComparisonId;
import arena.comparison.ComparisonKind;
import arena.run.RunId;
import arena.simulation.cloud.Function;
import arena.simulation.cloud.Outcome;
import arena.simulation.cloud.SimulatedModel;
import arena.simulation.faults.FaultInjector;
import arena.simulation.scheduler.Scheduler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An operator who creates an experiment or a race, and then may cancel it or add replicas, with
 * retries of requests without a response.
 */
public final class ComparisonClient implements Runnable {
  private static final long SECOND = 1_000_000;
  private static final int ATTEMPTS = 8;
  private static final int MAX_TURNS = 3;
  private static final int MAX_REPLICAS = 4;

  /** How often it looks for a run to fork. */
  private static final int LOOKS = 20;

  private static final Pattern ID = Pattern.compile("(?:experiment|race)_id\":\"([0-9a-f]{32})\"");

  private static final List<String> MODELS =
      List.of(
          "scripted",
          "scripted:boom",
          "openai:steady",
          "openai" + SimulatedModel.UNRELIABLE,
          "anthropic:steady",
          "anthropic" + SimulatedModel.UNRELIABLE);

  private static final List<String> CHANGES =
      List.of(
          "\"mutation\":{\"food\":1700}",
          "\"mutation\":{\"wood\":900,\"population\":22}",
          "\"mutation\":{\"food\":2000,\"population\":40,\"age\":\"Feudal Age\"}",
          "\"profile\":{\"model\":\"openai:steady\"}",
          "\"profile\":{\"model\":\"openai:unreliable\"}",
          "\"profile\":{\"model\":\"anthropic:steady\"}");

  private final Scheduler scheduler;
  private final HttpClientApi api;
  private final FaultInjector faults;
  private final Random random;
  private final Supplier<String> keys;
  private final Supplier<List<RunId>> runs;
  private final Consumer<ComparisonId> cancelled;
  private boolean done;

  /**
   * Creates a client.
   *
   * @param faults decides whether replicas are always added
   * @param keys source of idempotency keys
   * @param runs ids of the known runs, which experiments fork
   * @param cancelled receives the id of every comparison whose cancellation was accepted
   */
  public ComparisonClient(
      Scheduler scheduler,
      HttpClientApi api,
      FaultInjector faults,
      Random random,
      Supplier<String> keys,
      Supplier<List<RunId>> runs,
      Consumer<ComparisonId> cancelled) {
    this.scheduler = scheduler;
    this.api = api;
    this.faults = faults;
    this.random = random;
    this.keys = keys;
    this.runs = runs;
    this.cancelled = cancelled;
  }

  /** Whether it sends no further requests. */
  public boolean isDone() {
    return done;
  }

  @Override
  public void run() {
    scheduler.sleep(random.nextLong(40 * SECOND));
    ComparisonKind kind =
        (faults.targetsReplicas() || random.nextBoolean()) && awaitRun()
            ? ComparisonKind.EXPERIMENT
            : ComparisonKind.RACE;
    create(kind).ifPresent(id -> change(kind, id));
    done = true;
  }

  private boolean awaitRun() {
    for (int i = 0; i < LOOKS && runs.get().isEmpty(); i++) {
      scheduler.sleep(5 * SECOND);
    }
    return !runs.get().isEmpty();
  }

  private void change(ComparisonKind kind, ComparisonId id) {
    int changes = faults.targetsReplicas() ? 2 : random.nextInt(3);
    for (int i = changes; i > 0; i--) {
      scheduler.sleep(random.nextLong((random.nextBoolean() ? 20 : 600) * SECOND));
      switch (faults.targetsReplicas() ? 1 : random.nextInt(3)) {
        case 0 -> cancel(kind, id);
        case 1 -> {
          if (kind == ComparisonKind.EXPERIMENT) {
            String body =
                String.format(Locale.ROOT, "{\"replicas\":%d}", 1 + random.nextInt(MAX_REPLICAS));
            send(kind, id, "replicas", body);
          }
        }
        default -> api.list(kind);
      }
    }
  }

  /** Cancels a comparison, and observes the response. */
  public void cancel(ComparisonKind kind, ComparisonId id) {
    if (send(kind, id, "cancel", "").filter(answer -> status(answer) == 202).isPresent()) {
      cancelled.accept(id);
    }
  }

  private static int status(APIGatewayV2HTTPResponse answer) {
    return answer.getStatusCode();
  }

  private Optional<ComparisonId> create(ComparisonKind kind) {
    String route = kind == ComparisonKind.EXPERIMENT ? "POST /experiments" : "POST /races";
    String body = kind == ComparisonKind.EXPERIMENT ? experiment() : race();
    Optional<String> key = random.nextInt(8) == 0 ? Optional.empty() : Optional.of(keys.get());
    return send(route, Map.of(), body, key)
        .filter(answer -> status(answer) == 202)
        .map(answer -> id(answer.getBody()));
  }

  private Optional<APIGatewayV2HTTPResponse> send(
      ComparisonKind kind, ComparisonId id, String action, String body) {
    String variable = kind.label() + "_id";
    String route = String.format(Locale.ROOT, "POST /%ss/{%s}/%s", kind.label(), variable, action);
    return send(route, Map.of(variable, id.value()), body, Optional.empty());
  }

  /** Sends a request until it gets a response that is final. */
  private Optional<APIGatewayV2HTTPResponse> send(
      String route, Map<String, String> variables, String body, Optional<String> key) {
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      Optional<APIGatewayV2HTTPResponse> answer =
          api.call(Function.CREATE_COMPARISON, route, variables, body, key)
                  instanceof Outcome.Answer(APIGatewayV2HTTPResponse response)
              ? Optional.of(response)
              : Optional.empty();
      switch (answer.map(ComparisonClient::status).orElse(504)) {
        case 202, 409 -> {
          return answer;
        }
        case 422 -> scheduler.sleep(random.nextLong(20 * SECOND)); // the turn may be played yet
        case 500, 503, 504 -> scheduler.sleep(random.nextLong(5 * SECOND));
        default -> throw new IllegalStateException("unexpected response " + answer.get());
      }
    }
    return Optional.empty();
  }

  private static ComparisonId id(String answer) {
    Matcher matcher = ID.matcher(answer);
    if (!matcher.find()) {
      throw new IllegalStateException("no id in " + answer);
    }
    return ComparisonId.of(matcher.group(1));
  }

  private String experiment() {
    List<RunId> known = runs.get();
    List<String> changes = some(CHANGES, 1 + random.nextInt(3));
    StringBuilder arms = new StringBuilder("{\"name\":\"control\"}");
    for (int i = 0; i < changes.size(); i++) {
      arms.append(String.format(Locale.ROOT, ",{\"name\":\"arm-%d\",%s}", i + 1, changes.get(i)));
    }
    return String.format(
        Locale.ROOT,
        "{\"parent_run_id\":\"%s\",\"parent_t\":%d,\"arms\":[%s],\"replicas\":%d,\"n_turns\":%d%s}",
        known.get(random.nextInt(known.size())),
        random.nextInt(2),
        arms,
        1 + random.nextInt(changes.size() > 2 ? 2 : 3),
        1 + random.nextInt(MAX_TURNS),
        budget());
  }

  private String race() {
    List<String> models = some(MODELS, 2 + random.nextInt(2));
    List<String> profiles =
        models.stream()
            .map(model -> String.format(Locale.ROOT, "{\"model\":\"%s\"}", model))
            .toList();
    return String.format(
        Locale.ROOT,
        "{\"profiles\":[%s],\"scenarios\":[\"balanced\"],\"rounds\":%d,\"n_turns\":%d%s}",
        String.join(",", profiles),
        1 + random.nextInt(3),
        1 + random.nextInt(MAX_TURNS),
        budget());
  }

  private List<String> some(List<String> all, int number) {
    List<String> shuffled = new ArrayList<>(all);
    Collections.shuffle(shuffled, random);
    return shuffled.subList(0, number);
  }

  private String budget() {
    return switch (random.nextInt(4)) {
      case 0 -> String.format(Locale.ROOT, ",\"budget\":{\"turns\":%d}", 1 + random.nextInt(6));
      case 1 ->
          String.format(
              Locale.ROOT, ",\"budget\":{\"usd\":%.3f}", 0.02 + random.nextInt(300) / 1_000.0);
      default -> "";
    };
  }
}
