package arena.simulation.invariants;

/**
 * Thrown when an invariant is violated. An error, so that the product's exception handlers do not
 * catch it.
 */
public final class InvariantViolation extends Error {
  private final Invariant invariant;

  InvariantViolation(Invariant invariant, String message) {
    super(invariant.getClass().getSimpleName() + ": " + message);
    this.invariant = invariant;
  }

  /** The violated invariant. */
  public Invariant invariant() {
    return invariant;
  }
}
