package arena.world;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * The state of the game at one turn; immutable.
 *
 * <p>Resources are never negative. Durations are in turns.
 *
 * @param villagerQueue remaining turns of each villager in training, in queue order
 * @param ageUpTicksRemaining turns until the next age; 0 when no age-up is in progress
 * @param turn turns played since the start of the game
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

  /** Food income per turn. */
  public static final double FOOD_PER_TURN = 20;

  /** Wood income per turn. */
  public static final double WOOD_PER_TURN = 15;

  /** Cost of a villager, in food. */
  public static final double VILLAGER_FOOD = 50;

  /** Training time of a villager, in turns. */
  public static final int VILLAGER_TICKS = 3;

  /** Increase of {@code popCap} per house. */
  public static final int HOUSE_POP_CAP = 5;

  /** Cost of the Feudal Age, in food. */
  public static final double FEUDAL_FOOD = 500;

  /** Population required for the Feudal Age. */
  public static final int FEUDAL_POPULATION = 22;

  /** Buildings required for the Feudal Age. */
  public static final List<Building> FEUDAL_BUILDINGS =
      List.of(Building.MILL, Building.LUMBER_CAMP);

  /** Duration of the age-up to the Feudal Age, in turns. */
  public static final int FEUDAL_TICKS = 6;

  /**
   * Maximum number of buildings; further ones are not built. Every {@code turn_start} carries the
   * state, so without a limit forks of forks would have ever larger events.
   */
  public static final int MAX_BUILDINGS = 10_000;

  /** Rejects negative or non-finite values with {@link IllegalArgumentException}. */
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
        throw new IllegalArgumentException("villager_queue entries must be at least 1");
      }
    }
    requireCount("age_up_ticks_remaining", ageUpTicksRemaining);
    requireCount("turn", turn);
  }

  /**
   * The result of one action.
   *
   * @param changed false if the action was unaffordable, unknown or beyond a limit
   */
  public record Step(World world, boolean changed) {}

  /** Applies one action; never throws. */
  public Step apply(Action action) {
    return switch (action) {
      case Action.QueueVillager() -> queueVillager();
      case Action.Build(Building building) -> build(building);
      case Action.AgeUp() -> ageUp();
      case Action.NoEffect(String _) -> new Step(this, false);
    };
  }

  /** Advances one turn: training, age-up, income, turn number. */
  public World tick() {
    List<Integer> remaining = new ArrayList<>(villagerQueue.size());
    int trained = 0;
    for (int ticks : villagerQueue) {
      if (ticks > 1) {
        remaining.add(ticks - 1);
      } else {
        trained++;
      }
    }
    int ageUp = Math.max(0, ageUpTicksRemaining - 1);
    boolean ageReached = ageUpTicksRemaining == 1;
    return new World(
        food + FOOD_PER_TURN,
        wood + WOOD_PER_TURN,
        gold,
        stone,
        saturated((long) population + trained),
        popCap,
        ageReached ? age.next() : age,
        buildings,
        remaining,
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
    if (wood < building.wood() || buildings.size() >= MAX_BUILDINGS) {
      return new Step(this, false);
    }
    List<String> built = new ArrayList<>(buildings);
    built.add(building.label());
    int cap = building == Building.HOUSE ? saturated((long) popCap + HOUSE_POP_CAP) : popCap;
    return changed(food, wood - building.wood(), cap, built, villagerQueue, ageUpTicksRemaining);
  }

  private Step ageUp() {
    boolean allowed =
        age == Age.DARK
            && ageUpTicksRemaining == 0
            && food >= FEUDAL_FOOD
            && population >= FEUDAL_POPULATION
            && FEUDAL_BUILDINGS.stream().map(Building::label).allMatch(buildings::contains);
    return allowed
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

  /** The one-line summary used in prompts and in mutation events. */
  public String summary() {
    // %s, not %d: it formats numbers independently of the locale
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

  /** Clamps a count to {@link Integer#MAX_VALUE}. */
  private static int saturated(long count) {
    return (int) Math.min(Integer.MAX_VALUE, count);
  }

  private static double requireAmount(String name, double value) {
    if (!(value >= 0) || Double.isInfinite(value)) {
      throw new IllegalArgumentException(name + " must be a finite number of at least 0: " + value);
    }
    return value + 0.0; // normalizes -0.0, so that equal states have equal JSON
  }

  private static void requireCount(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must be at least 0: " + value);
    }
  }
}
