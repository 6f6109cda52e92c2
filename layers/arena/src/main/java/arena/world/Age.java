package arena.world;

import java.util.Optional;

/** The ages, in order. */
public enum Age {
  DARK(0, "Dark Age"),
  FEUDAL(1, "Feudal Age"),
  CASTLE(2, "Castle Age"),
  IMPERIAL(3, "Imperial Age");

  private final int rank;
  private final String label;

  Age(int rank, String label) {
    this.rank = rank;
    this.label = label;
  }

  /** The name as events, requests and prompts write it, such as {@code Feudal Age}. */
  public String label() {
    return label;
  }

  /** Its place in the order, from 0. */
  public int rank() {
    return rank;
  }

  /** The age after this one; the last one stays. */
  public Age next() {
    return switch (this) {
      case DARK -> FEUDAL;
      case FEUDAL -> CASTLE;
      case CASTLE, IMPERIAL -> IMPERIAL;
    };
  }

  /** The age with this label, if there is one. */
  public static Optional<Age> labelled(String label) {
    for (Age age : values()) {
      if (age.label.equals(label)) {
        return Optional.of(age);
      }
    }
    return Optional.empty();
  }
}
