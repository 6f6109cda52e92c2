package arena.simulation.invariants;

import arena.simulation.stores.Observer;
import java.util.function.Supplier;

/**
 * A property that must hold throughout a simulation. It observes every change and stops the
 * simulation when violated.
 */
public abstract class Invariant implements Observer {
  final Facts facts;

  Invariant(Facts facts) {
    this.facts = facts;
  }

  /** The property, in one sentence. */
  public abstract String description();

  /** Called when the current process calls a model. */
  public void modelCalled() {}

  /** Called when the simulation has settled. */
  public void atEnd() {}

  final void require(boolean holds, Supplier<String> message) {
    if (!holds) {
      throw facts.fail(new InvariantViolation(this, message.get()));
    }
  }
}
