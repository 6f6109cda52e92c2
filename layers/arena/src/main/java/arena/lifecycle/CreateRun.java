package arena.lifecycle;

import arena.agent.Prompts;
import arena.run.Run;
import arena.run.RunRequest;
import java.time.InstantSource;
import java.util.List;

/** Starts a run from a scenario. */
public final class CreateRun {
  private final StartRun begin;
  private final InstantSource clock;

  /** Starts runs with these. */
  public CreateRun(StartRun begin, InstantSource clock) {
    this.begin = begin;
    this.clock = clock;
  }

  /**
   * Starts the run that is asked for; it plays in the background.
   *
   * @param runId its id; coming again with the same one goes on with the same run
   * @throws ReplayNotStarted if the run was given up before
   */
  public Run create(RunRequest request, String runId) {
    Run run =
        Run.begun(
            runId,
            request.label(),
            request.profile(),
            Prompts.of(request.profile()),
            request.scenario().label(),
            request.nTurns(),
            clock.instant());
    return begin.begin(run, List.of(), request.scenario().start());
  }
}
