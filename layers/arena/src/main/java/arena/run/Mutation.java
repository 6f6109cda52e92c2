package arena.run;

import arena.world.Age;
import arena.world.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A change of the world at a fork: the new value of each changed field. */
public record Mutation(
    Optional<Double> food,
    Optional<Double> wood,
    Optional<Double> gold,
    Optional<Double> stone,
    Optional<Integer> population,
    Optional<Integer> popCap,
    Optional<Age> age) {

  /** The mutation without changes. */
  public static final Mutation NONE =
      new Mutation(
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty(),
          Optional.empty());

  /** Returns the world with the new values. A new age cancels an age-up in progress. */
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

  /** Describes the changes, such as {@code food=200.0→1500.0 age=Dark Age→Feudal Age}. */
  public String summary(World before) {
    World after = applyTo(before);
    List<String> changes = new ArrayList<>();
    addChange(changes, "food", before.food(), after.food());
    addChange(changes, "wood", before.wood(), after.wood());
    addChange(changes, "gold", before.gold(), after.gold());
    addChange(changes, "stone", before.stone(), after.stone());
    addChange(changes, "population", before.population(), after.population());
    addChange(changes, "pop_cap", before.popCap(), after.popCap());
    addChange(changes, "age", before.age().label(), after.age().label());
    return String.join(" ", changes);
  }

  private static void addChange(List<String> changes, String name, Object before, Object after) {
    if (!before.equals(after)) {
      changes.add(name + "=" + before + "→" + after);
    }
  }
}
