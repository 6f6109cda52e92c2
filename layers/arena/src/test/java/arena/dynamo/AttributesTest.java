package arena.dynamo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Map;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

class AttributesTest {
  private static final BigDecimal SMALLEST = new BigDecimal("1E-130");
  private static final BigDecimal LARGEST = new BigDecimal("9.9E+125");

  private static void assertComesBack(double number) {
    AttributeValue value = Attributes.of(number);
    double read = Attributes.real(Map.of("a", value), "a");
    assertEquals(Double.doubleToLongBits(number), Double.doubleToLongBits(read));
    if (value.n() != null) {
      BigDecimal size = new BigDecimal(value.n()).abs();
      assertTrue(size.precision() <= 38, value.n());
      assertTrue(
          size.signum() == 0 || (size.compareTo(SMALLEST) >= 0 && size.compareTo(LARGEST) <= 0),
          () -> "DynamoDB refuses " + value.n());
    }
  }

  @Property
  void anyDoubleComesBack(@ForAll long bits) {
    double number = Double.longBitsToDouble(bits);
    if (!Double.isNaN(number)) {
      assertComesBack(number);
    }
  }

  @Example
  void roundTripsExtremeDoubles() {
    for (double number :
        new double[] {0.0, -0.0, 0.1, 1e21, Double.MIN_VALUE, Double.MAX_VALUE, 1e-120, 1e120}) {
      assertComesBack(number);
      assertComesBack(-number);
    }
  }

  @Example
  void reportsMissingAttributes() {
    Map<String, AttributeValue> item = Map.of("b", Attributes.of("text"));
    for (String name : new String[] {"a", "b"}) {
      var missing = assertThrows(IllegalStateException.class, () -> Attributes.whole(item, name));
      assertTrue(missing.getMessage().contains(name));
    }
    assertThrows(IllegalStateException.class, () -> Attributes.text(item, "a"));
    assertThrows(IllegalStateException.class, () -> Attributes.real(item, "a"));
  }
}
