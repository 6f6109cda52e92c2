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

/** Many viewers of one run at once, each over a connection of its own. */
public final class ViewerCrowd implements AutoCloseable {
  /** Connections that are opened at once. */
  private static final int OPENING = 32;

  private static final Duration CATCH_UP = Duration.ofSeconds(2);

  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpClient client;
  private final URI address;
  private Instant allThere = Instant.MIN;
  private final List<CrowdViewer> viewers = Collections.synchronizedList(new ArrayList<>());

  /** How a viewer takes what it is sent. */
  public enum Habit {
    /** As it comes. */
    QUICK,
    /** After its first message nothing, until it is {@linkplain #release released}. */
    SLOW,
    /** It leaves every few messages, and comes back for the rest. */
    FLAPPING
  }

  /**
   * How it went.
   *
   * @param complete how many viewers had every event once, in order and to the byte, and were told
   *     the end
   * @param faults what befell the others, and how many of them
   * @param reconnections how often a viewer had to come back, or did by its own will
   * @param arrivals one for each message to those who are quick, of the messages since all were
   *     there
   */
  public record Outcome(
      int complete, Map<String, Integer> faults, int reconnections, List<Arrival> arrivals) {
    /** How long the oldest event of each of those messages was on its way, in milliseconds. */
    public List<Double> millis() {
      return arrivals.stream()
          .map(arrival -> Duration.between(arrival.ts(), arrival.at()).toNanos() / 1e6)
          .toList();
    }
  }

  /**
   * A message of events.
   *
   * @param ts of the oldest of them
   * @param at when the viewer had it
   */
  public record Arrival(Instant ts, Instant at) {}

  /**
   * Nobody yet, at this WebSocket API.
   *
   * @param client whom they connect by; it stays open
   */
  public ViewerCrowd(HttpClient client, URI address) {
    this.client = client;
    this.address = address;
  }

  /** So many viewers more, of this run, from its first event on; waits until all have asked. */
  public void join(String runId, Habit habit, int count) {
    Semaphore opening = new Semaphore(OPENING);
    for (int i = 0; i < count; i++) {
      CrowdViewer viewer = new CrowdViewer(client, address, runId, habit);
      viewers.add(viewer);
      opening.acquireUninterruptibly();
      threads.execute(
          () -> {
            try {
              viewer.come();
            } finally {
              opening.release();
            }
          });
    }
    opening.acquireUninterruptibly(OPENING);
    // The last ones have yet to catch up.
    allThere = Instant.now().plus(CATCH_UP);
  }

  /**
   * Waits until everybody has had a message of events; from now on all are there.
   *
   * @throws IllegalStateException if that takes longer than the limit
   */
  public void awaitFirst(Duration limit) {
    try {
      all(CrowdViewer::first).orTimeout(limit.toNanos(), TimeUnit.NANOSECONDS).join();
    } catch (CompletionException e) {
      throw new IllegalStateException("not everybody got a first event within " + limit, e);
    }
    allThere = Instant.now();
  }

  private CompletableFuture<Void> all(Function<CrowdViewer, CompletableFuture<?>> what) {
    return CompletableFuture.allOf(
        List.copyOf(viewers).stream().map(what).toArray(CompletableFuture[]::new));
  }

  /** From now on the slow ones take what is there. */
  public void release() {
    List.copyOf(viewers).forEach(CrowdViewer::release);
  }

  /** Waits until the run is closed for everybody, or something befell them, or the limit. */
  public void awaitClosed(Duration limit) {
    all(viewer -> viewer.closed().copy().exceptionally(_ -> 0L))
        .completeOnTimeout(null, limit.toNanos(), TimeUnit.NANOSECONDS)
        .join();
  }

  /**
   * Waits until the run is closed for everybody.
   *
   * @param events what each must have had
   * @param limit longest wait for all of them
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
          faults.merge(viewer.habit() + ": other events than the run has", 1, Integer::sum);
        }
      } catch (CompletionException e) {
        faults.merge(viewer.habit() + ": " + e.getCause(), 1, Integer::sum);
      }
      reconnections += viewer.connections() - 1;
      if (viewer.habit() == Habit.QUICK) {
        viewer.arrivals().stream()
            .filter(arrival -> arrival.ts().isAfter(allThere))
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
