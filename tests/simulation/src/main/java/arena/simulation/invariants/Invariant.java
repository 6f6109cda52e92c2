package arena.simulation.invariants;

import arena.simulation.stores.Observer;
import java.util.function.Supplier;

/**
 * Something that the product promises. It sees every change, and ends the simulation if need be.
 */
public abstract class Invariant implements Observer {
  final Facts facts;

  Invariant(Facts facts) {
    this.facts = facts;
  }

  /** What is promised, in a sentence. */
  public abstract String says();

  /** A model is asked, by whoever is going on. */
  public void modelAsked() {}

  /** Everything has come to its end, or should have. */
  public void atEnd() {}

  final void require(boolean holds, Supplier<String> how) {
    if (!holds) {
      throw facts.broken(new InvariantViolation(this, how.get()));
    }
  }
}
