package arena.world;

import java.util.Optional;

/** What can be built, with the key that an agent presses for it and its price in wood. */
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

  /** The name in a world's list of buildings. */
  public String label() {
    return label;
  }

  /** The price, in wood. */
  public int wood() {
    return wood;
  }

  /** The building with this key, if there is one. */
  public static Optional<Building> keyed(String key) {
    for (Building building : values()) {
      if (building.key.equals(key)) {
        return Optional.of(building);
      }
    }
    return Optional.empty();
  }
}
