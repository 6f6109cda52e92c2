package arena.lifecycle;

import arena.run.Run;
import arena.run.RunRequest;
import arena.run.RunStatus;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Starts a run from a scenario. */
public final class CreateRun {
  private final BeginRun begin;
  private final InstantSource clock;
  private final Supplier<String> ids;

  /** Starts runs with these. */
  public CreateRun(BeginRun begin, InstantSource clock, Supplier<String> ids) {
    this.begin = begin;
    this.clock = clock;
    this.ids = ids;
  }

  /** Starts the run that is asked for; it plays in the background. */
  public Run create(RunRequest request) {
    Run run =
        new Run(
            ids.get(),
            request.label(),
            RunStatus.RUNNING,
            request.profile(),
            request.scenario().label(),
            0,
            request.nTurns(),
            Optional.empty(),
            0,
            0,
            clock.instant(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            "",
            Optional.empty(),
            Optional.empty());
    begin.begin(run, List.of(), request.scenario().start());
    return run;
  }
}
