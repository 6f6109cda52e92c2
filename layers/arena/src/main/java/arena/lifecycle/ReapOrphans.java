package arena.lifecycle;

import arena.broker.Broker;
import arena.broker.ConnectionId;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.run.Run;
import arena.run.RunId;
import arena.stream.Connections;
import arena.stream.ParallelWork;
import arena.stream.TaskRunner;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
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

  /** Maximum number of runs that are checked at a time. */
  private static final int MAX_CONCURRENT = 8;

  private final Catalog catalog;
  private final Broker broker;
  private final Subscribers subscribers;
  private final Connections connections;
  private final Duration grace;
  private final InstantSource clock;
  private final TaskRunner tasks;

  public ReapOrphans(
      Catalog catalog,
      Broker broker,
      Subscribers subscribers,
      Connections connections,
      Duration grace,
      InstantSource clock,
      TaskRunner tasks) {
    this.catalog = catalog;
    this.broker = broker;
    this.subscribers = subscribers;
    this.connections = connections;
    this.grace = grace;
    this.clock = clock;
    this.tasks = tasks;
  }

  /**
   * Checks every run that has keys. A failure for one does not affect the others.
   *
   * @param held the runs that the broker may hold
   * @param deadline no further run is checked after this time
   */
  public ReapReport reap(List<Run> held, Instant deadline) {
    Set<RunId> heldIds = held.stream().map(Run::runId).collect(Collectors.toSet());
    Set<RunId> checked = new HashSet<>(); // a run's keys may be on several pages
    ReapLog log = new ReapLog(LOG);
    Optional<String> next = Optional.empty();
    int pages = 0;
    try {
      do {
        if (pages++ == MAX_PAGES) {
          LOG.atWarn().addKeyValue("limit", MAX_PAGES).log("reaper reached its limit of key pages");
          break;
        }
        Broker.Page page = broker.runs(next);
        List<RunId> runIds = page.runIds().stream().filter(checked::add).toList();
        if (!check(runIds, heldIds, deadline, log)) {
          LOG.warn("reaper deadline reached; remaining broker keys not checked");
          break;
        }
        next = page.next();
      } while (next.isPresent());
    } catch (RuntimeException e) {
      log.failed("failed to list broker keys", "pages", pages, e);
    }
    return log.report();
  }

  /** Returns false if the deadline was reached. */
  private boolean check(List<RunId> runIds, Set<RunId> held, Instant deadline, ReapLog log) {
    if (runIds.isEmpty()) {
      return true;
    }
    Map<RunId, Broker.Presence> presence = broker.presence(runIds);
    // nothing to check of a run that is held and has no readers
    List<RunId> candidates =
        runIds.stream()
            .filter(runId -> !held.contains(runId) || presence(presence, runId).readers())
            .toList();
    int remaining =
        ParallelWork.forEach(
            tasks,
            MAX_CONCURRENT,
            candidates,
            () -> clock.instant().isBefore(deadline),
            runId -> {
              try {
                reap(runId, held.contains(runId), presence(presence, runId), log);
              } catch (RuntimeException e) {
                log.failed("failed to reap broker keys", "run_id", runId, e);
              }
            });
    return remaining == 0;
  }

  private static Broker.Presence presence(Map<RunId, Broker.Presence> presence, RunId runId) {
    return presence.getOrDefault(runId, Broker.Presence.NONE);
  }

  private void reap(RunId runId, boolean held, Broker.Presence keys, ReapLog log) {
    if (!held) {
      Optional<Run> run = catalog.find(runId); // it may have been created since
      if (run.isEmpty()) {
        log.done(dropStray(runId));
        return;
      }
      if (isPastGrace(run.get()) && broker.drop(runId)) {
        log.done(
            ReapAction.ofRun(ReapAction.Kind.FREED, runId, "buffer exists after it was freed"));
      }
    }
    if (!keys.readers()) {
      return;
    }
    Map<ConnectionId, Long> cursors = subscribers.cursors(runId);
    Set<ConnectionId> gone = new HashSet<>(cursors.keySet());
    gone.removeAll(connections.existing(cursors.keySet()));
    for (ConnectionId connectionId : gone) {
      if (subscribers.remove(runId, connectionId)) {
        String reason = "connection does not exist";
        log.done(
            ReapAction.ofReader(ReapAction.Kind.READER_FORGOTTEN, runId, connectionId, reason));
      }
    }
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
