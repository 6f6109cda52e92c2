package arena.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * One moment of the game; immutable.
 *
 * <p>Resources are never negative. Times are in turns.
 *
 * @param villagerQueue turns until each villager in training is ready, in the order they were
 *     queued
 * @param ageUpTicksRemaining turns until the next age begins; 0 when no age-up is under way
 * @param turn turns played since the game's start
 */
public record World(
    double food,
    double wood,
    double gold,
    double stone,
    int population,
    int popCap,
    Age age,
    List<String> buildings,
    List<Integer> villagerQueue,
    int ageUpTicksRemaining,
    int turn) {

  /** What every turn brings by itself. */
  public static final double FOOD_PER_TURN = 20;

  /** What every turn brings by itself. */
  public static final double WOOD_PER_TURN = 15;

  /** Price of a villager, in food. */
  public static final double VILLAGER_FOOD = 50;

  /** Turns that a villager's training takes. */
  public static final int VILLAGER_TICKS = 3;

  /** What one house adds to {@code popCap}. */
  public static final int HOUSE_POP_CAP = 5;

  /** Price of the Feudal Age, in food. */
  public static final double FEUDAL_FOOD = 500;

  /** Population that the Feudal Age asks for. */
  public static final int FEUDAL_POPULATION = 22;

  /** Turns that the way to the Feudal Age takes. */
  public static final int FEUDAL_TICKS = 6;

  /** Refuses a state that no game can be in. */
  public World {
    food = requireAmount("food", food);
    wood = requireAmount("wood", wood);
    gold = requireAmount("gold", gold);
    stone = requireAmount("stone", stone);
    requireCount("population", population);
    requireCount("pop_cap", popCap);
    Objects.requireNonNull(age);
    buildings = List.copyOf(buildings);
    villagerQueue = List.copyOf(villagerQueue);
    for (int ticks : villagerQueue) {
      if (ticks < 1) {
        throw new IllegalArgumentException("a villager in training has at least 1 turn to go");
      }
    }
    requireCount("age_up_ticks_remaining", ageUpTicksRemaining);
    requireCount("turn", turn);
  }

  /**
   * What one action did.
   *
   * @param world the state after it
   * @param changed whether it changed anything; an unaffordable or unknown action does not
   */
  public record Step(World world, boolean changed) {}

  /** Does one action; it never throws, whatever the state. */
  public Step apply(Action action) {
    return switch (action) {
      case Action.QueueVillager() -> queueVillager();
      case Action.Build(Building building) -> build(building);
      case Action.AgeUp() -> ageUp();
      case Action.NoEffect(String _) -> new Step(this, false);
    };
  }

  /** Lets one turn pass: training, then the age, then income, then the turn's number. */
  public World tick() {
    List<Integer> stillTraining = new ArrayList<>(villagerQueue.size());
    int trained = 0;
    for (int ticks : villagerQueue) {
      if (ticks > 1) {
        stillTraining.add(ticks - 1);
      } else {
        trained++;
      }
    }
    int ageUp = Math.max(0, ageUpTicksRemaining - 1);
    boolean ageBegins = ageUpTicksRemaining == 1;
    return new World(
        food + FOOD_PER_TURN,
        wood + WOOD_PER_TURN,
        gold,
        stone,
        saturated((long) population + trained),
        popCap,
        ageBegins ? age.next() : age,
        buildings,
        stillTraining,
        ageUp,
        saturated(turn + 1L));
  }

  private Step queueVillager() {
    if (food < VILLAGER_FOOD) {
      return new Step(this, false);
    }
    List<Integer> queue = new ArrayList<>(villagerQueue);
    queue.add(VILLAGER_TICKS);
    return changed(food - VILLAGER_FOOD, wood, popCap, buildings, queue, ageUpTicksRemaining);
  }

  private Step build(Building building) {
    if (wood < building.wood()) {
      return new Step(this, false);
    }
    List<String> built = new ArrayList<>(buildings);
    built.add(building.label());
    int cap = building == Building.HOUSE ? saturated((long) popCap + HOUSE_POP_CAP) : popCap;
    return changed(food, wood - building.wood(), cap, built, villagerQueue, ageUpTicksRemaining);
  }

  private Step ageUp() {
    boolean possible =
        age == Age.DARK
            && ageUpTicksRemaining == 0
            && food >= FEUDAL_FOOD
            && population >= FEUDAL_POPULATION
            && buildings.contains(Building.MILL.label())
            && buildings.contains(Building.LUMBER_CAMP.label());
    return possible
        ? changed(food - FEUDAL_FOOD, wood, popCap, buildings, villagerQueue, FEUDAL_TICKS)
        : new Step(this, false);
  }

  private Step changed(
      double newFood,
      double newWood,
      int newPopCap,
      List<String> newBuildings,
      List<Integer> newQueue,
      int newAgeUp) {
    return new Step(
        new World(
            newFood,
            newWood,
            gold,
            stone,
            population,
            newPopCap,
            age,
            newBuildings,
            newQueue,
            newAgeUp,
            turn),
        true);
  }

  /** The line that a model is shown, and that mutations are told by. */
  public String summary() {
    // %s throughout: it writes numbers the same in every locale
    return "food=%s wood=%s gold=%s stone=%s pop=%s/%s age=%s buildings=%s queued_villagers=%s age_up=%s"
        .formatted(
            food,
            wood,
            gold,
            stone,
            population,
            popCap,
            age.label(),
            buildings,
            villagerQueue.size(),
            ageUpTicksRemaining);
  }

  /** A count that stays at its largest value instead of passing it. */
  private static int saturated(long count) {
    return (int) Math.min(Integer.MAX_VALUE, count);
  }

  private static double requireAmount(String name, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " is a finite number from 0, not " + value);
    }
    return value + 0.0; // -0.0 is 0.0, so that equal states are written alike
  }

  private static void requireCount(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " is a whole number from 0, not " + value);
    }
  }
}
