package arena.broker;

import arena.run.RunId;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;

/** Live readers and the fan-out lease, in Redis next to the run's stream. */
public final class RedisSubscribers implements Subscribers {
  private static final RedisScript PUT = RedisScript.named("put");
  private static final RedisScript ACQUIRE = RedisScript.named("acquire");
  private static final RedisScript EXTEND = RedisScript.named("extend");
  private static final RedisScript ADVANCE = RedisScript.named("advance");
  private static final RedisScript FINISH = RedisScript.named("finish");
  private static final RedisScript RELEASE = RedisScript.named("release");
  private static final RedisScript ABANDON = RedisScript.named("abandon");
  private static final RedisScript MARK_LOSS = RedisScript.named("mark_loss");
  private static final RedisScript CLEAR_LOSS = RedisScript.named("clear_loss");

  private final RedisConnection redis;
  private final RedisKeys keys;

  /** Creates readers over a connection. */
  public RedisSubscribers(RedisConnection redis, RedisKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  @Override
  public void put(RunId runId, ConnectionId connectionId, long nextSeq) {
    requireSeq(nextSeq);
    boolean put =
        isOne(
            redis.run(
                PUT,
                List.of(keys.subscribers(runId)),
                List.of(
                    connectionId.value(), String.valueOf(nextSeq), String.valueOf(MAX_READERS))));
    if (!put) {
      throw new TooManyReaders(runId);
    }
  }

  @Override
  public boolean remove(RunId runId, ConnectionId connectionId) {
    return redis.call(client -> client.hdel(keys.subscribers(runId), connectionId.value())) == 1;
  }

  @Override
  public OptionalLong cursor(RunId runId, ConnectionId connectionId) {
    String cursor =
        redis.call(client -> client.hget(keys.subscribers(runId), connectionId.value()));
    return cursor == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(cursor));
  }

  @Override
  public Map<ConnectionId, Long> cursors(RunId runId) {
    Map<String, String> stored = redis.call(client -> client.hgetAll(keys.subscribers(runId)));
    Map<ConnectionId, Long> cursors = HashMap.newHashMap(stored.size());
    stored.forEach(
        (connectionId, nextSeq) ->
            cursors.put(ConnectionId.of(connectionId), Long.valueOf(nextSeq)));
    return cursors;
  }

  @Override
  public OptionalLong acquire(RunId runId, Duration holdFor) {
    Object fence =
        redis.run(
            ACQUIRE,
            List.of(keys.lease(runId), keys.fence(runId)),
            List.of(millis(holdFor), UUID.randomUUID().toString()));
    long number = (Long) fence;
    return number == 0 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  @Override
  public boolean extend(RunId runId, long fence, Duration holdFor) {
    return isOne(
        redis.run(
            EXTEND, List.of(keys.lease(runId)), List.of(String.valueOf(fence), millis(holdFor))));
  }

  @Override
  public boolean advance(
      RunId runId, long fence, ConnectionId connectionId, long fromSeq, long nextSeq) {
    requireSeq(fromSeq);
    if (nextSeq < fromSeq) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "a cursor must not move back, from %d to %d", fromSeq, nextSeq));
    }
    return isOne(
        redis.run(
            ADVANCE,
            List.of(keys.lease(runId), keys.subscribers(runId)),
            List.of(
                String.valueOf(fence),
                connectionId.value(),
                String.valueOf(fromSeq),
                String.valueOf(nextSeq))));
  }

  @Override
  public boolean finish(RunId runId, long fence, ConnectionId connectionId, long atSeq) {
    return isOne(
        redis.run(
            FINISH,
            List.of(keys.lease(runId), keys.subscribers(runId)),
            List.of(String.valueOf(fence), connectionId.value(), String.valueOf(atSeq))));
  }

  @Override
  public boolean release(RunId runId, long fence) {
    return isOne(
        redis.run(
            RELEASE,
            List.of(
                keys.lease(runId),
                keys.subscribers(runId),
                keys.seq(runId),
                keys.events(runId),
                keys.closed(runId),
                keys.loss(runId)),
            List.of(String.valueOf(fence))));
  }

  @Override
  public void abandon(RunId runId, long fence) {
    redis.run(ABANDON, List.of(keys.lease(runId)), List.of(String.valueOf(fence)));
  }

  @Override
  public void markLoss(RunId runId) {
    redis.run(MARK_LOSS, List.of(keys.loss(runId)), List.of());
  }

  @Override
  public OptionalLong loss(RunId runId) {
    String loss = redis.call(client -> client.get(keys.loss(runId)));
    return loss == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(loss));
  }

  @Override
  public void clearLoss(RunId runId, long loss) {
    redis.run(CLEAR_LOSS, List.of(keys.loss(runId)), List.of(String.valueOf(loss)));
  }

  private static String millis(Duration holdFor) {
    if (holdFor.toMillis() < 1) {
      throw new IllegalArgumentException("a lease must hold for at least 1 ms: " + holdFor);
    }
    return String.valueOf(holdFor.toMillis());
  }

  private static void requireSeq(long seq) {
    if (seq < 1) {
      throw new IllegalArgumentException("seq must be at least 1: " + seq);
    }
  }

  private static boolean isOne(Object answer) {
    return (Long) answer == 1;
  }
}
