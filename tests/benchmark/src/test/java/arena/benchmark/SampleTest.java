package arena.benchmark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class SampleTest {
  @Test
  void computesMedian() {
    assertEquals(2, new Sample(List.of(3.0, 1.0, 2.0)).median());
    assertEquals(2.5, new Sample(List.of(4.0, 1.0, 2.0, 3.0)).median());
    assertEquals(7, new Sample(List.of(7.0)).median());
  }

  @Test
  void computesPercentiles() {
    Sample hundred = new Sample(IntStream.rangeClosed(1, 100).mapToObj(i -> (double) i).toList());
    assertEquals(50, hundred.percentile(50));
    assertEquals(99, hundred.percentile(99));
    assertEquals(100, hundred.percentile(99.1));
    assertEquals(100, hundred.percentile(100));
    assertEquals(1, hundred.percentile(0.5));
    assertEquals(7, new Sample(List.of(7.0)).percentile(99));
  }

  @Test
  void rejectsEmptySamplesAndInvalidPercentiles() {
    assertThrows(IllegalArgumentException.class, () -> new Sample(List.of()));
    assertThrows(IllegalArgumentException.class, () -> new Sample(List.of(1.0)).percentile(100.1));
    assertThrows(IllegalArgumentException.class, () -> new Sample(List.of(1.0)).percentile(0));
  }
}
