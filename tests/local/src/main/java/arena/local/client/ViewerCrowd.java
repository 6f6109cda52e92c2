package arena.local.client;

import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/** Many concurrent viewers of a run, each with its own connection. */
public final class ViewerCrowd implements AutoCloseable {
  /** Connections that are opened concurrently. */
  private static final int OPENING = 32;

  private static final Duration CATCH_UP = Duration.ofSeconds(2);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client;
  private final Supplier<URI> address;
  private Instant joinedAt = Instant.MIN;
  private final List<CrowdViewer> viewers = Collections.synchronizedList(new ArrayList<>());

  /** How a viewer reads. */
  public enum Habit {
    /** Reads each message at once. */
    QUICK,
    /** Stops after its first message until it is {@linkplain #release released}. */
    SLOW,
    /** Reads a message a second until it is {@linkplain #release released}. */
    TRICKLE,
    /** Disconnects every few messages and reconnects for the rest. */
    FLAPPING
  }

  /**
   * The result.
   *
   * @param complete viewers that got every event once, in order and with the same bytes, and the
   *     end
   * @param faults the faults of the others with their number
   * @param reconnections the number of reconnections, also of flapping viewers
   * @param arrivals one for each message to quick viewers after all viewers had joined
   */
  public record Outcome(
      int complete, Map<String, Integer> faults, int reconnections, List<Arrival> arrivals) {
    /** Returns the latency of the oldest event of each message, in milliseconds. */
    public List<Double> millis() {
      return arrivals.stream()
          .map(arrival -> Duration.between(arrival.ts(), arrival.at()).toNanos() / 1e6)
          .toList();
    }
  }

  /**
   * A message of events.
   *
   * @param ts the timestamp of the oldest event
   * @param at when the viewer received it
   */
  public record Arrival(Instant ts, Instant at) {}

  /**
   * Creates a crowd without viewers.
   *
   * @param client opens the connections; it is not closed
   * @param address the WebSocket API
   */
  public ViewerCrowd(HttpClient client, URI address) {
    this(client, () -> address);
  }

  /**
   * Creates a crowd without viewers.
   *
   * @param client opens the connections; it is not closed
   * @param address the WebSocket API, for one connection each, such as {@link
   *     ArenaClient#webSocketUrl}
   */
  public ViewerCrowd(HttpClient client, Supplier<URI> address) {
    this.client = client;
    this.address = address;
  }

  /** Adds viewers of a run, from its first event on, and waits until all have subscribed. */
  public void join(String runId, Habit habit, int count) {
    Semaphore opening = new Semaphore(OPENING);
    for (int i = 0; i < count; i++) {
      CrowdViewer viewer = new CrowdViewer(client, address, runId, habit);
      viewers.add(viewer);
      opening.acquireUninterruptibly();
      threads.execute(
          () -> {
            try {
              viewer.connect();
            } finally {
              opening.release();
            }
          });
    }
    opening.acquireUninterruptibly(OPENING);
    // The last viewers still have to catch up.
    joinedAt = Instant.now().plus(CATCH_UP);
  }

  /**
   * Waits until every viewer has received an event.
   *
   * @throws IllegalStateException if that takes longer than the limit
   */
  public void awaitFirst(Duration limit) {
    try {
      all(CrowdViewer::first).orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS).join();
    } catch (CompletionException e) {
      throw new IllegalStateException("not every viewer received an event within " + limit, e);
    }
    joinedAt = Instant.now();
  }

  private CompletableFuture<Void> all(Function<CrowdViewer, CompletableFuture<?>> future) {
    return CompletableFuture.allOf(
        List.copyOf(viewers).stream().map(future).toArray(CompletableFuture[]::new));
  }

  /** Lets slow viewers read on. */
  public void release() {
    List.copyOf(viewers).forEach(CrowdViewer::release);
  }

  /** Waits until the run is closed for every viewer or the viewer failed, at most the limit. */
  public void awaitClosed(Duration limit) {
    all(viewer -> viewer.closed().copy().exceptionally(_ -> 0L))
        .completeOnTimeout(null, limit.toNanos(), TimeUnit.NANOSECONDS)
        .join();
  }

  /**
   * Waits until the run is closed for every viewer, and returns the result.
   *
   * @param events the events that each must have received
   * @param limit longest wait for all viewers
   */
  public Outcome outcome(List<Envelope> events, Duration limit) {
    CrowdViewer.Digest expected = new CrowdViewer.Digest();
    events.forEach(event -> expected.add(event.json(), 0, event.json().length()));
    long deadline = System.nanoTime() + limit.toNanos();
    int complete = 0;
    int reconnections = 0;
    Map<String, Integer> faults = new TreeMap<>();
    List<Arrival> arrivals = new ArrayList<>();
    for (CrowdViewer viewer : List.copyOf(viewers)) {
      try {
        viewer
            .closed()
            .copy()
            .orTimeout(Math.max(1, deadline - System.nanoTime()), TimeUnit.NANOSECONDS)
            .join();
        if (viewer.digest() == expected.value()) {
          complete++;
        } else {
          faults.merge(viewer.habit() + ": events differ from those of the run", 1, Integer::sum);
        }
      } catch (CompletionException e) {
        faults.merge(viewer.habit() + ": " + e.getCause(), 1, Integer::sum);
      }
      reconnections += viewer.connections() - 1;
      if (viewer.habit() == Habit.QUICK) {
        viewer.arrivals().stream()
            .filter(arrival -> arrival.ts().isAfter(joinedAt))
            .forEach(arrivals::add);
      }
    }
    return new Outcome(complete, faults, reconnections, arrivals);
  }

  @Override
  public void close() {
    List.copyOf(viewers).forEach(CrowdViewer::close);
    threads.shutdownNow();
  }
}
