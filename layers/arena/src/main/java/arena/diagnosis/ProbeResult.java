package arena.diagnosis;

import java.util.Optional;
import java.util.function.Function;

/**
 * The result of querying one source; a failure is also a fact.
 *
 * @param <T> type of the value
 */
public sealed interface ProbeResult<T> {
  /** The source's answer. */
  record Known<T>(T value) implements ProbeResult<T> {}

  /**
   * The source was unreachable, rejected the query or timed out.
   *
   * @param reason one sentence, without secrets
   */
  record Failed<T>(String reason) implements ProbeResult<T> {}

  /** The source was not queried because no rule needs its answer. */
  record Skipped<T>() implements ProbeResult<T> {}

  /** The value, if the source answered. */
  default Optional<T> known() {
    return this instanceof Known<T>(T value) ? Optional.of(value) : Optional.empty();
  }

  /** The reason, if the query failed. */
  default Optional<String> failure() {
    return this instanceof Failed<T>(String reason) ? Optional.of(reason) : Optional.empty();
  }

  /** The mapped value, if the source answered. */
  default <R> Optional<R> map(Function<T, R> mapper) {
    return known().map(mapper);
  }
}
