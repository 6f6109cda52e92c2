package arena.json;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.OptionalLong;

/** Reads integers as JSON Schema defines them: also {@code 5.0} and {@code 5e0} are integers. */
public final class Integers {
  /** Above it, not every integer is a double, so that a fraction may have been lost. */
  private static final double MAX_EXACT = 1L << 53;

  private Integers() {}

  /** Returns an integer in a range; empty for any other value. */
  public static OptionalLong read(JsonNode node, long min, long max) {
    if (!node.isNumber()) {
      return OptionalLong.empty();
    }
    long number;
    if (node.isIntegralNumber()) {
      if (!node.canConvertToLong()) {
        return OptionalLong.empty();
      }
      number = node.longValue();
    } else {
      double value = node.doubleValue();
      if (value != Math.rint(value) || Math.abs(value) > MAX_EXACT) {
        return OptionalLong.empty();
      }
      number = (long) value;
    }
    return number >= min && number <= max ? OptionalLong.of(number) : OptionalLong.empty();
  }
}
