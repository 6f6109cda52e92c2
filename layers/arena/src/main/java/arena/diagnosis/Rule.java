package arena.diagnosis;

import java.util.Optional;
import java.util.function.Function;

/**
 * One way to read the facts.
 *
 * @param name what it is about
 * @param reading what it finds, if it applies
 */
record Rule(String name, Function<Facts, Optional<Finding>> reading) {
  Optional<Finding> read(Facts facts) {
    return reading.apply(facts);
  }
}
