package arena.simulation.promises;

/** Something is not as promised. An error, so that nothing in the product takes it for its own. */
public final class BrokenPromise extends Error {
  private final Promise promise;

  BrokenPromise(Promise promise, String how) {
    super(promise.getClass().getSimpleName() + ": " + how);
    this.promise = promise;
  }

  /** The promise. */
  public Promise promise() {
    return promise;
  }
}
