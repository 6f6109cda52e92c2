package arena.simulation.stores;

import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.run.RunId;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * A Redis server: each run's keys with their expiry. Each script of the broker and the subscribers
 * is atomic.
 */
public final class SimulatedRedis {
  /** Expiry of an unused key, in milliseconds, as in the scripts. */
  static final long IDLE_MILLIS = 86_400_000;

  private Map<RunId, Keys> runs = new HashMap<>();

  private final InstantSource clock;
  private final Network network;
  private final Observer observer;
  private final int bufferEvents;
  private final Map<ConnectionId, Admissions> admissions = new HashMap<>();
  private long tokens;

  /** Number of the server's life; changes with each restart, restore and failover. */
  private long life = 1;

  /**
   * Creates an empty server.
   *
   * @param bufferEvents approximate number of entries that a run's stream keeps, at least 1
   */
  public SimulatedRedis(InstantSource clock, Network network, Observer observer, int bufferEvents) {
    if (bufferEvents < 1) {
      throw new IllegalArgumentException("a stream keeps at least one entry");
    }
    this.clock = clock;
    this.network = network;
    this.observer = observer;
    this.bufferEvents = bufferEvents;
  }

  /** A key's value and its expiry. */
  private record Expiring<T>(T value, long expiresAt) {}

  /** The last fencing number and the call that acquired it. */
  record Fence(long number, long token) {}

  /** Where a stream ended, and in which life of the server. */
  private record End(long seq, Long life) {}

  private static final class Keys {
    private Expiring<String> open;
    private Expiring<Boolean> closed;
    private Expiring<Long> seq;
    private Expiring<NavigableMap<Long, String>> events;
    private Expiring<Long> base;
    private Expiring<Map<ConnectionId, Long>> subscribers;
    private Expiring<Long> generation;
    private Expiring<Long> lease;
    private Expiring<Fence> fence;
    private Expiring<Long> loss;
    private final Map<ConnectionId, Expiring<End>> ends = new HashMap<>();

    private Keys copy() {
      Keys copy = new Keys();
      copy.open = open;
      copy.closed = closed;
      copy.seq = seq;
      copy.events =
          events == null ? null : new Expiring<>(new TreeMap<>(events.value), events.expiresAt);
      copy.base = base;
      copy.subscribers =
          subscribers == null
              ? null
              : new Expiring<>(new LinkedHashMap<>(subscribers.value), subscribers.expiresAt);
      copy.generation = generation;
      copy.lease = lease;
      copy.fence = fence;
      copy.loss = loss;
      copy.ends.putAll(ends);
      return copy;
    }
  }

  Network network() {
    return network;
  }

  Observer observer() {
    return observer;
  }

  int bufferEvents() {
    return bufferEvents;
  }

  /** Returns a unique token. */
  synchronized long newToken() {
    return ++tokens;
  }

  /** The subscribes of a connection since a time. */
  private static final class Admissions {
    private final long expiresAt;
    private final Map<RunId, Integer> byRun = new HashMap<>();
    private int all;

    private Admissions(long expiresAt) {
      this.expiresAt = expiresAt;
    }
  }

  /** Counts a subscribe; returns false if there were too many. */
  boolean admits(RunId runId, ConnectionId connectionId) {
    long now = clock.millis();
    admissions.values().removeIf(counted -> counted.expiresAt <= now);
    Admissions counted =
        admissions.computeIfAbsent(
            connectionId, _ -> new Admissions(now + Subscribers.ADMISSION_WINDOW.toMillis()));
    if (counted.all >= Subscribers.MAX_ADMISSIONS
        || counted.byRun.getOrDefault(runId, 0) >= Subscribers.MAX_ADMISSIONS_PER_RUN) {
      return false;
    }
    counted.all++;
    counted.byRun.merge(runId, 1, Integer::sum);
    return true;
  }

  /** The server's time, in microseconds. */
  long micros() {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
  }

  /** Returns a run's keys as a script sees them; use within one atomic step only. */
  Run run(RunId runId) {
    return new Run(
        runs.computeIfAbsent(runId, _ -> new Keys()), clock.millis(), life, this::newToken);
  }

  /** Deletes all data, as a restart without persistence does. */
  public synchronized void flush() {
    runs = new HashMap<>();
    life++;
  }

  /**
   * Takes a snapshot; running the result restores it and loses later writes, as a failover or the
   * restore of a backup does. The server then has a new life.
   */
  public synchronized Runnable checkpoint() {
    Map<RunId, Keys> snapshot = copy(runs);
    return () -> {
      synchronized (this) {
        runs = copy(snapshot);
        life++;
      }
    };
  }

  private static Map<RunId, Keys> copy(Map<RunId, Keys> runs) {
    Map<RunId, Keys> copy = new HashMap<>();
    runs.forEach((runId, keys) -> copy.put(runId, keys.copy()));
    return copy;
  }

  /** Deletes a run's three documented keys, as an operator does. */
  public synchronized void delete(RunId runId) {
    Run run = run(runId);
    run.deleteOpen();
    run.deleteSeq();
    run.deleteEvents();
  }

  /** Sets a run's last seq, as an operator does. */
  public synchronized void setSeq(RunId runId, long seq) {
    run(runId).setSeq(seq);
  }

  /** Keeps this many entries of a run's stream, as an operator does. */
  public synchronized void trim(RunId runId, int length) {
    NavigableMap<Long, String> stream = run(runId).eventsToWrite();
    while (stream.size() > length) {
      stream.pollFirstEntry();
    }
  }

  /**
   * Number of keys of the run's buffer, without those of its readers and the mark of a close, which
   * expires.
   */
  public synchronized int bufferKeys(RunId runId) {
    return run(runId).countBuffer();
  }

  /** Number of keys of the run. */
  public synchronized int keys(RunId runId) {
    return run(runId).count();
  }

  synchronized Set<RunId> runIds() {
    return List.copyOf(runs.keySet()).stream()
        .filter(runId -> run(runId).count() > 0)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  public synchronized boolean leased(RunId runId) {
    return run(runId).lease() != null;
  }

  public synchronized Map<ConnectionId, Long> cursors(RunId runId) {
    return new LinkedHashMap<>(run(runId).subscribers());
  }

  /** Last assigned seq; 0 if none. */
  public synchronized long lastSeq(RunId runId) {
    return run(runId).lastSeq();
  }

  /** Whether the run's stream has no gap. */
  public synchronized boolean isStreamContiguous(RunId runId) {
    NavigableMap<Long, String> events = run(runId).events();
    return events.isEmpty() || events.lastKey() - events.firstKey() + 1 == events.size();
  }

  /** Whether the run was closed and neither dropped nor reopened since. */
  public synchronized boolean closed(RunId runId) {
    return run(runId).closed();
  }

  public synchronized boolean open(RunId runId) {
    return run(runId).open() != null;
  }

  /** The commands on one run's keys. An absent or expired value is null. */
  static final class Run {
    private final Keys keys;
    private final long now;
    private final long life;
    private final LongSupplier newToken;

    private Run(Keys keys, long now, long life, LongSupplier newToken) {
      this.keys = keys;
      this.now = now;
      this.life = life;
      this.newToken = newToken;
    }

    private <T> T value(Expiring<T> key) {
      return key == null || key.expiresAt <= now ? null : key.value;
    }

    private <T> Expiring<T> expiringWhenIdle(T value) {
      return new Expiring<>(value, now + IDLE_MILLIS);
    }

    String open() {
      return value(keys.open);
    }

    void setOpen(String sentinel, long ttlMillis) {
      keys.open = new Expiring<>(sentinel, now + ttlMillis);
    }

    void deleteOpen() {
      keys.open = null;
    }

    boolean closed() {
      return value(keys.closed) != null;
    }

    void setClosed() {
      keys.closed = expiringWhenIdle(true);
    }

    void deleteClosed() {
      keys.closed = null;
    }

    /**
     * Last assigned seq, 0 if none; taken from the stream if only the {@code seq} key is missing.
     */
    long lastSeq() {
      Long seq = value(keys.seq);
      if (seq != null) {
        return seq;
      }
      return events().isEmpty() ? 0 : events().lastKey();
    }

    /** Last assigned seq; empty if the keys contradict each other, as in the scripts. */
    OptionalLong consistentSeq(int limit) {
      Long base = value(keys.base);
      long first = base == null ? 0 : base;
      NavigableMap<Long, String> events = events();
      long newest = events.isEmpty() ? first : events.lastKey();
      Long seq = value(keys.seq);
      boolean consistent =
          (seq == null || seq == newest) && events.size() >= Math.min(newest - first, limit);
      return consistent ? OptionalLong.of(newest) : OptionalLong.empty();
    }

    void setSeq(long last) {
      keys.seq = expiringWhenIdle(last);
    }

    void deleteSeq() {
      keys.seq = null;
    }

    /** The stream, read-only. */
    NavigableMap<Long, String> events() {
      NavigableMap<Long, String> events = value(keys.events);
      return events == null ? new TreeMap<>() : events;
    }

    /** The stream, writable. */
    NavigableMap<Long, String> eventsToWrite() {
      keys.events = expiringWhenIdle(events());
      return keys.events.value;
    }

    void setBase(long before) {
      keys.base = expiringWhenIdle(before);
    }

    void deleteBase() {
      keys.base = null;
    }

    void deleteEvents() {
      keys.events = null;
    }

    /** The cursors, for reads and removals. */
    Map<ConnectionId, Long> subscribers() {
      Map<ConnectionId, Long> subscribers = value(keys.subscribers);
      return subscribers == null ? new LinkedHashMap<>() : subscribers;
    }

    /** Deletes the cursors and the lease of an earlier life of the server, and marks a loss. */
    void forgetEarlierLife() {
      Long stamp = value(keys.generation);
      boolean current = stamp != null && stamp == life;
      if (current || (stamp == null && subscribers().isEmpty())) {
        return;
      }
      if (!subscribers().isEmpty()) {
        setLoss(newToken.getAsLong());
      }
      keys.subscribers = null;
      keys.generation = null;
      keys.lease = null;
    }

    /** Sets a cursor and stamps the cursors with the server's life. */
    void setCursor(ConnectionId connectionId, long nextSeq) {
      subscribersToWrite().put(connectionId, nextSeq);
      keys.generation = expiringWhenIdle(life);
    }

    /** Removes a cursor, with the stamp if it was the last one; returns whether it existed. */
    boolean removeCursor(ConnectionId connectionId) {
      boolean removed = subscribers().remove(connectionId) != null;
      if (removed && subscribers().isEmpty()) {
        keys.generation = null;
      }
      return removed;
    }

    /** Notes where a connection's stream ends; its cursor must still be there. */
    void noteEnd(ConnectionId connectionId, long seq, long millis) {
      keys.ends.values().removeIf(end -> end.expiresAt <= now);
      keys.ends.put(
          connectionId, new Expiring<>(new End(seq, value(keys.generation)), now + millis));
    }

    void forgetEnd(ConnectionId connectionId) {
      keys.ends.remove(connectionId);
    }

    /** Where a connection's stream ended in this life of the server. */
    OptionalLong endedAt(ConnectionId connectionId) {
      End end = value(keys.ends.get(connectionId));
      return end != null && Objects.equals(end.life, life)
          ? OptionalLong.of(end.seq)
          : OptionalLong.empty();
    }

    /** The cursors, writable. */
    Map<ConnectionId, Long> subscribersToWrite() {
      keys.subscribers = expiringWhenIdle(subscribers());
      return keys.subscribers.value;
    }

    Long lease() {
      return value(keys.lease);
    }

    /** When the lease expires, in milliseconds; 0 if it is not held. */
    long leaseExpiresAt() {
      return lease() == null ? 0 : keys.lease.expiresAt;
    }

    void setLease(long fence, long holdMillis) {
      keys.lease = new Expiring<>(fence, now + holdMillis);
    }

    void deleteLease() {
      keys.lease = null;
    }

    Fence fence() {
      Fence fence = value(keys.fence);
      return fence == null ? new Fence(0, 0) : fence;
    }

    void setFence(Fence fence) {
      keys.fence = expiringWhenIdle(fence);
    }

    void deleteFence() {
      keys.fence = null;
    }

    void deleteGeneration() {
      keys.generation = null;
    }

    /** Number of the pending loss, or null. */
    Long loss() {
      return value(keys.loss);
    }

    void setLoss(long number) {
      keys.loss = expiringWhenIdle(number);
    }

    void deleteLoss() {
      keys.loss = null;
    }

    int countBuffer() {
      int count = open() == null ? 0 : 1;
      count += value(keys.seq) == null ? 0 : 1;
      count += events().isEmpty() ? 0 : 1;
      count += value(keys.base) == null ? 0 : 1;
      return count;
    }

    private int count() {
      int count = countBuffer();
      count += closed() ? 1 : 0;
      count += subscribers().isEmpty() ? 0 : 1;
      count += value(keys.generation) == null ? 0 : 1;
      count += lease() == null ? 0 : 1;
      count += value(keys.fence) == null ? 0 : 1;
      count += loss() == null ? 0 : 1;
      return count;
    }
  }
}
