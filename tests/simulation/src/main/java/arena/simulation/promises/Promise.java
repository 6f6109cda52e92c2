package arena.simulation.promises;

import arena.simulation.stores.Witness;
import java.util.function.Supplier;

/**
 * Something that the product promises. It sees every change, and ends the simulation if need be.
 */
public abstract class Promise implements Witness {
  final Facts facts;

  Promise(Facts facts) {
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
      throw facts.broken(new BrokenPromise(this, how.get()));
    }
  }
}
