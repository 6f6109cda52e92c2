package arena.simulation.people;

import arena.run.ForkRequest;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunRequest;
import arena.simulation.cloud.Outcome;
import arena.simulation.faults.Event;
import arena.simulation.faults.Weather;
import arena.simulation.scheduler.Scheduler;
import arena.world.Scenario;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** Starts a run, and perhaps forks it; asks again with the same id when there is no answer. */
public final class Player implements Runnable {
  private static final long SECOND = 1_000_000;
  private static final int ATTEMPTS = 6;
  private static final int MOST_TURNS = 5;

  private final Scheduler scheduler;
  private final Api api;
  private final Weather weather;
  private final Random random;
  private final Supplier<String> ids;
  private final Consumer<String> began;
  private final int forks;

  /**
   * Plays over these.
   *
   * @param ids gives new runs their ids
   * @param began told of every run that there is
   * @param forks how many forks it makes
   */
  public Player(
      Scheduler scheduler,
      Api api,
      Weather weather,
      Random random,
      Supplier<String> ids,
      Consumer<String> began,
      int forks) {
    this.scheduler = scheduler;
    this.api = api;
    this.weather = weather;
    this.random = random;
    this.ids = ids;
    this.began = began;
    this.forks = forks;
  }

  @Override
  public void run() {
    scheduler.sleep(random.nextLong(60 * SECOND));
    List<Scenario> scenarios = List.of(Scenario.values());
    Scenario scenario = scenarios.get(random.nextInt(scenarios.size()));
    RunRequest request =
        new RunRequest(scenario, Profile.DEFAULT, random.nextInt(MOST_TURNS + 1), "a run");
    Optional<Run> parent = ask(id -> api.create(request, id));
    for (int i = 0; i < forks && parent.isPresent(); i++) {
      scheduler.sleep(random.nextLong(120 * SECOND));
      Run run = parent.get();
      ForkRequest fork =
          new ForkRequest(
              run.runId(),
              run.t0() + random.nextInt(run.nTurns() + 1),
              random.nextBoolean() ? richer() : Mutation.NONE,
              random.nextInt(MOST_TURNS + 1),
              "to see",
              Optional.empty());
      parent = ask(id -> api.fork(fork, id)).or(() -> Optional.of(run));
    }
  }

  private static Mutation richer() {
    return new Mutation(
        Optional.of(1_500.0),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty());
  }

  private Optional<Run> ask(Function<String, Outcome> call) {
    String id = ids.get();
    Optional<Run> run = Optional.empty();
    for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
      switch (call.apply(id)) {
        case Outcome.Answer(Run answer) -> {
          if (run.isEmpty()) {
            began.accept(answer.runId());
          }
          run = Optional.of(answer);
          if (!weather.has(Event.CREATE_AGAIN, 5)) {
            return run;
          }
        }
        case Outcome.Failure(String error, String _) when error.endsWith("NotStarted") ->
            id = ids.get();
        case Outcome.Failure(String error, String _) when error.endsWith("NoSuchTurn") ->
            scheduler.sleep(random.nextLong(20 * SECOND));
        default -> scheduler.sleep(random.nextLong(5 * SECOND));
      }
    }
    return run;
  }
}
