package arena.dynamo;

import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/**
 * Attributes of items: made of Java values, and read back with an error that names what is amiss.
 */
public final class Attributes {
  /**
   * Outside these DynamoDB refuses a number; a double has more. Well inside its own bounds of
   * 1e-130 and 9.9e125.
   */
  private static final double SMALLEST_NUMBER = 1e-120;

  private static final double LARGEST_NUMBER = 1e120;

  private Attributes() {}

  /** A text. */
  public static AttributeValue of(String text) {
    return AttributeValue.fromS(text);
  }

  /** A whole number. */
  public static AttributeValue of(long number) {
    return AttributeValue.fromN(Long.toString(number));
  }

  /**
   * A number that reads back as the very same double: as a text where DynamoDB's numbers do not
   * reach.
   */
  public static AttributeValue of(double number) {
    double size = Math.abs(number);
    boolean zero = Double.doubleToLongBits(number) == 0; // not -0.0, whose sign a number loses
    boolean reached = size >= SMALLEST_NUMBER && size <= LARGEST_NUMBER;
    String text = Double.toString(number);
    return zero || reached ? AttributeValue.fromN(text) : AttributeValue.fromS(text);
  }

  /** A map. */
  public static AttributeValue of(Map<String, AttributeValue> fields) {
    return AttributeValue.fromM(fields);
  }

  /** The text called {@code name}, if the item has one. */
  public static Optional<String> findText(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null ? Optional.empty() : Optional.ofNullable(value.s());
  }

  /** The map called {@code name}, if the item has one. */
  public static Optional<Map<String, AttributeValue>> findMap(
      Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null || !value.hasM() ? Optional.empty() : Optional.of(value.m());
  }

  /** The number called {@code name}, if the item has one. */
  public static Optional<Double> findReal(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    if (value == null) {
      return Optional.empty();
    }
    String text = value.n() == null ? value.s() : value.n();
    return text == null ? Optional.empty() : Optional.of(Double.parseDouble(text));
  }

  /** The whole number called {@code name}, if the item has one. */
  public static Optional<Long> findWhole(Map<String, AttributeValue> item, String name) {
    AttributeValue value = item.get(name);
    return value == null || value.n() == null
        ? Optional.empty()
        : Optional.of(Long.parseLong(value.n()));
  }

  /**
   * The text called {@code name}.
   *
   * @throws IllegalStateException if the item has none
   */
  public static String text(Map<String, AttributeValue> item, String name) {
    return findText(item, name).orElseThrow(() -> missing(item, name));
  }

  /**
   * The number called {@code name}.
   *
   * @throws IllegalStateException if the item has none
   */
  public static double real(Map<String, AttributeValue> item, String name) {
    return findReal(item, name).orElseThrow(() -> missing(item, name));
  }

  /**
   * The whole number called {@code name}.
   *
   * @throws IllegalStateException if the item has none
   */
  public static long whole(Map<String, AttributeValue> item, String name) {
    return findWhole(item, name).orElseThrow(() -> missing(item, name));
  }

  /**
   * The whole number called {@code name}.
   *
   * @throws IllegalStateException if the item has none
   * @throws ArithmeticException if it is no int
   */
  public static int integer(Map<String, AttributeValue> item, String name) {
    return Math.toIntExact(whole(item, name));
  }

  private static IllegalStateException missing(Map<String, AttributeValue> item, String name) {
    return new IllegalStateException(
        "an item has no %s among its attributes %s".formatted(name, item.keySet()));
  }
}
