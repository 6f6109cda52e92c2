package arena.world;

import java.util.Objects;

/** What an agent asks the world to do. */
public sealed interface Action {
  /** The {@code type} that the agent gave, such as {@code build}. */
  String type();

  /** Train one villager at the town center. */
  record QueueVillager() implements Action {
    @Override
    public String type() {
      return "queue_villager";
    }
  }

  /** Build one building. */
  record Build(Building building) implements Action {
    /** Refuses a missing building. */
    public Build {
      Objects.requireNonNull(building);
    }

    @Override
    public String type() {
      return "build";
    }
  }

  /** Begin the way to the next age: the key {@code z}. */
  record AgeUp() implements Action {
    @Override
    public String type() {
      return "press";
    }
  }

  /** Anything else that an agent may say, known to the interface or not; it changes nothing. */
  record NoEffect(String type) implements Action {
    /** Refuses a missing type. */
    public NoEffect {
      Objects.requireNonNull(type);
    }
  }
}
