package arena.simulation.stores;

import arena.broker.AlreadyOpen;
import arena.broker.Broker;
import arena.broker.Gap;
import arena.broker.NotOpen;
import arena.broker.Overflow;
import arena.codec.EnvelopeCodec;
import arena.codec.SentinelCodec;
import arena.codec.Utf8;
import arena.error.Dependency;
import arena.event.Event;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** The broker over the simulated Redis; each method does what its Lua script does. */
public final class SimulatedBroker implements Broker {
  private static final long SENTINEL_TTL = Duration.ofHours(6).toMillis();

  /** Subject of a call that concerns all runs. */
  private static final String ALL_RUNS = "";

  private final SimulatedRedis redis;

  public SimulatedBroker(SimulatedRedis redis) {
    this.redis = redis;
  }

  private <T> T call(Call call, RunId runId, Supplier<T> script) {
    return call(call, runId.value(), script);
  }

  private <T> T call(Call call, String about, Supplier<T> script) {
    return redis
        .network()
        .call(
            call,
            about,
            () -> {
              synchronized (redis) {
                return script.get();
              }
            },
            message -> Dependency.BROKER.unavailable(message, null));
  }

  @Override
  public int capacity() {
    return redis.bufferEvents();
  }

  @Override
  public void open(RunId runId, String label, Instant startedAt) {
    String sentinel = SentinelCodec.write(label, startedAt);
    boolean[] again = new boolean[1];
    boolean opened =
        call(
            Call.BROKER_OPEN,
            runId,
            () -> {
              SimulatedRedis.Run run = redis.run(runId);
              boolean mine = again[0] && sentinel.equals(run.open());
              again[0] = true;
              if (run.open() == null) {
                run.setOpen(sentinel, SENTINEL_TTL);
                run.deleteClosed();
                redis.observer().opened(runId);
                return true;
              }
              return mine;
            });
    if (!opened) {
      throw new AlreadyOpen(runId);
    }
  }

  @Override
  public Published publish(RunId runId, List<Event> events) {
    requireBatch(runId, events);
    List<String> envelopes = events.stream().map(EnvelopeCodec::write).toList();
    long first = events.getFirst().seq();
    return call(Call.BROKER_PUBLISH, runId, () -> publish(runId, first, envelopes));
  }

  private Published publish(RunId runId, long first, List<String> envelopes) {
    SimulatedRedis.Run run = redis.run(runId);
    if (run.open() == null) {
      throw new NotOpen(runId);
    }
    OptionalLong consistent = run.consistentSeq(redis.bufferEvents());
    long before = consistent.orElse(0);
    if (consistent.isEmpty() || first > before + 1) {
      throw new Gap(runId, before, first);
    }
    long last = Math.max(before, first + envelopes.size() - 1);
    if (last > before) {
      NavigableMap<Long, String> stream = run.eventsToWrite();
      for (long seq = before + 1; seq <= last; seq++) {
        String envelope = envelopes.get(Math.toIntExact(seq - first));
        stream.put(seq, envelope);
        redis.observer().streamed(runId, seq, envelope);
      }
      trim(stream);
      run.setSeq(last);
    }
    boolean wake = (!run.subscribers().isEmpty() || run.loss() != null) && run.lease() == null;
    return new Published(last, wake);
  }

  /** Trims late, as the real server does, which removes whole nodes of a stream only. */
  private void trim(NavigableMap<Long, String> stream) {
    if (stream.size() > redis.bufferEvents() + redis.bufferEvents() / 50) {
      while (stream.size() > redis.bufferEvents()) {
        stream.pollFirstEntry();
      }
    }
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
    return call(
        Call.BROKER_RESTORE,
        runId,
        () -> {
          SimulatedRedis.Run run = redis.run(runId);
          run.setOpen(SentinelCodec.write(label, startedAt), SENTINEL_TTL);
          run.deleteClosed();
          run.setLoss(redis.newToken());
          redis.observer().opened(runId);
          OptionalLong last = run.consistentSeq(redis.bufferEvents());
          if (last.isPresent() && last.getAsLong() >= nextSeq - 1) {
            return last.getAsLong() + 1;
          }
          run.deleteEvents();
          run.deleteSeq();
          if (nextSeq > 1) {
            run.setSeq(nextSeq - 1);
          }
          run.setBase(nextSeq - 1);
          return nextSeq;
        });
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
    return call(
        Call.BROKER_READ,
        runId,
        () -> readStream(runId, redis.run(runId), fromSeq, maxEvents, maxBytes));
  }

  private static List<Envelope> readStream(
      RunId runId, SimulatedRedis.Run run, long fromSeq, int maxEvents, int maxBytes) {
    List<Envelope> envelopes = new ArrayList<>();
    long remainingBytes = maxBytes;
    for (Map.Entry<Long, String> entry : run.events().tailMap(fromSeq).entrySet()) {
      if (entry.getKey() != fromSeq + envelopes.size()) {
        if (envelopes.isEmpty()) {
          throw new Overflow(runId, fromSeq, entry.getKey());
        }
        return envelopes;
      }
      remainingBytes -= Utf8.length(entry.getValue());
      if (envelopes.size() == maxEvents || (remainingBytes < 0 && !envelopes.isEmpty())) {
        return envelopes;
      }
      envelopes.add(new Envelope(entry.getKey(), entry.getValue()));
    }
    if (envelopes.isEmpty() && fromSeq <= run.lastSeq()) {
      throw new Overflow(runId, fromSeq, run.lastSeq() + 1);
    }
    return envelopes;
  }

  @Override
  public void close(RunId runId) {
    call(
        Call.BROKER_CLOSE,
        runId,
        () -> {
          SimulatedRedis.Run run = redis.run(runId);
          run.deleteOpen();
          run.setClosed();
          redis.observer().closed(runId);
          return null;
        });
  }

  @Override
  public Buffer buffer(RunId runId) {
    // no fault point, because only tests and tools call it
    synchronized (redis) {
      SimulatedRedis.Run run = redis.run(runId);
      NavigableMap<Long, String> stream = run.events();
      return new Buffer(
          run.open() != null,
          run.lastSeq(),
          stream.size(),
          stream.isEmpty() ? Optional.empty() : Optional.of(stream.firstKey()));
    }
  }

  @Override
  public Set<RunId> drop(List<RunId> runIds) {
    // a pipeline may fail at any of its commands
    return runIds.stream().filter(this::dropOne).collect(Collectors.toSet());
  }

  private boolean dropOne(RunId runId) {
    return call(
        Call.BROKER_DROP,
        runId,
        () -> {
          SimulatedRedis.Run run = redis.run(runId);
          boolean existed = run.countBuffer() > 0 || run.closed();
          run.deleteOpen();
          run.deleteSeq();
          run.deleteEvents();
          run.deleteBase();
          run.deleteClosed();
          if (run.subscribers().isEmpty()) {
            run.deleteLease();
            run.deleteFence();
            run.deleteGeneration();
            run.deleteLoss();
          }
          redis.observer().dropped(runId);
          return existed;
        });
  }

  @Override
  public Map<RunId, Presence> presence(List<RunId> runIds) {
    return call(
        Call.BROKER_PRESENCE,
        ALL_RUNS,
        () -> {
          Map<RunId, Presence> present = new HashMap<>();
          for (RunId runId : runIds) {
            SimulatedRedis.Run run = redis.run(runId);
            Presence presence = new Presence(run.open() != null, !run.subscribers().isEmpty());
            if (!presence.equals(Presence.NONE)) {
              present.put(runId, presence);
            }
          }
          return present;
        });
  }

  @Override
  public Page runs(Optional<String> after) {
    return call(Call.BROKER_RUNS, ALL_RUNS, () -> new Page(redis.runIds(), Optional.empty()));
  }
}
