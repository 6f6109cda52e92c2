package arena.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;

/** The stack and the browser that all tests of a process share. */
final class ConsoleFixture {
  private static ConsoleFixture shared;

  private final ConsoleStack stack;
  private final Browser browser;

  private ConsoleFixture(Chromium chromium) {
    stack = new ConsoleStack(Path.of("../.."), ConsoleStack.folder("console-stack-"));
    try {
      browser = new Browser(chromium, stack.stack().httpUrl(), ConsoleStack.folder("chromium-"));
    } catch (RuntimeException e) {
      stack.close();
      throw e;
    }
  }

  /** The fixture; skips the test without a browser, and fails it in continuous integration. */
  static synchronized ConsoleFixture shared() {
    if (shared == null) {
      Optional<Chromium> chromium = Chromium.find();
      if (chromium.isEmpty() && "true".equals(System.getenv("CI"))) {
        fail(Chromium.HOW_TO_GET);
      }
      Assumptions.assumeTrue(chromium.isPresent(), Chromium.HOW_TO_GET);
      shared = new ConsoleFixture(chromium.orElseThrow());
      Runtime.getRuntime().addShutdownHook(new Thread(shared::close));
    }
    return shared;
  }

  ConsoleStack stack() {
    return stack;
  }

  Browser browser() {
    return browser;
  }

  /** Submits a token to the page that asks for one. */
  void signIn(String token) {
    browser.type("token-field", token);
    browser.click("token-submit");
  }

  /** Asserts that the page reported no error, such as a violation of its security policy. */
  void assertNoErrors() {
    assertEquals(List.of(), browser.errors());
  }

  private void close() {
    browser.close();
    stack.close();
  }
}
