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
import java.util.List;
import java.util.Optional;
import java.util.Random;

/** A model that never answers the same twice, so that two answers to one turn are told apart. */
public final class SimulatedModel implements AgentResolver {
  private static final int MOST_ACTIONS = 5;

  private final FaultyNetwork wire;
  private final FaultInjector weather;
  private final Random random;
  private final Runnable asked;
  private int answers;

  /**
   * Answers over this wire.
   *
   * @param asked told of every question that arrives
   */
  public SimulatedModel(FaultyNetwork wire, FaultInjector weather, Random random, Runnable asked) {
    this.wire = wire;
    this.weather = weather;
    this.random = random;
    this.asked = asked;
  }

  @Override
  public Agent forProfile(Profile profile) {
    ScriptedAgent script = new ScriptedAgent(profile.promptVariant());
    return (world, summary) ->
        wire.call(
            Call.MODEL_DECIDE,
            summary,
            () -> {
              asked.run();
              Optional<ModelException> trouble = trouble();
              if (trouble.isPresent()) {
                throw trouble.get();
              }
              List<arena.event.RawJson> actions = script.decide(world, summary).actions();
              return new Decision(
                  actions.subList(0, Math.min(actions.size(), random.nextInt(MOST_ACTIONS))),
                  "answer " + ++answers,
                  random.nextInt(100) / 1_000.0);
            },
            message -> new ModelTimedOut(message, null));
  }

  private Optional<ModelException> trouble() {
    if (weather.has(Event.MODEL_THROTTLED, 4)) {
      return Optional.of(new ModelThrottled("throttled", null));
    }
    if (weather.has(Event.MODEL_OVERLOADED, 2)) {
      return Optional.of(new ModelOverloaded("overloaded", null));
    }
    if (weather.has(Event.MODEL_TIMED_OUT, 2)) {
      return Optional.of(new ModelTimedOut("timed out", null));
    }
    if (weather.has(Event.MODEL_UNREACHABLE, 2)) {
      return Optional.of(new ModelUnreachable("unreachable", null));
    }
    if (weather.has(Event.MODEL_MALFORMED, 2)) {
      return Optional.of(new ModelMalformed("malformed", null));
    }
    return weather.has(Event.MODEL_REFUSED, 0.3)
        ? Optional.of(new ModelRefused("refused", null))
        : Optional.empty();
  }
}
