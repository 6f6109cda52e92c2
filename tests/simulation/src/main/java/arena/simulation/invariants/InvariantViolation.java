package arena.simulation.invariants;

/** Something is not as promised. An error, so that nothing in the product takes it for its own. */
public final class InvariantViolation extends Error {
  private final Invariant promise;

  InvariantViolation(Invariant promise, String how) {
    super(promise.getClass().getSimpleName() + ": " + how);
    this.promise = promise;
  }

  /** The promise. */
  public Invariant promise() {
    return promise;
  }
}
