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

  /** The name used in events, requests and prompts, such as {@code Feudal Age}. */
  public String label() {
    return label;
  }

  /** The position in the order, from 0. */
  public int rank() {
    return rank;
  }

  /** The next age; the last age returns itself. */
  public Age next() {
    return switch (this) {
      case DARK -> FEUDAL;
      case FEUDAL -> CASTLE;
      case CASTLE, IMPERIAL -> IMPERIAL;
    };
  }

  /** Finds an age by its label. */
  public static Optional<Age> fromLabel(String label) {
    for (Age age : values()) {
      if (age.label.equals(label)) {
        return Optional.of(age);
      }
    }
    return Optional.empty();
  }
}
