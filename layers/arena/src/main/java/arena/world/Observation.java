package arena.world;

import java.util.List;
import java.util.TreeSet;

/**
 * What an agent sees of a world: a town center, one villager a head, one entity a building.
 *
 * @param entityCount entities in sight
 * @param classes their classes, sorted, each once
 */
public record Observation(int entityCount, List<String> classes) {
  /** Keeps the list from changing. */
  public Observation {
    classes = List.copyOf(classes);
  }

  /** What can be seen of this world. */
  public static Observation of(World world) {
    TreeSet<String> classes = new TreeSet<>(world.buildings());
    classes.add("town_center");
    if (world.population() > 0) {
      classes.add("villager");
    }
    return new Observation(1 + world.population() + world.buildings().size(), List.copyOf(classes));
  }
}
