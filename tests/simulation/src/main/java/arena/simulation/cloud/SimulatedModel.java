package arena.simulation.cloud;

import arena.agent.Agent;
import arena.agent.AgentResolver;
import arena.agent.Decision;
import arena.agent.ModelException;
import arena.agent.ModelMalformed;
import arena.agent.ModelOverloaded;
import arena.agent.ModelRefused;
import arena.agent.ModelThrottled;
import arena.agent.ModelTimedOut;
import arena.agent.ModelUnreachable;
import arena.agent.ScriptedAgent;
import arena.run.Profile;
import arena.simulation.faults.Event;
import arena.simulation.faults.FaultInjector;
import arena.simulation.faults.FaultyNetwork;
import arena.simulation.stores.Call;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A model whose answers are unique, so that two answers to one turn can be distinguished. */
public final class SimulatedModel implements AgentResolver {
  /** Suffix of the models that refuse some of their calls without a fault. */
  public static final String UNRELIABLE = ":unreliable";

  /** One of this many calls of an unreliable model is refused. */
  private static final int REFUSAL_ODDS = 5;

  private static final int MAX_ACTIONS = 5;
  private static final int MAX_WAIT_SECONDS = 300;

  private final FaultyNetwork network;
  private final FaultInjector faults;
  private final Random random;
  private final Runnable onCall;
  private int answers;

  /**
   * Creates a model behind {@code network}.
   *
   * @param onCall runs at every call that arrives
   */
  public SimulatedModel(
      FaultyNetwork network, FaultInjector faults, Random random, Runnable onCall) {
    this.network = network;
    this.faults = faults;
    this.random = random;
    this.onCall = onCall;
  }

  @Override
  public Agent forProfile(Profile profile) {
    ScriptedAgent script = new ScriptedAgent(profile.promptVariant());
    return (world, summary) ->
        network.call(
            Call.MODEL_DECIDE,
            summary,
            () -> {
              onCall.run();
              if (profile.model().endsWith(UNRELIABLE) && random.nextInt(REFUSAL_ODDS) == 0) {
                throw new ModelRefused("refused", null);
              }
              Optional<ModelException> failure = failure();
              if (failure.isPresent()) {
                throw failure.get();
              }
              List<arena.event.RawJson> actions = script.decide(world, summary).actions();
              return new Decision(
                  actions.subList(0, Math.min(actions.size(), random.nextInt(MAX_ACTIONS))),
                  "answer " + ++answers,
                  random.nextInt(100) / 1_000.0);
            },
            message -> new ModelTimedOut(message, null));
  }

  private ModelException asksToWait(Duration delay) {
    return random.nextBoolean()
        ? new ModelThrottled("throttled", null, delay)
        : new ModelOverloaded("overloaded", null, delay);
  }

  private Optional<ModelException> failure() {
    if (faults.occurs(Event.MODEL_THROTTLED, 4)) {
      return Optional.of(new ModelThrottled("throttled", null));
    }
    if (faults.occurs(Event.MODEL_OVERLOADED, 2)) {
      return Optional.of(new ModelOverloaded("overloaded", null));
    }
    if (faults.occurs(Event.MODEL_ASKS_TO_WAIT, 3)) {
      return Optional.of(asksToWait(Duration.ofSeconds(random.nextLong(11, MAX_WAIT_SECONDS))));
    }
    if (faults.occurs(Event.MODEL_TIMED_OUT, 2)) {
      return Optional.of(new ModelTimedOut("timed out", null));
    }
    if (faults.occurs(Event.MODEL_UNREACHABLE, 2)) {
      return Optional.of(new ModelUnreachable("unreachable", null));
    }
    if (faults.occurs(Event.MODEL_MALFORMED, 2)) {
      return Optional.of(new ModelMalformed("malformed", null));
    }
    return faults.occurs(Event.MODEL_REFUSED, 0.3)
        ? Optional.of(new ModelRefused("refused", null))
        : Optional.empty();
  }
}
