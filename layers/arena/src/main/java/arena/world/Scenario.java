package arena.world;

import java.util.List;
import java.util.Optional;

/** A named starting state. */
public enum Scenario {
  BALANCED("balanced", 200, 150, 8, 25),
  FOOD_POOR("food-poor", 80, 200, 8, 25),
  WOOD_POOR("wood-poor", 300, 40, 8, 25),
  LATE_START("late-start", 120, 120, 6, 15);

  private final String label;
  private final World start;

  Scenario(String label, double food, double wood, int population, int popCap) {
    this.label = label;
    this.start =
        new World(food, wood, 0, 0, population, popCap, Age.DARK, List.of(), List.of(), 0, 0);
  }

  /** The name in a request, such as {@code food-poor}. */
  public String label() {
    return label;
  }

  /** The world at turn 0. */
  public World start() {
    return start;
  }

  /** Finds a scenario by its label. */
  public static Optional<Scenario> fromLabel(String label) {
    for (Scenario scenario : values()) {
      if (scenario.label.equals(label)) {
        return Optional.of(scenario);
      }
    }
    return Optional.empty();
  }
}
