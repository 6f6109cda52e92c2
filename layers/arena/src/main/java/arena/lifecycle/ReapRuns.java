package arena.lifecycle;

import arena.broker.Broker;
import arena.catalog.Catalog;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Frees the broker's memory: of runs that ended and are archived, once the grace is over, and of
 * running ones that went silent for the grace, which it fails first. It is the only thing that
 * drops a buffer, and it may run twice at once.
 */
public final class ReapRuns {
  /** Most runs that one reaping looks at; the next one takes the rest. */
  private static final int MAX_RUNS = 1_000;

  private final Catalog catalog;
  private final Broker broker;
  private final Replays replays;
  private final Finalizer finalizer;
  private final Duration grace;
  private final InstantSource clock;

  /** Reaps in these, after this grace. */
  public ReapRuns(
      Catalog catalog,
      Broker broker,
      Replays replays,
      Finalizer finalizer,
      Duration grace,
      InstantSource clock) {
    this.catalog = catalog;
    this.broker = broker;
    this.replays = replays;
    this.finalizer = finalizer;
    this.grace = grace;
    this.clock = clock;
  }

  /**
   * What was done to one run.
   *
   * @param action {@code freed}, {@code abandoned} or {@code finalizing}
   */
  public record Reaped(String runId, String action, String why) {}

  /** Looks at every run that the broker may hold; what it did, and why. */
  public List<Reaped> reap() {
    Instant now = clock.instant();
    List<Reaped> reaped = new ArrayList<>();
    for (Run run : catalog.held(MAX_RUNS)) {
      Instant since = run.endedAt().or(run::lastTs).orElse(run.createdAt());
      if (since.plus(grace).isAfter(now)) {
        continue;
      }
      if (run.status() == RunStatus.RUNNING) {
        abandon(run, since, now).ifPresent(reaped::add);
      } else if (run.archived()) {
        broker.close(run.runId());
        broker.drop(run.runId());
        catalog.released(run.runId());
        reaped.add(new Reaped(run.runId(), "freed", run.status().label() + " since " + since));
      } else {
        finalizer.finalizeFailed(
            run.runId(), run.failure().orElse(new Failure("Unarchived", "it was not archived")));
        reaped.add(new Reaped(run.runId(), "finalizing", "ended but not archived since " + since));
      }
    }
    return reaped;
  }

  private Optional<Reaped> abandon(Run run, Instant since, Instant now) {
    Failure failure =
        new Failure(
            "Abandoned", "no progress since %s, for longer than %s".formatted(since, grace));
    // The fence first: from here on a turn that wakes up late cannot write.
    if (!catalog.fail(run.runId(), failure, now)) {
      return Optional.empty();
    }
    replays.stop(run.runId(), failure.message());
    finalizer.finalizeFailed(run.runId(), failure);
    return Optional.of(new Reaped(run.runId(), "abandoned", failure.message()));
  }
}
