package arena.diagnosis;

import arena.catalog.CreationRecords;
import arena.codec.Timestamps;
import arena.run.Limits;
import arena.run.UnknownRun;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * The bug report about a run, in one file: what it was asked, what was logged, counted, kept and
 * tried, and what the diagnosis makes of it. What is not to be had is told as such; secrets are
 * taken out.
 */
public final class BugReport {
  /** Most lines of the log. */
  public static final int MAX_LINES = 2_000;

  /** Most characters of the log's lines: Lambda answers with at most 6 MB. */
  private static final int MAX_LOG_CHARACTERS = 2_500_000;

  private static final int MAX_LINE = 20_000;

  /** Most entries of the execution's history. */
  private static final int MAX_HISTORY = 1_000;

  private static final Duration TIME = Duration.ofSeconds(15);

  /** Between a request's arrival and its run's row. */
  private static final Duration BEFORE = Duration.ofSeconds(30);

  private final FactCollector collector;
  private final FactSources sources;
  private final CreationRecords notes;
  private final Ways ways;
  private final Redactor redactor;
  private final InstantSource clock;

  /**
   * What only reports ask.
   *
   * @param log the functions' lines
   * @param counters the four counters now, as JSON
   * @param redis what redis-cli says of a run
   * @param versions what runs, by name
   */
  public record Ways(
      LogSource log,
      Supplier<String> counters,
      UnaryOperator<String> redis,
      Supplier<Map<String, String>> versions) {}

  /** Reports on runs in these. */
  public BugReport(
      FactCollector collector,
      FactSources sources,
      CreationRecords notes,
      Ways ways,
      Redactor redactor,
      InstantSource clock) {
    this.collector = collector;
    this.sources = sources;
    this.notes = notes;
    this.ways = ways;
    this.redactor = redactor;
    this.clock = clock;
  }

  /**
   * The report as JSON.
   *
   * @param url where the HTTP interface is
   * @throws arena.run.UnknownRun if there is no such run
   */
  public String write(String runId, String url) {
    Diagnosis diagnosis = collector.diagnose(runId, url, true);
    if (diagnosis.main().cause() == Cause.NO_SUCH_RUN) {
      throw new UnknownRun(runId);
    }
    Instant now = clock.instant();
    Instant from =
        diagnosis.facts().run().map(run -> run.createdAt().minus(BEFORE)).orElse(Instant.EPOCH);
    Probe asking = new Probe(clock, now.plus(TIME));
    var beginning = asking.begin("the catalog", () -> notes.beginning(runId));
    var log = asking.begin("the log", () -> ways.log().lines(runId, from, now, MAX_LINES));
    var counters = asking.begin("the counters", ways.counters()::get);
    var redis = asking.begin("the broker", () -> ways.redis().apply(runId));
    var history = asking.begin("Step Functions", () -> sources.history(runId, MAX_HISTORY));
    var versions = asking.begin("the versions", ways.versions()::get);

    ObjectNode json = DiagnosisJson.MAPPER.createObjectNode();
    json.put("report_on", runId);
    json.put("at", Timestamps.write(now));
    ProbeResult<Optional<CreationRecords.Beginning>> noted = beginning.told();
    tell(json, "request", noted, found -> text(found.map(CreationRecords.Beginning::request)));
    ObjectNode counted = json.putObject("counters");
    tell(counted, "at_start", noted, found -> json(found.map(CreationRecords.Beginning::counters)));
    tell(counted, "now", counters.told(), found -> json(Optional.of(found)));
    tell(json, "redis_cli", redis.told(), found -> text(Optional.of(found)));
    json.set("diagnosis", DiagnosisJson.write(diagnosis));
    tell(json, "execution_history", history.told(), BugReport::history);
    tell(json, "log", log.told(), BugReport::log);
    tell(json, "versions", versions.told(), DiagnosisJson.MAPPER::valueToTree);
    return redactor.redact(json.toString());
  }

  private static <T> void tell(
      ObjectNode json, String name, ProbeResult<T> told, Function<T, JsonNode> shown) {
    switch (told) {
      case ProbeResult.Fact<T>(T value) -> json.set(name, shown.apply(value));
      case ProbeResult.Silence<T>(String why) -> json.putObject(name).put("unreachable", why);
      case ProbeResult.NotAsked<T> _ -> json.putNull(name);
    }
  }

  private static JsonNode text(Optional<String> text) {
    return DiagnosisJson.MAPPER.valueToTree(text.orElse(null));
  }

  /** What is JSON already, or null. */
  private static JsonNode json(Optional<String> json) {
    try {
      return DiagnosisJson.MAPPER.readTree(json.filter(text -> !text.isEmpty()).orElse("null"));
    } catch (JsonProcessingException e) {
      return text(json);
    }
  }

  /** Oldest first, without inputs and outputs: those are in the run's events. */
  private static JsonNode history(List<ExecutionState.Entry> newestFirst) {
    ArrayNode list = DiagnosisJson.MAPPER.createArrayNode();
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

  private static JsonNode log(List<LogLine> lines) {
    ObjectNode log = DiagnosisJson.MAPPER.createObjectNode();
    ArrayNode list = log.putArray("lines");
    long characters = 0;
    for (LogLine line : lines) {
      String text = Limits.cut(line.text(), MAX_LINE);
      characters += text.length();
      if (characters > MAX_LOG_CHARACTERS) {
        break;
      }
      list.addObject()
          .put("at", Timestamps.write(line.at()))
          .put("function", line.function())
          .put("line", text);
    }
    log.put("truncated", list.size() < lines.size() || lines.size() == MAX_LINES);
    return log;
  }
}
