package arena.dynamo;

import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Converts between Java values and DynamoDB attributes; reading throws if an attribute is missing.
 */
public final class Attributes {
  /**
   * Doubles outside this range are stored as strings. DynamoDB's own range is 1e-130 to 9.9e125.
   */
  private static final double SMALLEST_NUMBER = 1e-120;

  private static final double LARGEST_NUMBER = 1e120;

  private Attributes() {}

  public static AttributeValue of(String text) {
    return AttributeValue.fromS(text);
  }

  /** A whole number. */
  public static AttributeValue of(long number) {
    return AttributeValue.fromN(Long.toString(number));
  }

  /** Stores a double so that it reads back identically; as a string outside DynamoDB's range. */
  public static AttributeValue of(double number) {
    double size = Math.abs(number);
    boolean zero =
        Double.doubleToLongBits(number) == 0; // not -0.0, because DynamoDB drops the sign
    boolean inRange = size >= SMALLEST_NUMBER && size <= LARGEST_NUMBER;
    String text = Double.toString(number);
    return zero || inRange ? AttributeValue.fromN(text) : AttributeValue.fromS(text);
  }

  public static AttributeValue of(Map<String, AttributeValue> fields) {
    return AttributeValue.fromM(fields);
  }

  /** Returns a string attribute, if present. */
  public static Optional<String> findText(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null ? Optional.empty() : Optional.ofNullable(value.s());
  }

  /** Returns a map attribute, if present. */
  public static Optional<Map<String, AttributeValue>> findMap(
      Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null || !value.hasM() ? Optional.empty() : Optional.of(value.m());
  }

  /** Returns a double attribute, if present. */
  public static Optional<Double> findReal(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    if (value == null) {
      return Optional.empty();
    }
    String text = value.n() == null ? value.s() : value.n();
    return text == null ? Optional.empty() : Optional.of(Double.parseDouble(text));
  }

  /** Returns an integer attribute, if present. */
  public static Optional<Long> findWhole(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null || value.n() == null
        ? Optional.empty()
        : Optional.of(Long.parseLong(value.n()));
  }

  /**
   * Returns a string attribute.
   *
   * @throws IllegalStateException if it is missing
   */
  public static String text(Map<String, AttributeValue> item, String name) {
    return findText(item, name).orElseThrow(() -> missing(item, name));
  }

  /**
   * Returns a double attribute.
   *
   * @throws IllegalStateException if it is missing
   */
  public static double real(Map<String, AttributeValue> item, String name) {
    return findReal(item, name).orElseThrow(() -> missing(item, name));
  }

  /**
   * Returns an integer attribute.
   *
   * @throws IllegalStateException if it is missing
   */
  public static long whole(Map<String, AttributeValue> item, String name) {
    return findWhole(item, name).orElseThrow(() -> missing(item, name));
  }

  /**
   * Returns an integer attribute.
   *
   * @throws IllegalStateException if it is missing
   * @throws ArithmeticException if it does not fit an int
   */
  public static int integer(Map<String, AttributeValue> item, String name) {
    return Math.toIntExact(whole(item, name));
  }

  private static IllegalStateException missing(Map<String, AttributeValue> item, String name) {
    return new IllegalStateException(
        "missing attribute %s in item with attributes %s".formatted(name, item.keySet()));
  }
}
