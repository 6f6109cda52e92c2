package arena.agent;

import arena.codec.ActionCodec;
import arena.event.RawJson;
import arena.run.PromptVariant;
import arena.world.Action;
import arena.world.Age;
import arena.world.Building;
import arena.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Plays without a model: the same state gives the same decision, wherever and whenever it is asked.
 *
 * <p>{@code strategy} takes the shortest way to the Feudal Age. {@code bare} knows the rules but
 * has no plan: it spends what it has on villagers, and so never saves the price of an age.
 */
public final class ScriptedAgent implements Agent {
  /**
   * Most villagers that one turn queues, so that a rich town does not spend a turn on one thing.
   */
  static final int MAX_VILLAGERS_A_TURN = 5;

  /** A house is due when so few places are left. */
  private static final int PLACES_LEFT = 2;

  private final PromptVariant variant;

  /** Plays by this variant. */
  public ScriptedAgent(PromptVariant variant) {
    this.variant = Objects.requireNonNull(variant);
  }

  @Override
  public Decision decide(World world, String stateSummary) {
    Plan plan = new Plan(world);
    String reasoning =
        switch (variant) {
          case BARE -> bare(plan);
          case STRATEGY -> strategy(plan);
        };
    return new Decision(plan.actions, reasoning, 0);
  }

  private static String bare(Plan plan) {
    boolean looksReady =
        plan.world.age() == Age.DARK
            && plan.world.ageUpTicksRemaining() == 0
            && plan.world.population() >= World.FEUDAL_POPULATION
            && plan.stands(Building.MILL)
            && plan.stands(Building.LUMBER_CAMP);
    if (looksReady) {
      plan.tryOut(new Action.AgeUp());
    }
    plan.train(1);
    if (plan.houseIsDue()) {
      plan.does(new Action.Build(Building.HOUSE));
    } else if (!plan.stands(Building.MILL)) {
      plan.does(new Action.Build(Building.MILL));
    } else if (!plan.stands(Building.LUMBER_CAMP)) {
      plan.does(new Action.Build(Building.LUMBER_CAMP));
    } else {
      plan.does(new Action.Build(Building.FARM));
    }
    return "More villagers, and a building where there is wood for it.";
  }

  private static String strategy(Plan plan) {
    if (plan.world.age() != Age.DARK || plan.world.ageUpTicksRemaining() > 0) {
      plan.train(MAX_VILLAGERS_A_TURN);
      if (plan.houseIsDue()) {
        plan.does(new Action.Build(Building.HOUSE));
      }
      return plan.world.age() == Age.DARK
          ? "The Feudal Age is on its way: all food goes into villagers."
          : "The age is reached: all food goes into villagers.";
    }
    boolean wanting = false;
    for (Building required : List.of(Building.MILL, Building.LUMBER_CAMP)) {
      if (!plan.stands(required)) {
        wanting |= !plan.does(new Action.Build(required));
      }
    }
    int missing =
        World.FEUDAL_POPULATION - plan.world.population() - plan.world.villagerQueue().size();
    missing -= plan.train(Math.min(missing, MAX_VILLAGERS_A_TURN));
    if (!wanting && plan.houseIsDue()) {
      plan.does(new Action.Build(Building.HOUSE));
    }
    if (plan.does(new Action.AgeUp())) {
      return "Everything is there: up to the Feudal Age.";
    }
    if (missing > 0) {
      return "The Feudal Age asks for %s villagers: training those first."
          .formatted(World.FEUDAL_POPULATION);
    }
    return wanting
        ? "Saving wood for the mill and the lumber camp."
        : "Saving food for the Feudal Age.";
  }

  /** A turn in the making: what it does so far, and the state that this leads to. */
  private static final class Plan {
    private final List<RawJson> actions = new ArrayList<>();
    private World world;

    private Plan(World world) {
      this.world = world;
    }

    /** Adds the action if it would change something; whether it did. */
    private boolean does(Action action) {
      World.Step step = world.apply(action);
      if (step.changed()) {
        world = step.world();
        actions.add(ActionCodec.write(action));
      }
      return step.changed();
    }

    /** Adds the action, whatever comes of it. */
    private void tryOut(Action action) {
      world = world.apply(action).world();
      actions.add(ActionCodec.write(action));
    }

    /** Queues up to so many villagers; how many. */
    private int train(int most) {
      int queued = 0;
      while (queued < most && does(new Action.QueueVillager())) {
        queued++;
      }
      return queued;
    }

    private boolean stands(Building building) {
      return world.buildings().contains(building.label());
    }

    private boolean houseIsDue() {
      return world.population() + world.villagerQueue().size() >= world.popCap() - PLACES_LEFT;
    }
  }
}
