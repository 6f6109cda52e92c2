package arena.packaged;

import java.util.OptionalLong;

/** A process of a packaged function: with our Runtime API, or with the emulator of AWS. */
public interface FunctionRuntime extends AutoCloseable {
  /**
   * Handles an event.
   *
   * @param event JSON
   * @throws IllegalStateException if there is no answer within the function's timeout, or the
   *     process exits
   */
  Answer invoke(String event);

  /** Returns the largest resident set so far, in bytes; empty if it is not known. */
  OptionalLong peakBytes();

  /** Kills the process. */
  @Override
  void close();
}
