package arena.simulation.stores;

import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One Redis server: each run's keys, the counters, and when each key expires. The broker and the
 * subscribers work on it as their scripts do; each script is one step.
 */
public final class SimulatedRedis {
  /** How long a key stays that no use extends, in milliseconds: as the scripts have it. */
  static final long IDLE_MILLIS = 86_400_000;

  private Map<String, Keys> runs = new HashMap<>();
  private Counted counted = new Counted();

  private final InstantSource clock;
  private final Network wire;
  private final Observer witness;
  private final int bufferEvents;
  private long tokens;

  /**
   * An empty server.
   *
   * @param bufferEvents about how many entries a run's stream keeps, at least 1
   */
  public SimulatedRedis(InstantSource clock, Network wire, Observer witness, int bufferEvents) {
    if (bufferEvents < 1) {
      throw new IllegalArgumentException("a stream keeps an entry at least");
    }
    this.clock = clock;
    this.wire = wire;
    this.witness = witness;
    this.bufferEvents = bufferEvents;
  }

  /** A key's value, and when it goes. */
  private record Expiring<T>(T value, long expiresAt) {}

  /** The last fencing number given out, and to which call. */
  record Fence(long number, long token) {}

  /** The counters. */
  private static final class Counted {
    private long published;
    private long streamed;
    private long dropped;

    private Counted copy() {
      Counted copy = new Counted();
      copy.published = published;
      copy.streamed = streamed;
      copy.dropped = dropped;
      return copy;
    }
  }

  /** The keys of one run. */
  private static final class Keys {
    private Expiring<String> open;
    private Expiring<Boolean> closed;
    private Expiring<Long> seq;
    private Expiring<NavigableMap<Long, String>> events;
    private Expiring<Long> counted;
    private Expiring<Map<String, Long>> subscribers;
    private Expiring<Long> lease;
    private Expiring<Fence> fence;
    private Expiring<Long> loss;

    private Keys copy() {
      Keys copy = new Keys();
      copy.open = open;
      copy.closed = closed;
      copy.seq = seq;
      copy.events =
          events == null ? null : new Expiring<>(new TreeMap<>(events.value), events.expiresAt);
      copy.counted = counted;
      copy.subscribers =
          subscribers == null
              ? null
              : new Expiring<>(new LinkedHashMap<>(subscribers.value), subscribers.expiresAt);
      copy.lease = lease;
      copy.fence = fence;
      copy.loss = loss;
      return copy;
    }
  }

  Network wire() {
    return wire;
  }

  Observer witness() {
    return witness;
  }

  int bufferEvents() {
    return bufferEvents;
  }

  /** A token that no call has had before. */
  synchronized long newToken() {
    return ++tokens;
  }

  /** The server's clock, in microseconds. */
  long micros() {
    Instant now = clock.instant();
    return now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000;
  }

  /** A run's keys as a script sees them. To be used in one step. */
  Run run(String runId) {
    return new Run(runs.computeIfAbsent(runId, _ -> new Keys()), clock.millis());
  }

  /** Forgets everything: it was started empty. */
  public synchronized void flush() {
    runs = new HashMap<>();
    counted = new Counted();
  }

  /** Remembers all that is here now; running it loses whatever was written since. */
  public synchronized Runnable checkpoint() {
    Map<String, Keys> then = copy(runs);
    Counted countedThen = counted.copy();
    return () -> {
      synchronized (this) {
        runs = copy(then);
        counted = countedThen.copy();
      }
    };
  }

  private static Map<String, Keys> copy(Map<String, Keys> runs) {
    Map<String, Keys> copy = new HashMap<>();
    runs.forEach((runId, keys) -> copy.put(runId, keys.copy()));
    return copy;
  }

  /** An operator deletes a run's three documented keys. */
  public synchronized void delete(String runId) {
    Run run = run(runId);
    run.deleteOpen();
    run.deleteSeq();
    run.deleteEvents();
  }

  /**
   * How many keys the run's buffer has: neither those of its readers, nor the mark that a close
   * leaves, which may come late and goes by itself.
   */
  public synchronized int bufferKeys(String runId) {
    return run(runId).countBuffer();
  }

  /** How many keys the run has. */
  public synchronized int keys(String runId) {
    return run(runId).count();
  }

  /** The runs that have keys. */
  synchronized Set<String> runIds() {
    return List.copyOf(runs.keySet()).stream()
        .filter(runId -> run(runId).count() > 0)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Whether a fan-out holds the run's lease. */
  public synchronized boolean leased(String runId) {
    return run(runId).lease() != null;
  }

  /** Every connection's cursor. */
  public synchronized Map<String, Long> cursors(String runId) {
    return new LinkedHashMap<>(run(runId).subscribers());
  }

  /** Last seq given out; 0 if none. */
  public synchronized long lastSeq(String runId) {
    return run(runId).lastSeq();
  }

  /** Whether no event is missing between the first and the last that the run's stream has. */
  public synchronized boolean isStreamWhole(String runId) {
    NavigableMap<Long, String> events = run(runId).events();
    return events.isEmpty() || events.lastKey() - events.firstKey() + 1 == events.size();
  }

  /** Whether the run was closed, and not dropped or opened again since. */
  public synchronized boolean closed(String runId) {
    return run(runId).closed();
  }

  /** Whether the run is open. */
  public synchronized boolean open(String runId) {
    return run(runId).open() != null;
  }

  /** The events counted as published, each once. */
  public synchronized long published() {
    return counted.published;
  }

  long streamed() {
    return counted.streamed;
  }

  long streamsDropped() {
    return counted.dropped;
  }

  void countPublished(long events) {
    counted.published += events;
  }

  void countStreamed(long events) {
    counted.streamed += events;
  }

  void countDropped() {
    counted.dropped++;
  }

  /** The commands on one run's keys. A value that is absent, or has expired, is null. */
  static final class Run {
    private final Keys keys;
    private final long now;

    private Run(Keys keys, long now) {
      this.keys = keys;
      this.now = now;
    }

    private <T> T value(Expiring<T> key) {
      return key == null || key.expiresAt <= now ? null : key.value;
    }

    private <T> Expiring<T> idle(T value) {
      return new Expiring<>(value, now + IDLE_MILLIS);
    }

    String open() {
      return value(keys.open);
    }

    void setOpen(String sentinel, long lifeMillis) {
      keys.open = new Expiring<>(sentinel, now + lifeMillis);
    }

    void deleteOpen() {
      keys.open = null;
    }

    boolean closed() {
      return value(keys.closed) != null;
    }

    void setClosed() {
      keys.closed = idle(true);
    }

    void deleteClosed() {
      keys.closed = null;
    }

    /** Last seq given out, 0 if none; the stream still knows it where only the number is gone. */
    long lastSeq() {
      Long seq = value(keys.seq);
      if (seq != null) {
        return seq;
      }
      return events().isEmpty() ? 0 : events().lastKey();
    }

    void setSeq(long last) {
      keys.seq = idle(last);
    }

    void deleteSeq() {
      keys.seq = null;
    }

    /** The stream, to be read only. */
    NavigableMap<Long, String> events() {
      NavigableMap<Long, String> events = value(keys.events);
      return events == null ? new TreeMap<>() : events;
    }

    /** The stream, to be written to. */
    NavigableMap<Long, String> eventsToWrite() {
      keys.events = idle(events());
      return keys.events.value;
    }

    void deleteEvents() {
      keys.events = null;
    }

    long counted() {
      Long counted = value(keys.counted);
      return counted == null ? 0 : counted;
    }

    void setCounted(long upTo) {
      keys.counted = idle(upTo);
    }

    void deleteCounted() {
      keys.counted = null;
    }

    /** The cursors, to be read, or to be taken from. */
    Map<String, Long> subscribers() {
      Map<String, Long> subscribers = value(keys.subscribers);
      return subscribers == null ? new LinkedHashMap<>() : subscribers;
    }

    /** The cursors, to be written to. */
    Map<String, Long> subscribersToWrite() {
      keys.subscribers = idle(subscribers());
      return keys.subscribers.value;
    }

    Long lease() {
      return value(keys.lease);
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
      keys.fence = idle(fence);
    }

    void deleteFence() {
      keys.fence = null;
    }

    /** The number of the loss, or null. */
    Long loss() {
      return value(keys.loss);
    }

    void setLoss(long number) {
      keys.loss = idle(number);
    }

    void deleteLoss() {
      keys.loss = null;
    }

    private int countBuffer() {
      int count = open() == null ? 0 : 1;
      count += value(keys.seq) == null ? 0 : 1;
      count += events().isEmpty() ? 0 : 1;
      count += value(keys.counted) == null ? 0 : 1;
      return count;
    }

    private int count() {
      int count = countBuffer();
      count += closed() ? 1 : 0;
      count += subscribers().isEmpty() ? 0 : 1;
      count += lease() == null ? 0 : 1;
      count += value(keys.fence) == null ? 0 : 1;
      count += loss() == null ? 0 : 1;
      return count;
    }
  }
}
