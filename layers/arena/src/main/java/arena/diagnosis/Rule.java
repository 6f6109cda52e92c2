package arena.diagnosis;

import java.util.Optional;
import java.util.function.Function;

/**
 * A diagnosis rule.
 *
 * @param name describes the condition
 * @param evaluation returns a finding if the rule matches
 */
record Rule(String name, Function<Facts, Optional<Finding>> evaluation) {
  Optional<Finding> evaluate(Facts facts) {
    return evaluation.apply(facts);
  }
}
