package arena.broker;

import arena.codec.EnvelopeCodec;
import arena.codec.SentinelCodec;
import arena.event.Event;
import arena.metrics.Metrics;
import arena.metrics.Step;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import redis.clients.jedis.CommandArguments;
import redis.clients.jedis.Protocol.Command;

/** The broker in Redis, one stream per run. Every change is one atomic script. */
public final class RedisBroker implements Broker {
  /** Time to live of the sentinel, longer than any run. */
  static final Duration SENTINEL_TTL = Duration.ofHours(6);

  /** {@code COUNT} of {@code SCAN} in {@link #runs}; a page takes some hundred microseconds. */
  private static final int SCAN_COUNT = 1_000;

  /** The cursor that a scan starts with, and that its last page has. */
  private static final String SCAN_ENDS = "0";

  private static final RedisScript OPEN = RedisScript.named("open");
  private static final RedisScript PUBLISH = RedisScript.named("publish");
  private static final RedisScript RESTORE = RedisScript.named("restore");
  private static final RedisScript READ = RedisScript.named("read");
  private static final RedisScript CLOSE = RedisScript.named("close");
  private static final RedisScript BUFFER = RedisScript.named("buffer");
  private static final RedisScript DROP = RedisScript.named("drop");

  private final RedisConnection redis;
  private final RedisKeys keys;
  private final Metrics metrics;

  /**
   * @param metrics records the duration of publishes
   */
  public RedisBroker(RedisConnection redis, RedisKeys keys, Metrics metrics) {
    this.redis = redis;
    this.keys = keys;
    this.metrics = metrics;
  }

  @Override
  public void open(RunId runId, String label, Instant startedAt) {
    String sentinel = SentinelCodec.write(label, startedAt);
    String ttl = String.valueOf(SENTINEL_TTL.toSeconds());
    Object opened =
        redis.run(
            OPEN,
            List.of(keys.open(runId), keys.closed(runId)),
            List.of(sentinel, ttl, "0"),
            List.of(sentinel, ttl, "1"));
    if (number(opened) == 0) {
      throw new AlreadyOpen(runId);
    }
  }

  @Override
  public Published publish(RunId runId, List<Event> events) {
    return metrics.timed(Step.PUBLISH, () -> append(runId, events));
  }

  private Published append(RunId runId, List<Event> events) {
    requireBatch(runId, events);
    long first = events.getFirst().seq();
    List<String> arguments = new ArrayList<>(events.size() + 2);
    arguments.add(String.valueOf(first));
    arguments.add(String.valueOf(BUFFER_EVENTS));
    for (Event event : events) {
      arguments.add(EnvelopeCodec.write(event));
    }
    List<?> answer =
        (List<?>)
            redis.run(
                PUBLISH,
                List.of(
                    keys.open(runId),
                    keys.seq(runId),
                    keys.events(runId),
                    keys.subscribers(runId),
                    keys.lease(runId),
                    keys.loss(runId),
                    keys.base(runId)),
                arguments);
    String outcome = (String) answer.getFirst();
    return switch (outcome) {
      case "published" -> new Published(number(answer.get(1)), number(answer.get(2)) == 1);
      case "not open" -> throw new NotOpen(runId);
      case "gap" -> throw new Gap(runId, number(answer.get(1)), first);
      default -> throw new IllegalStateException("unexpected result of publish.lua: " + outcome);
    };
  }

  private static void requireBatch(RunId runId, List<Event> events) {
    if (events.isEmpty() || events.size() > MAX_BATCH) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "a batch must have 1 to %d events: %d", MAX_BATCH, events.size()));
    }
    long expected = events.getFirst().seq();
    for (Event event : events) {
      if (!event.runId().equals(runId) || event.seq() != expected) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "expected event %d of run %s in the batch, got %d of run %s",
                expected,
                runId,
                event.seq(),
                event.runId()));
      }
      expected++;
    }
  }

  @Override
  public long restore(RunId runId, String label, Instant startedAt, long nextSeq) {
    if (nextSeq < 1) {
      throw new IllegalArgumentException("seq must be at least 1: " + nextSeq);
    }
    Object next =
        redis.run(
            RESTORE,
            List.of(
                keys.open(runId),
                keys.closed(runId),
                keys.seq(runId),
                keys.events(runId),
                keys.loss(runId),
                keys.base(runId)),
            List.of(
                SentinelCodec.write(label, startedAt),
                String.valueOf(SENTINEL_TTL.toSeconds()),
                String.valueOf(nextSeq),
                String.valueOf(BUFFER_EVENTS)));
    return number(next);
  }

  @Override
  public List<Envelope> read(RunId runId, long fromSeq, int maxEvents, int maxBytes) {
    if (fromSeq < 1 || maxEvents < 1 || maxBytes < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "from_seq, max_events and max_bytes must be at least 1: %d, %d, %d",
              fromSeq,
              maxEvents,
              maxBytes));
    }
    List<?> answer =
        (List<?>)
            redis.run(
                READ,
                List.of(keys.seq(runId), keys.events(runId)),
                List.of(
                    String.valueOf(fromSeq), String.valueOf(maxEvents), String.valueOf(maxBytes)));
    if ("overflow".equals(answer.getFirst())) {
      throw new Overflow(runId, fromSeq, number(answer.get(1)));
    }
    List<Envelope> envelopes = new ArrayList<>(answer.size() - 1);
    for (int i = 1; i < answer.size(); i++) {
      envelopes.add(new Envelope(fromSeq + i - 1, (String) answer.get(i)));
    }
    return envelopes;
  }

  @Override
  public void close(RunId runId) {
    redis.run(CLOSE, List.of(keys.open(runId), keys.closed(runId)), List.of());
  }

  @Override
  public Buffer buffer(RunId runId) {
    List<?> answer =
        (List<?>)
            redis.run(
                BUFFER, List.of(keys.open(runId), keys.seq(runId), keys.events(runId)), List.of());
    long first = number(answer.get(3));
    return new Buffer(
        number(answer.get(0)) == 1,
        number(answer.get(1)),
        number(answer.get(2)),
        first == 0 ? Optional.empty() : Optional.of(first));
  }

  @Override
  public Set<RunId> drop(List<RunId> runIds) {
    List<RedisConnection.ScriptCall> calls = new ArrayList<>(runIds.size());
    for (RunId runId : runIds) {
      List<String> buffer = keys.buffer(runId);
      List<String> readers = keys.readers(runId);
      List<String> all = new ArrayList<>();
      all.add(readers.getFirst());
      all.addAll(buffer);
      all.addAll(readers.subList(1, readers.size()));
      calls.add(new RedisConnection.ScriptCall(all, List.of(String.valueOf(buffer.size()))));
    }
    List<Object> dropped = redis.runAll(DROP, calls);
    Set<RunId> hadBuffer = new HashSet<>();
    for (int i = 0; i < runIds.size(); i++) {
      if (number(dropped.get(i)) > 0) {
        hadBuffer.add(runIds.get(i));
      }
    }
    return hadBuffer;
  }

  @Override
  public Map<RunId, Presence> presence(List<RunId> runIds) {
    List<CommandArguments> commands = new ArrayList<>(2 * runIds.size());
    for (RunId runId : runIds) {
      commands.add(RedisConnection.command(Command.EXISTS, keys.open(runId)));
      commands.add(RedisConnection.command(Command.EXISTS, keys.subscribers(runId)));
    }
    List<Object> found = redis.executeAll(commands);
    Map<RunId, Presence> present = new HashMap<>();
    for (int i = 0; i < runIds.size(); i++) {
      Presence presence =
          new Presence(number(found.get(2 * i)) > 0, number(found.get(2 * i + 1)) > 0);
      if (!presence.equals(Presence.NONE)) {
        present.put(runIds.get(i), presence);
      }
    }
    return present;
  }

  @Override
  public Page runs(Optional<String> after) {
    List<?> scanned =
        (List<?>)
            redis.execute(
                RedisConnection.command(
                    Command.SCAN,
                    after.orElse(SCAN_ENDS),
                    "MATCH",
                    keys.allRuns(),
                    "COUNT",
                    String.valueOf(SCAN_COUNT)));
    Set<RunId> runIds = new HashSet<>();
    for (Object key : (List<?>) scanned.get(1)) {
      keys.runOf((String) key).ifPresent(runIds::add);
    }
    return new Page(
        runIds, Optional.of((String) scanned.get(0)).filter(next -> !next.equals(SCAN_ENDS)));
  }

  private static long number(Object answer) {
    return (Long) answer;
  }
}
