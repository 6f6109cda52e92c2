package arena.broker;

import arena.error.DependencyUnavailable;
import arena.run.Limits;
import arena.run.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import redis.clients.jedis.Protocol.Command;

/** Read-only inspection of a run in Redis, for diagnosis. */
public final class RedisInspection {
  private static final RedisScript SNAPSHOT = RedisScript.named("snapshot");
  private static final Pattern CONNECTED = Pattern.compile("(?m)^connected_clients:(\\d+)");
  private static final Pattern MAXIMUM = Pattern.compile("(?m)^maxclients:(\\d+)");
  private static final Pattern VERSION = Pattern.compile("(?m)^redis_version:(\\S+)");
  private static final Pattern FIELD = Pattern.compile("(?m)^([a-z_]+):([^\\r\\n]*)");
  private static final String INDENT = "    ";

  /** Maximum length of a printed value, in code points; an entry of a stream is cut. */
  private static final int MAX_VALUE = 10_000;

  private final RedisConnection redis;
  private final RedisKeys keys;

  public RedisInspection(RedisConnection redis, RedisKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  /** Takes a consistent snapshot of a run with one call. */
  public BrokerSnapshot snapshot(RunId runId) {
    List<?> answer =
        (List<?>)
            redis.run(
                SNAPSHOT,
                List.of(
                    keys.open(runId),
                    keys.seq(runId),
                    keys.events(runId),
                    keys.closed(runId),
                    keys.subscribers(runId),
                    keys.lease(runId),
                    keys.loss(runId)),
                List.of(String.valueOf(BrokerSnapshot.MAX_READERS)));
    Optional<String> sentinel = text(answer.get(0));
    String clients = text(answer.get(9)).orElse("");
    List<?> readers = (List<?>) answer.get(11);
    List<BrokerSnapshot.Reader> mostLaggingReaders = new ArrayList<>();
    for (int i = 0; i + 1 < readers.size(); i += 2) {
      mostLaggingReaders.add(
          new BrokerSnapshot.Reader(
              ConnectionId.of((String) readers.get(i)), number(readers.get(i + 1))));
    }
    return new BrokerSnapshot(
        sentinel,
        sentinel.filter(_ -> number(answer.get(1)) >= 0).map(_ -> life(answer.get(1))),
        number(answer.get(6)) == 1,
        number(answer.get(2)),
        number(answer.get(3)),
        seq(answer.get(4)),
        seq(answer.get(5)),
        number(answer.get(7)) == 1,
        number(answer.get(8)) == 1,
        number(answer.get(10)),
        mostLaggingReaders,
        found(CONNECTED, clients).map(Long::valueOf),
        found(MAXIMUM, clients).map(Long::valueOf));
  }

  /** Returns the runbook's commands and their output in {@code redis-cli} format. */
  public String redisCliOutput(RunId runId) {
    StringBuilder text = new StringBuilder();
    command(text, "EXISTS", keys.open(runId));
    command(text, "TTL", keys.open(runId));
    command(text, "GET", keys.seq(runId));
    command(text, "XLEN", keys.events(runId));
    command(text, "XINFO", "STREAM", keys.events(runId));
    return text.toString();
  }

  /** Reads the state of the server with one call. */
  public BrokerHealth health() {
    Object info = redis.execute(RedisConnection.command(Command.INFO));
    Map<String, String> fields = new HashMap<>();
    FIELD
        .matcher(String.valueOf(info))
        .results()
        .forEach(field -> fields.put(field.group(1), field.group(2)));
    return new BrokerHealth(
        fields.getOrDefault("redis_version", ""),
        Duration.ofSeconds(whole(fields, "uptime_in_seconds").orElse(0L)),
        whole(fields, "used_memory").orElse(0L),
        whole(fields, "maxmemory").filter(bytes -> bytes > 0),
        fields.getOrDefault("maxmemory_policy", ""),
        whole(fields, "connected_clients").orElse(0L),
        whole(fields, "maxclients"),
        whole(fields, "evicted_keys").orElse(0L));
  }

  private static Optional<Long> whole(Map<String, String> fields, String name) {
    return Optional.ofNullable(fields.get(name)).map(Long::valueOf);
  }

  /** Returns the server's version, such as {@code 7.1.0}; empty if unknown. */
  public String version() {
    Object info = redis.execute(RedisConnection.command(Command.INFO, "server"));
    return found(VERSION, String.valueOf(info)).orElse("");
  }

  private void command(StringBuilder text, String name, String... arguments) {
    text.append("> ").append(name).append(' ').append(String.join(" ", arguments)).append('\n');
    Object answer;
    try {
      answer = redis.execute(RedisConnection.command(Command.valueOf(name), arguments));
    } catch (DependencyUnavailable e) {
      // XINFO fails for a missing key
      Throwable cause = e.getCause() == null ? e : e.getCause();
      text.append("(error) ").append(cause.getMessage()).append('\n');
      return;
    }
    print(text, answer, "");
  }

  private static void print(StringBuilder text, Object answer, String indent) {
    switch (answer) {
      case null -> text.append("(nil)\n");
      case Long number -> text.append("(integer) ").append(number).append('\n');
      case List<?> list when list.isEmpty() -> text.append("(empty array)\n");
      case List<?> list -> {
        for (int i = 0; i < list.size(); i++) {
          text.append(i == 0 ? "" : indent).append(String.format(Locale.ROOT, "%2d) ", i + 1));
          print(text, list.get(i), indent + INDENT);
        }
      }
      default -> {
        String value = Limits.cut(String.valueOf(answer), MAX_VALUE);
        text.append('"').append(value.replace("\"", "\\\"")).append("\"\n");
      }
    }
  }

  private static Optional<String> found(Pattern pattern, String text) {
    Matcher matcher = pattern.matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  private static Optional<String> text(Object answer) {
    return Optional.of((String) answer).filter(text -> !text.isEmpty());
  }

  private static Optional<Long> seq(Object answer) {
    return Optional.of(number(answer)).filter(seq -> seq > 0);
  }

  private static Duration life(Object answer) {
    return Duration.ofMillis(number(answer));
  }

  private static long number(Object answer) {
    return (Long) answer;
  }
}
