package arena.memory;

import arena.broker.AlreadyOpen;
import arena.broker.Broker;
import arena.broker.Gap;
import arena.broker.NotOpen;
import arena.broker.Overflow;
import arena.broker.StillOpen;
import arena.broker.Subscribers;
import arena.codec.EnvelopeCodec;
import arena.codec.Utf8;
import arena.event.Event;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** A broker and its readers in memory, with the semantics of the real one. */
public class MemoryBroker implements Broker, Subscribers {
  private static final class Kept {
    private boolean open;
    private boolean closed;
    private long last;
    private final TreeMap<Long, String> stream = new TreeMap<>();
    private final Map<String, Long> cursors = new HashMap<>();
    private long lease;
    private Instant leaseUntil = Instant.MIN;
    private long loss;
  }

  private final Map<String, Kept> runs = new HashMap<>();
  private final InstantSource clock;
  private long fences;
  private long losses;
  private long published;
  private long streamed;
  private long dropped;

  /** Leases run out by this clock. */
  public MemoryBroker(InstantSource clock) {
    this.clock = clock;
  }

  private Kept kept(String runId) {
    return runs.computeIfAbsent(runId, _ -> new Kept());
  }

  private boolean leased(Kept run) {
    return clock.instant().isBefore(run.leaseUntil);
  }

  private boolean holds(Kept run, long fence) {
    return leased(run) && run.lease == fence;
  }

  /** Loses all that it has. */
  public synchronized void loseEverything() {
    runs.clear();
  }

  /** Whether somebody holds the run's lease. */
  public synchronized boolean leased(String runId) {
    return leased(kept(runId));
  }

  @Override
  public synchronized void open(String runId, String label, Instant startedAt) {
    Kept run = kept(runId);
    if (run.open) {
      throw new AlreadyOpen(runId);
    }
    run.open = true;
    run.closed = false;
  }

  @Override
  public synchronized Published publish(String runId, List<Event> events) {
    Kept run = kept(runId);
    if (!run.open) {
      throw new NotOpen(runId);
    }
    if (events.getFirst().seq() > run.last + 1) {
      throw new Gap(runId, run.last, events.getFirst().seq());
    }
    for (Event event : events) {
      if (event.seq() > run.last) {
        run.stream.put(event.seq(), EnvelopeCodec.write(event));
        run.last = event.seq();
        published++;
      }
    }
    return new Published(run.last, (!run.cursors.isEmpty() || run.loss > 0) && !leased(run));
  }

  @Override
  public synchronized long restore(String runId, String label, Instant startedAt, long nextSeq) {
    Kept run = kept(runId);
    run.open = true;
    run.closed = false;
    run.loss = ++losses;
    if (run.last < nextSeq - 1) {
      run.stream.clear();
      run.last = nextSeq - 1;
    }
    return run.last + 1;
  }

  @Override
  public synchronized List<Envelope> read(String runId, long fromSeq, int maxEvents, int maxBytes) {
    Kept run = kept(runId);
    if (!run.stream.containsKey(fromSeq)) {
      if (fromSeq <= run.last) {
        throw new Overflow(
            runId, fromSeq, run.stream.isEmpty() ? run.last + 1 : run.stream.firstKey());
      }
      return List.of();
    }
    List<Envelope> envelopes = new ArrayList<>();
    long bytes = 0;
    for (Map.Entry<Long, String> entry : run.stream.tailMap(fromSeq).entrySet()) {
      bytes += Utf8.length(entry.getValue());
      if (envelopes.size() == maxEvents || (bytes > maxBytes && !envelopes.isEmpty())) {
        break;
      }
      envelopes.add(new Envelope(entry.getKey(), entry.getValue()));
    }
    return envelopes;
  }

  @Override
  public synchronized void close(String runId) {
    Kept run = kept(runId);
    run.open = false;
    run.closed = true;
  }

  @Override
  public synchronized Buffer buffer(String runId) {
    Kept run = kept(runId);
    return new Buffer(
        run.open,
        run.last,
        run.stream.size(),
        run.stream.isEmpty() ? Optional.empty() : Optional.of(run.stream.firstKey()));
  }

  @Override
  public synchronized void drop(String runId) {
    if (kept(runId).open) {
      throw new StillOpen(runId);
    }
    Kept dropped = runs.remove(runId);
    if (!dropped.cursors.isEmpty()) {
      Kept readers = kept(runId);
      readers.cursors.putAll(dropped.cursors);
      readers.lease = dropped.lease;
      readers.leaseUntil = dropped.leaseUntil;
    }
  }

  @Override
  public synchronized Page runs(Optional<String> after) {
    Set<String> runIds = new HashSet<>();
    runs.forEach(
        (runId, run) -> {
          if (run.open || run.closed || run.last > 0 || !run.cursors.isEmpty()) {
            runIds.add(runId);
          }
        });
    return new Page(runIds, Optional.empty());
  }

  @Override
  public synchronized Counters counters() {
    return new Counters(published, streamed, dropped);
  }

  @Override
  public synchronized void put(String runId, String connectionId, long nextSeq) {
    kept(runId).cursors.put(connectionId, nextSeq);
  }

  @Override
  public synchronized boolean remove(String runId, String connectionId) {
    return kept(runId).cursors.remove(connectionId) != null;
  }

  @Override
  public synchronized OptionalLong cursor(String runId, String connectionId) {
    Long cursor = cursors(runId).get(connectionId);
    return cursor == null ? OptionalLong.empty() : OptionalLong.of(cursor);
  }

  @Override
  public synchronized Map<String, Long> cursors(String runId) {
    return Map.copyOf(kept(runId).cursors);
  }

  @Override
  public synchronized OptionalLong acquire(String runId, Duration holdFor) {
    Kept run = kept(runId);
    if (leased(run)) {
      return OptionalLong.empty();
    }
    run.lease = ++fences;
    run.leaseUntil = clock.instant().plus(holdFor);
    return OptionalLong.of(run.lease);
  }

  @Override
  public synchronized boolean extend(String runId, long fence, Duration holdFor) {
    Kept run = kept(runId);
    if (!holds(run, fence)) {
      return false;
    }
    run.leaseUntil = clock.instant().plus(holdFor);
    return true;
  }

  @Override
  public synchronized boolean advance(
      String runId, long fence, String connectionId, long fromSeq, long nextSeq) {
    Kept run = kept(runId);
    if (!holds(run, fence) || !run.cursors.replace(connectionId, fromSeq, nextSeq)) {
      return false;
    }
    streamed += nextSeq - fromSeq;
    return true;
  }

  @Override
  public synchronized boolean finish(
      String runId, long fence, String connectionId, long atSeq, boolean counts) {
    Kept run = kept(runId);
    if (!holds(run, fence) || !run.cursors.remove(connectionId, atSeq)) {
      return false;
    }
    dropped += counts ? 1 : 0;
    return true;
  }

  @Override
  public synchronized boolean release(String runId, long fence) {
    Kept run = kept(runId);
    if (!holds(run, fence)) {
      return true;
    }
    if (run.loss > 0) {
      return false;
    }
    if (run.cursors.values().stream().anyMatch(cursor -> run.closed || cursor <= run.last)) {
      return false;
    }
    run.leaseUntil = Instant.MIN;
    return true;
  }

  @Override
  public synchronized void markLoss(String runId) {
    kept(runId).loss = ++losses;
  }

  @Override
  public synchronized OptionalLong loss(String runId) {
    long loss = kept(runId).loss;
    return loss == 0 ? OptionalLong.empty() : OptionalLong.of(loss);
  }

  @Override
  public synchronized void seenToLoss(String runId, long loss) {
    Kept run = kept(runId);
    run.loss = run.loss == loss ? 0 : run.loss;
  }

  @Override
  public synchronized void abandon(String runId, long fence) {
    Kept run = kept(runId);
    if (holds(run, fence)) {
      run.leaseUntil = Instant.MIN;
    }
  }
}
