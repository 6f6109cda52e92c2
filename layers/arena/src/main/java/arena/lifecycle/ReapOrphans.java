package arena.lifecycle;

import arena.broker.Broker;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.run.Run;
import arena.stream.Connections;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at what the broker has, where {@link ReapRuns} looks at what it should have: frees it of
 * keys that belong to no run, or to one that was freed before, and of the cursors of connections
 * that are gone. A run is in the catalog before it has a key here, and stays there, so a key of a
 * run that the catalog does not know is nobody's. It may run twice at once.
 */
public final class ReapOrphans {
  private static final Logger LOG = LoggerFactory.getLogger(ReapOrphans.class);

  /** Most pages of the broker's keys, a thousand keys each, that one reaping looks at. */
  private static final int MAX_PAGES = 2_000;

  private static final int MAX_HELD = 10_000;

  private final Catalog catalog;
  private final Broker broker;
  private final Subscribers subscribers;
  private final Connections connections;
  private final Duration grace;
  private final InstantSource clock;

  /** Reaps in these, after this grace. */
  public ReapOrphans(
      Catalog catalog,
      Broker broker,
      Subscribers subscribers,
      Connections connections,
      Duration grace,
      InstantSource clock) {
    this.catalog = catalog;
    this.broker = broker;
    this.subscribers = subscribers;
    this.connections = connections;
    this.grace = grace;
    this.clock = clock;
  }

  /**
   * Looks at every run that has keys. One that cannot be seen to is no reason to leave the others.
   *
   * @param deadline after which no further run is begun
   */
  public ReapReport reap(Instant deadline) {
    Set<String> held = catalog.held(MAX_HELD).stream().map(Run::runId).collect(Collectors.toSet());
    Set<String> looked = new HashSet<>(); // a run has several keys, and may be on many pages
    List<ReapAction> reaped = new ArrayList<>();
    int failed = 0;
    Optional<String> next = Optional.empty();
    for (int pages = 0; pages < MAX_PAGES; pages++) {
      Broker.Page page = broker.runs(next);
      for (String runId : page.runIds()) {
        if (!looked.add(runId)) {
          continue;
        }
        if (!clock.instant().isBefore(deadline)) {
          LOG.warn("time is over; the broker's other runs are left to the next reaping");
          return new ReapReport(List.copyOf(reaped), failed);
        }
        try {
          reap(runId, held.contains(runId), reaped);
        } catch (RuntimeException e) {
          LOG.atError().addKeyValue("run_id", runId).setCause(e).log("keys were not reaped");
          failed++;
        }
      }
      next = page.next();
      if (next.isEmpty()) {
        return new ReapReport(List.copyOf(reaped), failed);
      }
    }
    LOG.warn("the broker has more than {} pages of keys; the others were not looked at", MAX_PAGES);
    return new ReapReport(List.copyOf(reaped), failed);
  }

  private void reap(String runId, boolean held, List<ReapAction> reaped) {
    if (!held) {
      Optional<Run> run = catalog.find(runId); // it may have begun since
      if (run.isEmpty()) {
        note(dropStray(runId), reaped);
        return;
      }
      if (isOver(run.get()) && isBuffered(runId)) {
        broker.close(runId);
        broker.drop(runId);
        note(
            ReapAction.ofRun(
                ReapAction.Kind.FREED, runId, "its buffer came back after it was freed"),
            reaped);
      }
    }
    Map<String, Long> cursors = subscribers.cursors(runId);
    if (!cursors.isEmpty()) {
      Set<String> gone = new HashSet<>(cursors.keySet());
      gone.removeAll(connections.kept(cursors.keySet()));
      for (String connectionId : gone) {
        if (subscribers.remove(runId, connectionId)) {
          String why = "its connection is gone";
          note(
              ReapAction.ofReader(ReapAction.Kind.READER_FORGOTTEN, runId, connectionId, why),
              reaped);
        }
      }
    }
  }

  private static void note(ReapAction one, List<ReapAction> reaped) {
    one.log(LOG);
    reaped.add(one);
  }

  private boolean isOver(Run run) {
    return run.archived()
        && run.endedAt().filter(at -> !at.plus(grace).isAfter(clock.instant())).isPresent();
  }

  private boolean isBuffered(String runId) {
    Broker.Buffer buffer = broker.buffer(runId);
    return buffer.open() || buffer.lastSeq() > 0;
  }

  private ReapAction dropStray(String runId) {
    for (String connectionId : subscribers.cursors(runId).keySet()) {
      subscribers.remove(runId, connectionId);
      connections.unsubscribed(connectionId, runId);
    }
    broker.close(runId);
    broker.drop(runId);
    return ReapAction.ofRun(ReapAction.Kind.STRAY_DROPPED, runId, "the catalog has no such run");
  }
}
