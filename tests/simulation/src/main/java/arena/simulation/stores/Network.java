package arena.simulation.stores;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The network between the product and a store. It delays calls, and may lose a call or its
 * response.
 */
public interface Network {
  /**
   * Makes a call.
   *
   * @param about id of the run or connection
   * @param effect the call itself, atomic; may run twice
   * @param unavailable creates the store's exception for an unknown outcome, from a message
   */
  <T> T call(
      Call call, String about, Supplier<T> effect, Function<String, RuntimeException> unavailable);

  /** Current lag of an index behind its table, in milliseconds. */
  default long lagMillis() {
    return 0;
  }

  /** A network without faults. */
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
