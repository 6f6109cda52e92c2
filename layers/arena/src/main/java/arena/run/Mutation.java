package arena.run;

import arena.world.Age;
import arena.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an operator changes in the world at a fork: each field is a new value, or absent. */
public record Mutation(
    Optional<Double> food,
    Optional<Double> wood,
    Optional<Double> gold,
    Optional<Double> stone,
    Optional<Integer> population,
    Optional<Integer> popCap,
    Optional<Age> age) {

  /** Changes nothing. */
  public static final Mutation NONE =
      new Mutation(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /**
   * The world with the new values. A new age ends an age-up that was under way: it was the way to
   * an age that the operator has overruled.
   */
  public World applyTo(World world) {
    Age newAge = age.orElse(world.age());
    return new World(
        food.orElse(world.food()),
        wood.orElse(world.wood()),
        gold.orElse(world.gold()),
        stone.orElse(world.stone()),
        population.orElse(world.population()),
        popCap.orElse(world.popCap()),
        newAge,
        world.buildings(),
        world.villagerQueue(),
        newAge == world.age() ? world.ageUpTicksRemaining() : 0,
        world.turn());
  }

  /** What it changes in this world, such as {@code food=200.0→1500.0 age=Dark Age→Feudal Age}. */
  public String summary(World before) {
    World after = applyTo(before);
    List<String> changes = new ArrayList<>();
    change(changes, "food", before.food(), after.food());
    change(changes, "wood", before.wood(), after.wood());
    change(changes, "gold", before.gold(), after.gold());
    change(changes, "stone", before.stone(), after.stone());
    change(changes, "population", before.population(), after.population());
    change(changes, "pop_cap", before.popCap(), after.popCap());
    change(changes, "age", before.age().label(), after.age().label());
    return String.join(" ", changes);
  }

  private static void change(List<String> changes, String name, Object before, Object after) {
    if (!before.equals(after)) {
      changes.add(name + "=" + before + "→" + after);
    }
  }
}
