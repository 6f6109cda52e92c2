package arena.diagnosis;

import java.util.Optional;
import java.util.function.Function;

/**
 * What one source told. That it told nothing is a fact like any other.
 *
 * @param <T> what it tells
 */
public sealed interface ProbeResult<T> {
  /** It told this. */
  record Fact<T>(T value) implements ProbeResult<T> {}

  /**
   * It could not be reached, refused, or did not answer in time.
   *
   * @param why in one sentence, without secrets
   */
  record Silence<T>(String why) implements ProbeResult<T> {}

  /** It was not asked: the answer would decide nothing. */
  record NotAsked<T>() implements ProbeResult<T> {}

  /** What it told, if it did. */
  default Optional<T> known() {
    return this instanceof Fact<T>(T value) ? Optional.of(value) : Optional.empty();
  }

  /** Why it told nothing, if it was asked in vain. */
  default Optional<String> silence() {
    return this instanceof Silence<T>(String why) ? Optional.of(why) : Optional.empty();
  }

  /** What it told, seen another way. */
  default <R> Optional<R> map(Function<T, R> view) {
    return known().map(view);
  }
}
