package arena.diagnosis;

import arena.catalog.CreationRecords;
import arena.codec.Timestamps;
import arena.codec.Utf8;
import arena.json.Json;
import arena.run.RunId;
import arena.run.UnknownRun;
import arena.text.Redactor;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Writes a run's bug report: request, log, counters, broker state, execution history and diagnosis.
 * Unavailable parts are marked as such; secrets are redacted.
 */
public final class BugReport {
  /** Maximum number of log lines. */
  public static final int MAX_LINES = 2_000;

  /**
   * Maximum size of the report in a Lambda response, in bytes. The response is limited to 6 MB and
   * contains the report as a JSON string.
   */
  static final int MAX_BYTES = 5_500_000;

  /** Maximum number of execution history entries. */
  private static final int MAX_HISTORY = 1_000;

  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  /** How far the log starts before the run's creation, to include its request. */
  private static final Duration LOG_LEAD = Duration.ofSeconds(30);

  private final FactCollector collector;
  private final FactSources sources;
  private final CreationRecords creationRecords;
  private final ReportSources reportSources;
  private final Redactor redactor;
  private final InstantSource clock;

  /**
   * The sources that only reports use.
   *
   * @param log the functions' log
   * @param counters the current values of the four counters, as JSON
   * @param redis output of redis-cli for a run
   * @param versions component versions by name
   */
  public record ReportSources(
      LogSource log,
      Supplier<String> counters,
      Function<RunId, String> redis,
      Supplier<Map<String, String>> versions) {}

  public BugReport(
      FactCollector collector,
      FactSources sources,
      CreationRecords creationRecords,
      ReportSources reportSources,
      Redactor redactor,
      InstantSource clock) {
    this.collector = collector;
    this.sources = sources;
    this.creationRecords = creationRecords;
    this.reportSources = reportSources;
    this.redactor = redactor;
    this.clock = clock;
  }

  /**
   * Writes the report as JSON.
   *
   * @param http for the commands of next steps
   * @throws arena.run.UnknownRun if the run does not exist
   */
  public String write(RunId runId, HttpInterface http) {
    Diagnosis diagnosis = collector.diagnose(runId, http, true);
    if (diagnosis.main().cause() == Cause.NO_SUCH_RUN) {
      throw new UnknownRun(runId);
    }
    Instant now = clock.instant();
    Instant from =
        diagnosis.facts().run().map(run -> run.createdAt().minus(LOG_LEAD)).orElse(Instant.EPOCH);
    Probe probe = new Probe(clock, now.plus(TIMEOUT));
    var creationRecord =
        probe.start("the catalog", () -> creationRecords.findCreationRecord(runId));
    var log = probe.start("the log", () -> reportSources.log().lines(runId, from, now, MAX_LINES));
    var counters = probe.start("the counters", reportSources.counters()::get);
    var redis = probe.start("the broker", () -> reportSources.redis().apply(runId));
    var history = probe.start("Step Functions", () -> sources.history(runId, MAX_HISTORY));
    var versions = probe.start("the versions", reportSources.versions()::get);

    ObjectNode json = Json.object();
    json.put("report_on", runId.value());
    json.put("at", Timestamps.write(now));
    ProbeResult<Optional<CreationRecords.CreationRecord>> creation = creationRecord.await();
    put(
        json,
        "request",
        creation,
        found -> text(found.map(CreationRecords.CreationRecord::request)));
    ObjectNode counted = json.putObject("counters");
    put(
        counted,
        "at_start",
        creation,
        found -> json(found.map(CreationRecords.CreationRecord::counters)));
    put(counted, "now", counters.await(), found -> json(Optional.of(found)));
    put(json, "redis_cli", redis.await(), found -> text(Optional.of(found)));
    json.set("diagnosis", DiagnosisJson.write(diagnosis, redactor));
    put(json, "execution_history", history.await(), BugReport::history);
    json.putNull("log"); // keeps its place before the versions
    put(json, "versions", versions.await(), BugReport::versions);
    long rest = MAX_BYTES - responseBytes(Json.write(json));
    put(json, "log", log.await(), lines -> log(ConnectionIds.shorten(lines), rest));
    return Json.write(json);
  }

  private <T> void put(
      ObjectNode json, String name, ProbeResult<T> result, Function<T, JsonNode> toJson) {
    switch (result) {
      case ProbeResult.Known<T>(T value) -> json.set(name, redacted(toJson.apply(value)));
      case ProbeResult.Failed<T>(String why) ->
          json.putObject(name).put("unreachable", redactor.redact(why));
      case ProbeResult.Skipped<T> _ -> json.putNull(name);
    }
  }

  /** Redacts each string, because redacting the report's JSON could break it. */
  private JsonNode redacted(JsonNode json) {
    return redactor.redact(json, _ -> false);
  }

  private static JsonNode text(Optional<String> text) {
    return text.<JsonNode>map(TextNode::valueOf).orElseGet(NullNode::getInstance);
  }

  /** Parses JSON; unparsable text becomes a string, absent text null. */
  private static JsonNode json(Optional<String> json) {
    try {
      return Json.read(json.filter(text -> !text.isEmpty()).orElse("null"));
    } catch (JsonProcessingException e) {
      return text(json);
    }
  }

  private static JsonNode versions(Map<String, String> versions) {
    ObjectNode json = Json.object();
    versions.forEach(json::put);
    return json;
  }

  /** Oldest first; inputs and outputs are omitted because the run's events contain them. */
  private static JsonNode history(List<ExecutionState.Entry> newestFirst) {
    ArrayNode list = Json.array();
    for (ExecutionState.Entry entry : newestFirst.reversed()) {
      ObjectNode one = list.addObject();
      one.put("id", entry.id());
      one.put("at", Timestamps.write(entry.at()));
      one.put("type", entry.type());
      entry.state().ifPresent(state -> one.put("state", state));
      entry.error().ifPresent(error -> one.put("error", error));
      entry.reason().ifPresent(reason -> one.put("cause", ExecutionState.message(reason)));
    }
    return list;
  }

  /** The first lines that fit. */
  private JsonNode log(List<LogLine> lines, long maxBytes) {
    ObjectNode log = Json.object();
    ArrayNode list = log.putArray("lines");
    long bytes = 0;
    for (LogLine line : lines) {
      ObjectNode one = Json.object();
      one.put("at", Timestamps.write(line.at()))
          .put("function", line.function())
          .put("line", redactor.redact(line.text()));
      bytes += responseBytes(Json.write(one)) + 1;
      if (bytes > maxBytes) {
        break;
      }
      list.add(one);
    }
    log.put("truncated", list.size() < lines.size() || lines.size() == MAX_LINES);
    return log;
  }

  /** The size of JSON as a string in the response, where quotes and backslashes are escaped. */
  private static long responseBytes(String json) {
    return Utf8.length(json) + json.chars().filter(c -> c == '"' || c == '\\').count();
  }
}
