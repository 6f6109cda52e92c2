package arena.simulation.stores;

import arena.event.Event;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Copies of rows with some fields changed. */
final class Rows {
  private Rows() {}

  /** Returns the row after the run's next events. */
  static Run advanced(Run run, List<Event> events) {
    Event last = events.getLast();
    return new Run(
        run.runId(),
        run.label(),
        run.status(),
        run.profile(),
        run.prompt(),
        run.scenario(),
        run.t0(),
        run.nTurns(),
        run.origin(),
        last.seq(),
        last.t(),
        run.createdAt(),
        run.firstTs().or(() -> Optional.of(events.getFirst().ts())),
        Optional.of(last.ts()),
        run.endedAt(),
        run.dbPath(),
        run.failure(),
        run.summary());
  }

  /** Returns the row as failed. */
  static Run failed(Run run, Failure failure, Instant at) {
    return ended(
        run, RunStatus.FAILED, Optional.of(at), run.dbPath(), Optional.of(failure), run.summary());
  }

  /** Returns the row as archived; a running run becomes complete. */
  static Run archived(Run run, String dbPath, Run.Summary summary, Instant at) {
    boolean running = run.status() == RunStatus.RUNNING;
    return ended(
        run,
        running ? RunStatus.COMPLETE : run.status(),
        running ? Optional.of(at) : run.endedAt(),
        dbPath,
        run.failure(),
        Optional.of(summary));
  }

  private static Run ended(
      Run run,
      RunStatus status,
      Optional<Instant> endedAt,
      String dbPath,
      Optional<Failure> failure,
      Optional<Run.Summary> summary) {
    return new Run(
        run.runId(),
        run.label(),
        status,
        run.profile(),
        run.prompt(),
        run.scenario(),
        run.t0(),
        run.nTurns(),
        run.origin(),
        run.nEvents(),
        run.lastT(),
        run.createdAt(),
        run.firstTs(),
        run.lastTs(),
        endedAt,
        dbPath,
        failure,
        summary);
  }
}
