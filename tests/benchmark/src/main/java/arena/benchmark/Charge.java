package arena.benchmark;

import java.math.BigDecimal;
import java.util.List;
import java.util.Locale;

/**
 * One line of a bill.
 *
 * @param what what is charged
 * @param quantity the number of units
 * @param price the price of a unit
 */
record Charge(String what, double quantity, UnitPrices.Price price) {
  double dollars() {
    return price.dollars(quantity);
  }

  /** The line in a report. */
  Row row() {
    return Row.dollars(what, dollars(), basis());
  }

  /** Quantity and price, such as {@code 125,000 transitions at $0.025 per 1,000}. */
  String basis() {
    BigDecimal exact = BigDecimal.valueOf(price.usd()).stripTrailingZeros();
    String usd = exact.setScale(Math.max(2, exact.scale())).toPlainString();
    return String.format(
        Locale.ROOT,
        "%s %s at $%s%s",
        number(quantity),
        price.unit() + (quantity == 1 || price.unit().equals("GB") ? "" : "s"),
        usd,
        price.per() == 1 ? "" : String.format(Locale.ROOT, " per %,d", price.per()));
  }

  private static String number(double quantity) {
    if (quantity == Math.rint(quantity) || quantity >= 1_000) {
      return String.format(Locale.ROOT, "%,.0f", quantity);
    }
    return String.format(Locale.ROOT, quantity >= 1 ? "%.1f" : "%.4f", quantity);
  }

  static double total(List<Charge> charges) {
    return charges.stream().mapToDouble(Charge::dollars).sum();
  }
}
