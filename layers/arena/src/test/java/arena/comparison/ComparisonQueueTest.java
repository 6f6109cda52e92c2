package arena.comparison;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;

class ComparisonQueueTest {
  private static final Instant START = Instant.parse("2026-01-31T12:00:00Z");

  private final ComparisonQueue queue =
      new ComparisonQueue(
          List.of(
              entry(1, "openai"),
              entry(2, "openai", "scripted"),
              entry(3, "scripted"),
              entry(4, "bedrock")));

  private static ComparisonId id(int number) {
    return ComparisonId.of(String.format(Locale.ROOT, "%032x", number));
  }

  private static ComparisonQueue.Entry entry(int number, String... providers) {
    return new ComparisonQueue.Entry(
        id(number), START.plusSeconds(number), List.of(providers), false);
  }

  @Test
  void orderIsThatOfTheComparisonsThatNeedTheSameProvider() {
    assertEquals(List.of(), queue.ahead(id(1)));
    assertEquals(List.of(id(1)), queue.ahead(id(2)));
    assertEquals(List.of(id(2)), queue.ahead(id(3)));
    assertEquals(List.of(), queue.ahead(id(4)));
    assertEquals(List.of(), queue.ahead(id(9)), "is not open");
    assertEquals(List.of(id(1), id(4)), queue.next());
  }

  @Test
  void anOlderComparisonWaitsForOneThatPlaysAlready() {
    ComparisonQueue late =
        new ComparisonQueue(
            List.of(
                entry(1, "scripted"),
                new ComparisonQueue.Entry(id(2), START, List.of("scripted"), true),
                entry(3, "scripted")));
    assertEquals(List.of(id(2)), late.ahead(id(1)));
    assertEquals(List.of(), late.ahead(id(2)));
    assertEquals(List.of(id(1), id(2)), late.ahead(id(3)));
    assertEquals(List.of(id(2)), late.next());
  }
}
