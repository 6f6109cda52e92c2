package arena.broker;

import arena.error.DependencyUnavailable;
import arena.run.RunId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.UUID;
import redis.clients.jedis.Protocol.Command;

/** Live readers and the fan-out lease, in Redis next to the run's stream. */
public final class RedisSubscribers implements Subscribers {
  private static final RedisScript ADMIT = RedisScript.named("admit");
  private static final RedisScript PUT = RedisScript.named("put");
  private static final RedisScript ADOPT = RedisScript.named("adopt");
  private static final RedisScript REMOVE = RedisScript.named("remove");
  private static final RedisScript LOOK = RedisScript.named("look");
  private static final RedisScript HOLDER = RedisScript.named("holder");
  private static final RedisScript ACQUIRE = RedisScript.named("acquire");
  private static final RedisScript EXTEND = RedisScript.named("extend");
  private static final RedisScript ADVANCE = RedisScript.named("advance");
  private static final RedisScript FINISH = RedisScript.named("finish");
  private static final RedisScript EVICT = RedisScript.named("evict");
  private static final RedisScript ENDED = RedisScript.named("ended");
  private static final RedisScript RELEASE = RedisScript.named("release");
  private static final RedisScript ABANDON = RedisScript.named("abandon");
  private static final RedisScript MARK_LOSS = RedisScript.named("mark_loss");
  private static final RedisScript CLEAR_LOSS = RedisScript.named("clear_loss");

  /** Number of values before the readers in the answer of the look. */
  private static final int LOOK_FIELDS = 6;

  /** Time to live of the key that {@link #available} writes. */
  private static final Duration PROBE_TTL = Duration.ofMinutes(1);

  private final RedisConnection redis;
  private final RedisKeys keys;

  /** Creates readers over a connection. */
  public RedisSubscribers(RedisConnection redis, RedisKeys keys) {
    this.redis = redis;
    this.keys = keys;
  }

  @Override
  public boolean available() {
    try {
      redis.execute(
          RedisConnection.command(
              Command.SET, keys.probe(), "1", "EX", String.valueOf(PROBE_TTL.toSeconds())));
      return true;
    } catch (DependencyUnavailable _) {
      return false;
    }
  }

  @Override
  public Admission admit(RunId runId, ConnectionId connectionId) {
    try {
      boolean admitted =
          isOne(
              redis.run(
                  ADMIT,
                  List.of(keys.admissions(connectionId)),
                  List.of(
                      runId.value(),
                      String.valueOf(MAX_ADMISSIONS_PER_RUN),
                      String.valueOf(MAX_ADMISSIONS),
                      String.valueOf(ADMISSION_WINDOW.toSeconds()))));
      return admitted ? Admission.ADMITTED : Admission.TOO_MANY_REQUESTS;
    } catch (DependencyUnavailable _) {
      return Admission.UNAVAILABLE;
    }
  }

  @Override
  public void put(RunId runId, ConnectionId connectionId, long nextSeq) {
    requireSeq(nextSeq);
    List<String> putKeys = new ArrayList<>(cursorKeys(runId));
    putKeys.add(keys.ended(runId, connectionId));
    boolean put =
        isOne(
            redis.run(
                PUT,
                putKeys,
                List.of(
                    connectionId.value(), String.valueOf(nextSeq), String.valueOf(MAX_READERS))));
    if (!put) {
      throw new TooManyReaders(runId);
    }
  }

  @Override
  public boolean adopt(RunId runId, long fence, ConnectionId connectionId, long nextSeq) {
    requireSeq(nextSeq);
    long adopted =
        (Long)
            redis.run(
                ADOPT,
                cursorKeys(runId),
                List.of(
                    String.valueOf(fence),
                    connectionId.value(),
                    String.valueOf(nextSeq),
                    String.valueOf(MAX_READERS)));
    if (adopted == 0) {
      throw new TooManyReaders(runId);
    }
    return adopted == 1;
  }

  /** The keys by which a script recognizes cursors of an earlier life of the server. */
  private List<String> cursorKeys(RunId runId) {
    return List.of(
        keys.subscribers(runId), keys.generation(runId), keys.lease(runId), keys.loss(runId));
  }

  @Override
  public boolean remove(RunId runId, ConnectionId connectionId) {
    return isOne(
        redis.run(
            REMOVE,
            List.of(keys.subscribers(runId), keys.generation(runId)),
            List.of(connectionId.value())));
  }

  @Override
  public OptionalLong cursor(RunId runId, ConnectionId connectionId) {
    Object score =
        redis.execute(
            RedisConnection.command(Command.ZSCORE, keys.subscribers(runId), connectionId.value()));
    return score == null ? OptionalLong.empty() : OptionalLong.of(cursor(score));
  }

  /** Reads a score, which Redis writes as a floating-point number. */
  private static long cursor(Object score) {
    return (long) Double.parseDouble((String) score);
  }

  @Override
  public Map<ConnectionId, Long> cursors(RunId runId) {
    List<?> stored =
        (List<?>)
            redis.execute(
                RedisConnection.command(
                    Command.ZRANGE, keys.subscribers(runId), "0", "-1", "WITHSCORES"));
    Map<ConnectionId, Long> cursors = HashMap.newHashMap(stored.size() / 2);
    for (int i = 0; i < stored.size(); i += 2) {
      cursors.put(ConnectionId.of((String) stored.get(i)), cursor(stored.get(i + 1)));
    }
    return cursors;
  }

  @Override
  public Look look(RunId runId, LookQuery query) {
    List<String> lookKeys = new ArrayList<>(cursorKeys(runId));
    lookKeys.addAll(
        List.of(keys.open(runId), keys.closed(runId), keys.seq(runId), keys.events(runId)));
    List<?> answer =
        (List<?>)
            redis.run(
                LOOK,
                lookKeys,
                List.of(
                    query.all() ? "1" : "0",
                    String.valueOf(query.served()),
                    String.valueOf(query.skip()),
                    String.valueOf(query.limit())));
    List<Reader> found = new ArrayList<>((answer.size() - LOOK_FIELDS) / 2);
    for (int i = LOOK_FIELDS; i < answer.size(); i += 2) {
      found.add(
          new Reader(
              ConnectionId.of((String) answer.get(i)), Long.parseLong((String) answer.get(i + 1))));
    }
    long loss = (Long) answer.get(3);
    return new Look(
        isOne(answer.get(0)),
        isOne(answer.get(1)),
        (Long) answer.get(2),
        loss == 0 ? OptionalLong.empty() : OptionalLong.of(loss),
        (Long) answer.get(4),
        (Long) answer.get(5),
        found);
  }

  @Override
  public OptionalLong acquire(RunId runId, Duration holdFor) {
    Object fence =
        redis.run(
            ACQUIRE,
            List.of(
                keys.lease(runId),
                keys.fence(runId),
                keys.subscribers(runId),
                keys.generation(runId),
                keys.loss(runId)),
            List.of(millis(holdFor), UUID.randomUUID().toString()));
    long number = (Long) fence;
    return number == 0 ? OptionalLong.empty() : OptionalLong.of(number);
  }

  @Override
  public Holder holder(RunId runId) {
    List<?> answer =
        (List<?>)
            redis.run(
                HOLDER,
                List.of(keys.lease(runId), keys.subscribers(runId), keys.loss(runId)),
                List.of());
    return new Holder((Long) answer.get(0), isOne(answer.get(1)));
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
            List.of(
                keys.lease(runId),
                keys.subscribers(runId),
                keys.generation(runId),
                keys.ended(runId, connectionId)),
            List.of(
                String.valueOf(fence),
                connectionId.value(),
                String.valueOf(atSeq),
                String.valueOf(END_NOTED.toSeconds()))));
  }

  @Override
  public boolean evict(RunId runId, long fence, ConnectionId connectionId, long atSeq) {
    return isOne(
        redis.run(
            EVICT,
            List.of(keys.lease(runId), keys.subscribers(runId), keys.generation(runId)),
            List.of(String.valueOf(fence), connectionId.value(), String.valueOf(atSeq))));
  }

  @Override
  public OptionalLong endedAt(RunId runId, ConnectionId connectionId) {
    long cursor = (Long) redis.run(ENDED, List.of(keys.ended(runId, connectionId)), List.of());
    return cursor == 0 ? OptionalLong.empty() : OptionalLong.of(cursor);
  }

  @Override
  public boolean release(RunId runId, long fence, boolean ended) {
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
            List.of(String.valueOf(fence), ended ? "1" : "0")));
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
