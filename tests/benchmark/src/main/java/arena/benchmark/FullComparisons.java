package arena.benchmark;

import arena.models.Behaviour;
import arena.models.Fault;
import arena.models.Reply;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Plays an experiment of 3 arms, 20 replicas and 30 turns, and a race of 4 profiles, 4 scenarios, 5
 * rounds and 30 turns. A model that fails one run in five plays in both. Checks the cells, the
 * order, the numbers that follow from the seed, and the estimate.
 */
final class FullComparisons implements Measurement {
  private static final int TURNS = 30;
  private static final int REPLICAS = 20;
  private static final int ROUNDS = 5;

  /** Calls for each that is refused, so that one run of {@value #TURNS} turns in five fails. */
  private static final int CALLS_PER_REFUSAL = 135;

  /** Largest deviation of the estimate from the count. */
  private static final double ESTIMATE = 0.2;

  private static final Duration END_LIMIT = Duration.ofMinutes(4);
  private static final String FRAIL = "{\"name\":\"frail\",\"model\":\"openai:frail\"}";

  @Override
  public String title() {
    return String.format(
        Locale.ROOT, "comparisons, 3 arms, %d replicas; 4 profiles, 4 scenarios", REPLICAS);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    stack.model("frail", Behaviour.text(Behaviour.ANSWER));
    String parent = stack.client().startRun("{\"n_turns\":6}");
    stack.awaitEnd(parent);
    String past =
        stack
            .client()
            .startRun(String.format(Locale.ROOT, "{\"n_turns\":%d,\"profile\":%s}", TURNS, FRAIL));
    stack.awaitEnd(past);
    AtomicInteger calls = new AtomicInteger();
    stack.model(
        "frail",
        _ ->
            calls.incrementAndGet() % CALLS_PER_REFUSAL == 0
                ? new Reply.Failed(Fault.REFUSED)
                : Reply.text(Behaviour.ANSWER));
    List<Row> rows = new ArrayList<>();
    rows.addAll(
        measure(
            stack,
            "experiment",
            3 * REPLICAS,
            String.format(
                Locale.ROOT,
                "{\"parent_run_id\":\"%s\",\"parent_t\":5,\"n_turns\":%d,\"replicas\":%d,\"arms\":["
                    + "{\"name\":\"as it was\"},"
                    + "{\"name\":\"rich\",\"mutation\":{\"food\":1500}},"
                    + "{\"name\":\"frail\",\"profile\":%s}]",
                parent,
                TURNS,
                REPLICAS,
                FRAIL),
            List.of()));
    rows.addAll(
        measure(
            stack,
            "race",
            4 * 4 * ROUNDS,
            String.format(
                Locale.ROOT,
                "{\"profiles\":[{\"name\":\"boom\",\"model\":\"scripted:boom\"},"
                    + "{\"name\":\"rush\",\"model\":\"scripted:rush\"},"
                    + "{\"name\":\"idle\",\"model\":\"scripted:idle\"},%s],"
                    + "\"n_turns\":%d,\"rounds\":%d",
                FRAIL,
                TURNS,
                ROUNDS),
            List.of("boom", "rush", "idle")));
    return rows;
  }

  private static List<Row> measure(
      MeasuredStack stack, String kind, int cells, String body, List<String> order) {
    JsonNode plan =
        stack.client().post("/" + kind + "s", body + ",\"dry_run\":true}").expect(200).path("plan");
    require(plan.path("cells").asInt() == cells, "planned " + plan);
    long start = System.nanoTime();
    JsonNode row = PlayedComparison.play(stack, kind, body + "}", END_LIMIT);
    double seconds = (System.nanoTime() - start) / 1e9;
    JsonNode counts = row.path("cells");
    int complete = counts.path("complete").asInt();
    int failed = counts.path("failed").asInt();
    require(row.path("status").asText().equals("complete"), "ended as " + row);
    require(complete + failed == cells && failed > 0, "ended with " + counts);
    String address = "/" + kind + "s/" + row.path(kind + "_id").asText();
    JsonNode result = stack.client().get(address).expect(200);
    require(result.equals(stack.client().get(address).expect(200)), "is not reproducible");
    if (!order.isEmpty()) {
      List<String> ranked = new ArrayList<>();
      result.path("standings").forEach(standing -> ranked.add(standing.path("profile").asText()));
      ranked.remove("frail"); // its place depends on when it fails
      require(ranked.equals(order), "ranks " + ranked);
      require(result.path("note").asText().contains("frail (" + failed + ")"), "says " + result);
    }
    long tokens = tokens(stack, result);
    double estimate = plan.path("tokens_in").asDouble() + plan.path("tokens_out").asDouble();
    require(Math.abs(estimate / tokens - 1) <= ESTIMATE, estimate + " tokens, not " + tokens);
    String what = String.format(Locale.ROOT, "%s of %d runs", kind, cells);
    return List.of(
        Row.atMost(what, Math.abs(estimate / tokens - 1), "off the tokens", ESTIMATE),
        Row.amount(
            what,
            seconds,
            "s",
            String.format(
                Locale.ROOT,
                "%d turns each, %d runs failed, as one in five of a model",
                TURNS,
                failed)));
  }

  /** The tokens that the runs of all cells used. */
  private static long tokens(MeasuredStack stack, JsonNode result) {
    List<JsonNode> cells = new ArrayList<>();
    result.path("cells").forEach(cells::add); // of a race; an experiment has counts there
    result.path("arms").forEach(arm -> arm.path("cells").forEach(cells::add));
    long tokens = 0;
    for (JsonNode cell : cells) {
      if (cell.path("run_id").isTextual()) {
        JsonNode run = stack.client().get("/runs/" + cell.path("run_id").asText()).expect(200);
        tokens += run.path("tokens_in").asLong() + run.path("tokens_out").asLong();
      }
    }
    return tokens;
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalStateException(otherwise);
    }
  }
}
