package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.demo.Demo;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The demonstration of {@code ./arena demo}. */
final class DemoTest {
  @Test
  void succeedsAndShowsParentAndChild() {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    List<String> faults =
        new Demo(
                AcceptanceStack.shared().client(),
                new PrintStream(output, true, StandardCharsets.UTF_8))
            .play();
    assertEquals(List.of(), faults);
    String text = output.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("food=") && text.contains("→1500.0"), text);
    assertTrue(text.contains("closed: complete"), text);
    assertTrue(text.contains("parent") && text.contains("fork"), text);
  }
}
