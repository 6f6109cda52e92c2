package arena.catalog;

import arena.codec.Timestamps;
import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import arena.error.Dependency;
import arena.json.Json;
import arena.run.RunId;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * The summary of the reaper's last run: one item of the catalog table, as JSON. Every method throws
 * {@link arena.error.DependencyUnavailable} for retryable failures.
 */
public final class ReaperSummaries {
  private static final String ITEM = "reaper-summary";
  private static final String SUMMARY = "reaper_summary";

  private final DynamoClient dynamo;
  private final String table;

  public ReaperSummaries(DynamoDbClient dynamo, String table) {
    this.dynamo = new DynamoClient(dynamo, Dependency.CATALOG);
    this.table = table;
  }

  /** Replaces the summary. */
  public void save(ReaperSummary summary) {
    dynamo.updateIf(
        update ->
            update
                .tableName(table)
                .key(RunItem.key(ITEM))
                .updateExpression("SET #summary = :summary")
                .expressionAttributeNames(Map.of("#summary", SUMMARY))
                .expressionAttributeValues(Map.of(":summary", Attributes.of(write(summary)))));
  }

  /** Finds the summary; empty if the reaper has not run. */
  public Optional<ReaperSummary> find() {
    return dynamo.get(table, RunItem.key(ITEM)).map(item -> read(Attributes.text(item, SUMMARY)));
  }

  private static String write(ReaperSummary summary) {
    ObjectNode json = Json.object();
    json.put("at", Timestamps.write(summary.at()));
    ObjectNode actions = json.putObject("actions");
    new TreeMap<>(summary.actions()).forEach(actions::put);
    json.put("failed", summary.failed());
    json.put("longest_silence_millis", summary.longestSilence().toMillis());
    ArrayNode ended = json.putArray("ended");
    summary
        .ended()
        .forEach(
            run ->
                ended.addObject().put("run_id", run.runId().value()).put("reason", run.reason()));
    return Json.write(json);
  }

  private static ReaperSummary read(String text) {
    JsonNode json;
    try {
      json = Json.read(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("invalid summary of the reaper", e);
    }
    Map<String, Long> actions = new TreeMap<>();
    json.get("actions")
        .properties()
        .forEach(one -> actions.put(one.getKey(), one.getValue().longValue()));
    List<ReaperSummary.EndedRun> ended = new ArrayList<>();
    json.get("ended")
        .forEach(
            run ->
                ended.add(
                    new ReaperSummary.EndedRun(
                        RunId.of(run.get("run_id").textValue()), run.get("reason").textValue())));
    return new ReaperSummary(
        Timestamps.read(json.get("at").textValue()),
        actions,
        json.get("failed").intValue(),
        Duration.ofMillis(json.get("longest_silence_millis").longValue()),
        ended);
  }
}
