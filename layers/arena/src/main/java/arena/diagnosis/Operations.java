package arena.diagnosis;

import arena.broker.BrokerHealth;
import arena.catalog.ReaperSummary;
import arena.codec.Timestamps;
import arena.json.Json;
import arena.lifecycle.ReapAction;
import arena.text.Redactor;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Callable;

/** The state of the service as a whole: the broker, and what the reaper did last. Read-only. */
public final class Operations {
  private static final Duration TIMEOUT = Duration.ofSeconds(4);
  private static final double MILLIS = 1_000;

  private final Sources sources;
  private final InstantSource clock;

  public Operations(Sources sources, InstantSource clock) {
    this.sources = sources;
    this.clock = clock;
  }

  /**
   * Where the state is read. Each call may throw.
   *
   * @param reaper the summary of the reaper's last run; one catalog call
   * @param broker one broker call
   * @param cache the broker's status in ElastiCache
   */
  public record Sources(
      Callable<Optional<ReaperSummary>> reaper,
      Callable<BrokerHealth> broker,
      Callable<CacheStatus> cache) {}

  /**
   * The state at one moment.
   *
   * @param cache asked only if the broker did not answer, because its calls are limited for the
   *     whole account
   */
  public record Snapshot(
      Instant at,
      ProbeResult<Optional<ReaperSummary>> reaper,
      ProbeResult<BrokerHealth> broker,
      ProbeResult<CacheStatus> cache) {
    /** The state as JSON. */
    public String json(Redactor redactor) {
      ObjectNode json = Json.object();
      json.put("at", Timestamps.write(at));
      if (reaper.failure().isPresent()) {
        json.putObject("reaper").put("unreachable", reaper.failure().get());
      } else {
        reaper
            .known()
            .flatMap(last -> last)
            .ifPresentOrElse(
                last -> write(last, json.putObject("reaper")), () -> json.putNull("reaper"));
      }
      write(broker, cache, json.putObject("broker"));
      return Json.write(redactor.redact(json, _ -> false));
    }

    private static void write(ReaperSummary last, ObjectNode json) {
      json.put("at", Timestamps.write(last.at()));
      ObjectNode actions = json.putObject("actions");
      for (ReapAction.Kind kind : ReapAction.Kind.values()) {
        actions.put(kind.label(), last.actions().getOrDefault(kind.label(), 0L));
      }
      json.put("failed", last.failed());
      json.put("longest_silence_seconds", last.longestSilence().toMillis() / MILLIS);
      ArrayNode ended = json.putArray("ended");
      last.ended()
          .forEach(
              run ->
                  ended.addObject().put("run_id", run.runId().value()).put("reason", run.reason()));
    }

    private static void write(
        ProbeResult<BrokerHealth> broker, ProbeResult<CacheStatus> cache, ObjectNode json) {
      json.put("status", broker.known().isPresent() ? "available" : "unavailable");
      broker.failure().ifPresent(reason -> json.put("reason", reason));
      broker.known().ifPresent(health -> write(health, json));
      cache.failure().ifPresent(reason -> json.putObject("elasticache").put("unreachable", reason));
      cache
          .known()
          .ifPresent(
              status -> {
                ObjectNode out = json.putObject("elasticache").put("status", status.status());
                ArrayNode nodes = out.putArray("nodes");
                status.nodes().forEach(nodes::add);
              });
    }

    private static void write(BrokerHealth health, ObjectNode json) {
      json.put("version", health.version());
      json.put("uptime_seconds", health.uptime().toSeconds());
      json.put("used_memory_bytes", health.usedMemory());
      health.maxMemory().ifPresent(bytes -> json.put("max_memory_bytes", bytes));
      json.put("memory_policy", health.memoryPolicy());
      json.put("connections", health.connections());
      health.maxConnections().ifPresent(most -> json.put("max_connections", most));
      json.put("evicted_keys", health.evictedKeys());
    }
  }

  /** Reads the state. */
  public Snapshot read() {
    Instant at = clock.instant();
    Probe probe = new Probe(clock, at.plus(TIMEOUT));
    var reaper = probe.start("the catalog", sources.reaper());
    ProbeResult<BrokerHealth> broker = probe.start("the broker", sources.broker()).await();
    ProbeResult<CacheStatus> cache =
        broker.known().isPresent()
            ? new ProbeResult.Skipped<>()
            : new Probe(clock, clock.instant().plus(TIMEOUT))
                .start("ElastiCache", sources.cache())
                .await();
    return new Snapshot(at, reaper.await(), broker, cache);
  }
}
