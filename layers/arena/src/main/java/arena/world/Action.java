package arena.world;

import java.util.Objects;

/** An action that an agent requests. */
public sealed interface Action {
  /** The action's {@code type} in JSON, such as {@code build}. */
  String type();

  /** Trains one villager at the town center. */
  record QueueVillager() implements Action {
    @Override
    public String type() {
      return "queue_villager";
    }
  }

  /** Constructs one building. */
  record Build(Building building) implements Action {
    public Build {
      Objects.requireNonNull(building);
    }

    @Override
    public String type() {
      return "build";
    }
  }

  /** Starts the age-up to the next age: key {@code z}. */
  record AgeUp() implements Action {
    @Override
    public String type() {
      return "press";
    }
  }

  /** Any other action type, including unknown ones; changes nothing. */
  record NoEffect(String type) implements Action {
    public NoEffect {
      Objects.requireNonNull(type);
    }
  }
}
