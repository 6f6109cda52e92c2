package arena.simulation.invariants;

import java.util.Set;

/** See {@link #says}. */
public final class FailuresAreClassified extends Invariant {
  private static final Set<String> NAMED =
      Set.of("RunNotRunning", "UnknownRun", "NoSuchTurn", "NotStarted", "Unanswered");

  FailuresAreClassified(Facts facts) {
    super(facts);
  }

  @Override
  public String says() {
    return "A function fails only because something else failed, and by that one's name.";
  }

  /** An exception left a function. */
  public void left(RuntimeException e) {
    String name = e.getClass().getSimpleName();
    boolean named =
        NAMED.contains(name) || name.endsWith("Unavailable") || name.startsWith("Model");
    if (!named) {
      InvariantViolation broken = new InvariantViolation(this, String.valueOf(e));
      broken.initCause(e);
      throw facts.broken(broken);
    }
  }
}
