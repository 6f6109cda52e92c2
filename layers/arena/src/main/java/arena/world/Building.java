package arena.world;

import java.util.Optional;

/** A building type, with its {@code building_key} and its cost in wood. */
public enum Building {
  HOUSE("q", "house", 25),
  MILL("w", "mill", 100),
  LUMBER_CAMP("r", "lumber_camp", 100),
  MINING_CAMP("e", "mining_camp", 100),
  FARM("a", "farm", 60),
  BLACKSMITH("s", "blacksmith", 150),
  DOCK("t", "dock", 150);

  private final String key;
  private final String label;
  private final int wood;

  Building(String key, String label, int wood) {
    this.key = key;
    this.label = label;
    this.wood = wood;
  }

  /** The {@code building_key} of a build action. */
  public String key() {
    return key;
  }

  /** The name in {@link World#buildings}. */
  public String label() {
    return label;
  }

  /** Cost in wood. */
  public int wood() {
    return wood;
  }

  /** Finds a building type by its key. */
  public static Optional<Building> fromKey(String key) {
    for (Building building : values()) {
      if (building.key.equals(key)) {
        return Optional.of(building);
      }
    }
    return Optional.empty();
  }
}
