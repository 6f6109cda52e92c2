package arena.simulation.stores;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What lies between the product and a store. Every call goes over it: it takes its time there, and
 * it, or its answer, may get lost.
 */
public interface Network {
  /**
   * Makes a call.
   *
   * @param about the run or connection that it is about
   * @param effect the call itself, in one step; may come twice
   * @param unavailable the store's exception for a call whose outcome is not known, from a message
   */
  <T> T call(
      Call call, String about, Supplier<T> effect, Function<String, RuntimeException> unavailable);

  /** How long it takes now until an index follows its table, in milliseconds. */
  default long lagMillis() {
    return 0;
  }

  /** A wire on which nothing goes wrong. */
  Network DIRECT =
      new Network() {
        @Override
        public <T> T call(
            Call call,
            String about,
            Supplier<T> effect,
            Function<String, RuntimeException> unavailable) {
          return effect.get();
        }
      };
}
