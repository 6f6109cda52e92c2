package arena.agent;

import arena.codec.ActionCodec;
import arena.event.RawJson;
import arena.run.Profile;
import arena.run.PromptVariant;
import arena.world.Action;
import arena.world.Age;
import arena.world.Building;
import arena.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A deterministic agent without a model: equal states give equal decisions. Its {@link Strategy}
 * follows from the profile.
 */
public final class ScriptedAgent implements Agent {
  /**
   * Maximum number of villagers queued in one turn, so that a rich town also does other actions.
   */
  static final int MAX_VILLAGERS_A_TURN = 5;

  /** A house is needed when at most this much population capacity is free. */
  private static final int MIN_FREE_CAPACITY = 2;

  private final Strategy strategy;

  public ScriptedAgent(Strategy strategy) {
    this.strategy = Objects.requireNonNull(strategy);
  }

  /** Creates the agent of the model {@code scripted}. */
  public ScriptedAgent(PromptVariant variant) {
    this(Strategy.of(variant));
  }

  /** How the scripted agent plays. */
  public enum Strategy {
    /**
     * {@code scripted} with the prompt variant {@code strategy}: takes the shortest path to the
     * Feudal Age, then trains villagers.
     */
    FEUDAL,
    /**
     * {@code scripted} with the prompt variant {@code bare}: follows the rules without a plan. It
     * spends its food on villagers, so it never saves enough for an age-up.
     */
    BARE,
    /** {@code scripted:boom}: spends all food on villagers, and wood on houses only. */
    BOOM,
    /**
     * {@code scripted:rush}: takes the path to the Feudal Age without a house, and saves from then
     * on.
     */
    RUSH,
    /** {@code scripted:idle}: does nothing. */
    IDLE;

    /**
     * Returns the strategy of a profile. Only that of {@code scripted} depends on the prompt
     * variant.
     */
    static Strategy of(Profile profile) {
      return switch (profile.model()) {
        case Profile.SCRIPTED -> of(profile.promptVariant());
        case "scripted:boom" -> BOOM;
        case "scripted:rush" -> RUSH;
        case "scripted:idle" -> IDLE;
        default -> throw new IllegalArgumentException("not a scripted model: " + profile.model());
      };
    }

    private static Strategy of(PromptVariant variant) {
      return switch (variant) {
        case STRATEGY -> FEUDAL;
        case BARE -> BARE;
      };
    }
  }

  @Override
  public Decision decide(World world, String stateSummary) {
    Plan plan = new Plan(world);
    String reasoning =
        switch (strategy) {
          case BARE -> bare(plan);
          case FEUDAL -> feudal(plan);
          case BOOM -> boom(plan);
          case RUSH -> rush(plan);
          case IDLE -> "Waiting.";
        };
    return new Decision(plan.actions, reasoning, 0);
  }

  private static String bare(Plan plan) {
    boolean looksReady =
        plan.world.age() == Age.DARK
            && plan.world.ageUpTicksRemaining() == 0
            && plan.world.population() >= World.FEUDAL_POPULATION
            && plan.has(Building.MILL)
            && plan.has(Building.LUMBER_CAMP);
    if (looksReady) {
      plan.add(new Action.AgeUp());
    }
    plan.train(1);
    if (plan.needsHouse()) {
      plan.addIfEffective(new Action.Build(Building.HOUSE));
    } else if (!plan.has(Building.MILL)) {
      plan.addIfEffective(new Action.Build(Building.MILL));
    } else if (!plan.has(Building.LUMBER_CAMP)) {
      plan.addIfEffective(new Action.Build(Building.LUMBER_CAMP));
    } else {
      plan.addIfEffective(new Action.Build(Building.FARM));
    }
    return "More villagers, and a building where there is wood for it.";
  }

  private static String boom(Plan plan) {
    plan.train(MAX_VILLAGERS_A_TURN);
    if (plan.needsHouse()) {
      plan.addIfEffective(new Action.Build(Building.HOUSE));
    }
    return "All food goes into villagers.";
  }

  private static String rush(Plan plan) {
    if (plan.world.age() != Age.DARK || plan.world.ageUpTicksRemaining() > 0) {
      return "Saving: the age is all that counts.";
    }
    return toFeudalAge(plan, false);
  }

  private static String feudal(Plan plan) {
    if (plan.world.age() != Age.DARK || plan.world.ageUpTicksRemaining() > 0) {
      plan.train(MAX_VILLAGERS_A_TURN);
      if (plan.needsHouse()) {
        plan.addIfEffective(new Action.Build(Building.HOUSE));
      }
      return plan.world.age() == Age.DARK
          ? "The Feudal Age is on its way: all food goes into villagers."
          : "The age is reached: all food goes into villagers.";
    }
    return toFeudalAge(plan, true);
  }

  private static String toFeudalAge(Plan plan, boolean houses) {
    boolean savingWood = false;
    for (Building required : List.of(Building.MILL, Building.LUMBER_CAMP)) {
      if (!plan.has(required)) {
        savingWood |= !plan.addIfEffective(new Action.Build(required));
      }
    }
    int missing =
        World.FEUDAL_POPULATION - plan.world.population() - plan.world.villagerQueue().size();
    missing -= plan.train(Math.min(missing, MAX_VILLAGERS_A_TURN));
    if (houses && !savingWood && plan.needsHouse()) {
      plan.addIfEffective(new Action.Build(Building.HOUSE));
    }
    if (plan.addIfEffective(new Action.AgeUp())) {
      return "Everything is there: up to the Feudal Age.";
    }
    if (missing > 0) {
      return "The Feudal Age asks for %s villagers: training those first."
          .formatted(World.FEUDAL_POPULATION);
    }
    return savingWood
        ? "Saving wood for the mill and the lumber camp."
        : "Saving food for the Feudal Age.";
  }

  /** The actions planned so far and the state they lead to. */
  private static final class Plan {
    private final List<RawJson> actions = new ArrayList<>();
    private World world;

    private Plan(World world) {
      this.world = world;
    }

    /** Adds the action if it changes the state; returns whether it did. */
    private boolean addIfEffective(Action action) {
      World.Step step = world.apply(action);
      if (step.changed()) {
        world = step.world();
        actions.add(ActionCodec.write(action));
      }
      return step.changed();
    }

    /** Adds the action even if it has no effect. */
    private void add(Action action) {
      world = world.apply(action).world();
      actions.add(ActionCodec.write(action));
    }

    /** Queues up to {@code max} villagers; returns how many. */
    private int train(int max) {
      int queued = 0;
      while (queued < max && addIfEffective(new Action.QueueVillager())) {
        queued++;
      }
      return queued;
    }

    private boolean has(Building building) {
      return world.buildings().contains(building.label());
    }

    private boolean needsHouse() {
      return world.population() + world.villagerQueue().size()
          >= world.popCap() - MIN_FREE_CAPACITY;
    }
  }
}
