package arena.lifecycle;

import arena.agent.Prompts;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunRequest;
import java.time.InstantSource;
import java.util.List;

/** Creates a run from a scenario. */
public final class CreateRun {
  private final StartRun startRun;
  private final InstantSource clock;

  public CreateRun(StartRun startRun, InstantSource clock) {
    this.startRun = startRun;
    this.clock = clock;
  }

  /**
   * Creates a run and starts its replay. Idempotent per {@code runId}.
   *
   * @throws ReplayNotStarted if an earlier attempt failed the run
   */
  public Run create(RunRequest request, RunId runId) {
    return startRun.start(requested(request, runId), List.of(), request.scenario().start());
  }

  /** Creates a run without starting its replay; see {@link StartRun#prepare}. */
  public StartRun.Prepared prepare(RunRequest request, RunId runId) {
    return startRun.prepare(requested(request, runId), List.of(), request.scenario().start());
  }

  private Run requested(RunRequest request, RunId runId) {
    return Run.requested(
        runId,
        request.label(),
        request.profile(),
        Prompts.of(request.profile()).orElse(null),
        request.scenario().label(),
        request.nTurns(),
        clock.instant());
  }
}
