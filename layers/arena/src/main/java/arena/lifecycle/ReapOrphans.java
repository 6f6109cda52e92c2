package arena.lifecycle;

import arena.broker.Broker;
import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.run.Run;
import arena.run.RunId;
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
 * Deletes orphaned data in the broker: keys of runs that are not in the catalog or were already
 * freed, and cursors of closed connections. Starts from the broker's keys, whereas {@link ReapRuns}
 * starts from the catalog. A run is in the catalog before it has keys, so a key without a row is
 * orphaned. Safe to run concurrently.
 */
public final class ReapOrphans {
  private static final Logger LOG = LoggerFactory.getLogger(ReapOrphans.class);

  /** Maximum number of pages, of a thousand keys each, per run of the reaper. */
  private static final int MAX_PAGES = 2_000;

  private static final int MAX_HELD = 10_000;

  private final Catalog catalog;
  private final Broker broker;
  private final Subscribers subscribers;
  private final Connections connections;
  private final Duration grace;
  private final InstantSource clock;

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
   * Checks every run that has keys. A failure for one does not affect the others.
   *
   * @param deadline no further run is checked after this time
   */
  public ReapReport reap(Instant deadline) {
    Set<RunId> held = catalog.held(MAX_HELD).stream().map(Run::runId).collect(Collectors.toSet());
    Set<RunId> checked = new HashSet<>(); // a run's keys may be on several pages
    List<ReapAction> reaped = new ArrayList<>();
    int failed = 0;
    Optional<String> next = Optional.empty();
    for (int pages = 0; pages < MAX_PAGES; pages++) {
      Broker.Page page = broker.runs(next);
      for (RunId runId : page.runIds()) {
        if (!checked.add(runId)) {
          continue;
        }
        if (!clock.instant().isBefore(deadline)) {
          LOG.warn("reaper deadline reached; remaining broker keys not checked");
          return new ReapReport(List.copyOf(reaped), failed);
        }
        try {
          reap(runId, held.contains(runId), reaped);
        } catch (RuntimeException e) {
          LOG.atError().addKeyValue("run_id", runId).setCause(e).log("failed to reap broker keys");
          failed++;
        }
      }
      next = page.next();
      if (next.isEmpty()) {
        return new ReapReport(List.copyOf(reaped), failed);
      }
    }
    LOG.atWarn().addKeyValue("limit", MAX_PAGES).log("reaper reached its limit of key pages");
    return new ReapReport(List.copyOf(reaped), failed);
  }

  private void reap(RunId runId, boolean held, List<ReapAction> reaped) {
    if (!held) {
      Optional<Run> run = catalog.find(runId); // it may have been created since
      if (run.isEmpty()) {
        record(dropStray(runId), reaped);
        return;
      }
      if (isPastGrace(run.get()) && broker.drop(runId)) {
        record(
            ReapAction.ofRun(ReapAction.Kind.FREED, runId, "buffer exists after it was freed"),
            reaped);
      }
    }
    Map<ConnectionId, Long> cursors = subscribers.cursors(runId);
    if (!cursors.isEmpty()) {
      Set<ConnectionId> gone = new HashSet<>(cursors.keySet());
      gone.removeAll(connections.existing(cursors.keySet()));
      for (ConnectionId connectionId : gone) {
        if (subscribers.remove(runId, connectionId)) {
          String reason = "connection does not exist";
          record(
              ReapAction.ofReader(ReapAction.Kind.READER_FORGOTTEN, runId, connectionId, reason),
              reaped);
        }
      }
    }
  }

  private static void record(ReapAction one, List<ReapAction> reaped) {
    one.log(LOG);
    reaped.add(one);
  }

  private boolean isPastGrace(Run run) {
    return run.archived()
        && run.endedAt().filter(at -> !at.plus(grace).isAfter(clock.instant())).isPresent();
  }

  private ReapAction dropStray(RunId runId) {
    for (ConnectionId connectionId : subscribers.cursors(runId).keySet()) {
      subscribers.remove(runId, connectionId);
      connections.unsubscribe(runId, connectionId);
    }
    broker.drop(runId);
    return ReapAction.ofRun(ReapAction.Kind.STRAY_DROPPED, runId, "run is not in the catalog");
  }
}
