package arena.local.lambda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ThreadPropertiesTest {
  private static final String NAME = "arena.thread.properties.test";

  @Test
  void setsPropertiesOfAThreadAndOfThoseThatItStarts() throws InterruptedException {
    List<String> seen = new ArrayList<>();
    Thread.ofPlatform()
        .start(
            () -> {
              ThreadProperties.set(Map.of(NAME, "own"));
              try {
                Thread.ofVirtual().start(() -> seen.add(System.getProperty(NAME))).join();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
            })
        .join();
    assertEquals(List.of("own"), seen);
    assertNull(System.getProperty(NAME));
  }

  @Test
  void leavesOtherPropertiesAsTheyAre() {
    ThreadProperties.set(Map.of(NAME, "own"));
    try {
      System.setProperty(NAME + ".other", "set");
      assertEquals("set", System.getProperty(NAME + ".other"));
      System.clearProperty(NAME + ".other");
      assertNull(System.getProperty(NAME + ".other"));
    } finally {
      ThreadProperties.set(Map.of());
    }
  }
}
