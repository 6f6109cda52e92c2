package arena.world;

import java.util.List;
import java.util.TreeSet;

/**
 * What an agent observes: the town center, one entity per villager and one per building.
 *
 * @param entityCount number of visible entities
 * @param classes their classes, sorted and unique
 */
public record Observation(int entityCount, List<String> classes) {
  public Observation {
    classes = List.copyOf(classes);
  }

  /** Observes a world. */
  public static Observation of(World world) {
    TreeSet<String> classes = new TreeSet<>(world.buildings());
    classes.add("town_center");
    if (world.population() > 0) {
      classes.add("villager");
    }
    return new Observation(1 + world.population() + world.buildings().size(), List.copyOf(classes));
  }
}
