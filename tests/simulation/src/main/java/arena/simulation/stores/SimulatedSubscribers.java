package arena.simulation.stores;

import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.broker.TooManyReaders;
import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.run.RunId;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Live readers and the fan-out lease over the simulated Redis. */
public final class SimulatedSubscribers implements Subscribers {
  private static final Comparator<Reader> FOREMOST_FIRST =
      Comparator.comparingLong(Reader::nextSeq)
          .thenComparing(reader -> reader.connectionId().value())
          .reversed();

  private final SimulatedRedis redis;

  public SimulatedSubscribers(SimulatedRedis redis) {
    this.redis = redis;
  }

  private <T> T call(Call call, RunId runId, Supplier<T> script) {
    return redis
        .network()
        .call(
            call,
            runId.value(),
            () -> {
              synchronized (redis) {
                return script.get();
              }
            },
            message -> Dependency.BROKER.unavailable(message, null));
  }

  @Override
  public boolean available() {
    try {
      redis
          .network()
          .call(
              Call.SUBSCRIBERS_AVAILABLE,
              "",
              () -> null,
              message -> Dependency.BROKER.unavailable(message, null));
      return true;
    } catch (DependencyUnavailable _) {
      return false;
    }
  }

  @Override
  public Admission admit(RunId runId, ConnectionId connectionId) {
    try {
      return redis
          .network()
          .call(
              Call.SUBSCRIBERS_AVAILABLE,
              "",
              () -> {
                synchronized (redis) {
                  return redis.admits(runId, connectionId)
                      ? Admission.ADMITTED
                      : Admission.TOO_MANY_REQUESTS;
                }
              },
              message -> Dependency.BROKER.unavailable(message, null));
    } catch (DependencyUnavailable _) {
      return Admission.UNAVAILABLE;
    }
  }

  @Override
  public void put(RunId runId, ConnectionId connectionId, long nextSeq) {
    requireSeq(nextSeq);
    boolean put =
        call(
            Call.SUBSCRIBERS_PUT,
            runId,
            () -> {
              SimulatedRedis.Run run = redis.run(runId);
              run.forgetEarlierLife();
              if (isFull(run) && !run.subscribers().containsKey(connectionId)) {
                return false;
              }
              run.forgetEnd(connectionId);
              run.setCursor(connectionId, nextSeq);
              return true;
            });
    if (!put) {
      throw new TooManyReaders(runId);
    }
  }

  private static boolean isFull(SimulatedRedis.Run run) {
    return run.subscribers().size() >= MAX_READERS;
  }

  @Override
  public boolean adopt(RunId runId, long fence, ConnectionId connectionId, long nextSeq) {
    requireSeq(nextSeq);
    return call(
        Call.SUBSCRIBERS_ADOPT,
        runId,
        () -> {
          SimulatedRedis.Run run = redis.run(runId);
          run.forgetEarlierLife();
          if (!holds(run, fence)) {
            return false;
          }
          Long cursor = run.subscribers().get(connectionId);
          if (cursor == null && isFull(run)) {
            throw new TooManyReaders(runId);
          }
          if (cursor == null || cursor > nextSeq) {
            run.setCursor(connectionId, nextSeq);
          }
          return true;
        });
  }

  @Override
  public boolean remove(RunId runId, ConnectionId connectionId) {
    return call(Call.SUBSCRIBERS_REMOVE, runId, () -> redis.run(runId).removeCursor(connectionId));
  }

  @Override
  public OptionalLong cursor(RunId runId, ConnectionId connectionId) {
    return call(
        Call.SUBSCRIBERS_CURSOR,
        runId,
        () -> {
          Long cursor = redis.run(runId).subscribers().get(connectionId);
          return cursor == null ? OptionalLong.empty() : OptionalLong.of(cursor);
        });
  }

  @Override
  public Map<ConnectionId, Long> cursors(RunId runId) {
    return call(
        Call.SUBSCRIBERS_CURSORS, runId, () -> new LinkedHashMap<>(redis.run(runId).subscribers()));
  }

  @Override
  public Look look(RunId runId, LookQuery query) {
    return call(
        Call.SUBSCRIBERS_LOOK,
        runId,
        () -> {
          SimulatedRedis.Run run = redis.run(runId);
          run.forgetEarlierLife();
          long highest = query.all() ? Long.MAX_VALUE : run.lastSeq();
          List<Reader> behind =
              run.subscribers().entrySet().stream()
                  .filter(cursor -> cursor.getValue() <= highest)
                  .map(cursor -> new Reader(cursor.getKey(), cursor.getValue()))
                  .sorted(FOREMOST_FIRST)
                  .toList();
          return new Look(
              run.open() != null,
              run.closed(),
              run.lastSeq(),
              run.loss() == null ? OptionalLong.empty() : OptionalLong.of(run.loss()),
              run.subscribers().size(),
              behind.size(),
              behind.size() <= query.served()
                  ? List.of()
                  : behind.stream().skip(query.skip()).limit(query.limit()).toList());
        });
  }

  @Override
  public OptionalLong acquire(RunId runId, Duration duration) {
    long token = redis.newToken(); // identifies this call, which may run twice
    return call(
        Call.SUBSCRIBERS_ACQUIRE,
        runId,
        () -> {
          SimulatedRedis.Run run = redis.run(runId);
          run.forgetEarlierLife();
          SimulatedRedis.Fence last = run.fence();
          Long holder = run.lease();
          if (holder != null) {
            return last.token() == token && last.number() == holder
                ? OptionalLong.of(holder)
                : OptionalLong.empty();
          }
          long fence = Math.max(redis.micros(), last.number() + 1);
          run.setFence(new SimulatedRedis.Fence(fence, token));
          run.setLease(fence, millis(duration));
          return OptionalLong.of(fence);
        });
  }

  @Override
  public Holder holder(RunId runId) {
    return call(
        Call.SUBSCRIBERS_HOLDER,
        runId,
        () -> {
          SimulatedRedis.Run run = redis.run(runId);
          return new Holder(
              run.leaseExpiresAt(), !run.subscribers().isEmpty() || run.loss() != null);
        });
  }

  @Override
  public boolean extend(RunId runId, long fence, Duration duration) {
    return call(
        Call.SUBSCRIBERS_EXTEND,
        runId,
        () -> {
          SimulatedRedis.Run run = redis.run(runId);
          if (!holds(run, fence)) {
            return false;
          }
          run.setLease(fence, millis(duration));
          return true;
        });
  }

  private static boolean holds(SimulatedRedis.Run run, long fence) {
    return run.lease() != null && run.lease() == fence;
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
    return call(
        Call.SUBSCRIBERS_ADVANCE,
        runId,
        () -> {
          SimulatedRedis.Run run = redis.run(runId);
          if (!holds(run, fence) || !isAt(run, connectionId, fromSeq)) {
            return false;
          }
          run.subscribersToWrite().put(connectionId, nextSeq);
          redis.observer().delivered(runId, nextSeq - fromSeq);
          return true;
        });
  }

  private static boolean isAt(SimulatedRedis.Run run, ConnectionId connectionId, long seq) {
    Long cursor = run.subscribers().get(connectionId);
    return cursor != null && cursor == seq;
  }

  @Override
  public boolean finish(RunId runId, long fence, ConnectionId connectionId, long atSeq) {
    return removeAt(
        Call.SUBSCRIBERS_FINISH,
        runId,
        fence,
        connectionId,
        atSeq,
        run -> run.noteEnd(connectionId, atSeq, END_NOTED.toMillis()));
  }

  @Override
  public boolean evict(RunId runId, long fence, ConnectionId connectionId, long atSeq) {
    return removeAt(Call.SUBSCRIBERS_EVICT, runId, fence, connectionId, atSeq, _ -> {});
  }

  private boolean removeAt(
      Call call,
      RunId runId,
      long fence,
      ConnectionId connectionId,
      long atSeq,
      Consumer<SimulatedRedis.Run> note) {
    return call(
        call,
        runId,
        () -> {
          SimulatedRedis.Run run = redis.run(runId);
          if (!holds(run, fence) || !isAt(run, connectionId, atSeq)) {
            return false;
          }
          note.accept(run);
          run.removeCursor(connectionId);
          return true;
        });
  }

  @Override
  public OptionalLong endedAt(RunId runId, ConnectionId connectionId) {
    return call(Call.SUBSCRIBERS_ENDED, runId, () -> redis.run(runId).endedAt(connectionId));
  }

  @Override
  public boolean release(RunId runId, long fence, boolean ended) {
    return call(
        Call.SUBSCRIBERS_RELEASE,
        runId,
        () -> {
          SimulatedRedis.Run run = redis.run(runId);
          if (!holds(run, fence)) {
            return true;
          }
          if (run.loss() != null) {
            return false;
          }
          long last = run.lastSeq();
          boolean all = ended || run.closed();
          if (run.subscribers().values().stream().anyMatch(cursor -> all || cursor <= last)) {
            return false;
          }
          run.deleteLease();
          return true;
        });
  }

  @Override
  public void abandon(RunId runId, long fence) {
    call(
        Call.SUBSCRIBERS_ABANDON,
        runId,
        () -> {
          SimulatedRedis.Run run = redis.run(runId);
          if (holds(run, fence)) {
            run.deleteLease();
          }
          return null;
        });
  }

  @Override
  public void markLoss(RunId runId) {
    call(
        Call.SUBSCRIBERS_MARK_LOSS,
        runId,
        () -> {
          redis.run(runId).setLoss(redis.newToken());
          return null;
        });
  }

  @Override
  public void clearLoss(RunId runId, long loss) {
    call(
        Call.SUBSCRIBERS_SEEN_TO_LOSS,
        runId,
        () -> {
          SimulatedRedis.Run run = redis.run(runId);
          if (Objects.equals(run.loss(), loss)) {
            run.deleteLoss();
          }
          return null;
        });
  }

  private static long millis(Duration duration) {
    if (duration.toMillis() < 1) {
      throw new IllegalArgumentException("a lease must hold for at least 1 ms: " + duration);
    }
    return duration.toMillis();
  }

  private static void requireSeq(long seq) {
    if (seq < 1) {
      throw new IllegalArgumentException("seq must be at least 1: " + seq);
    }
  }
}
