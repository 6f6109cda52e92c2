package arena.console;

import static org.junit.jupiter.api.Assertions.assertAll;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/**
 * Every page in both themes, on a phone and on a desktop: no serious fault of accessibility, no
 * sideways scrolling, and a picture in {@code target/screenshots}.
 */
@Timeout(300)
final class PagesTest {
  private static final Set<String> OF_A_RUN = Set.of("fork", "diagnosis", "failed", "missing");

  private final ConsoleFixture fixture = ConsoleFixture.shared();
  private final Browser browser = fixture.browser();
  private final Pictures pictures = new Pictures(browser);

  /** The fragment of each page, by its name. */
  private Map<String, String> pages() {
    String parent = fixture.stack().play("Feudal at last", 30);
    String child = fixture.stack().fork(parent, 10, "{\"food\":1500}", 20);
    String failed = fixture.stack().start("a model that refuses", 5, "openai:refuse");
    fixture.stack().client().awaitEnd(failed, Browser.BOUND);
    Map<String, String> pages = new TreeMap<>();
    pages.put("runs", "#/");
    pages.put("run", "#/runs/" + parent + "?t=17");
    pages.put("fork", "#/runs/" + parent + "?t=12&fork=1");
    pages.put("diagnosis", "#/runs/" + parent + "?t=12&panel=diagnosis");
    pages.put("failed", "#/runs/" + failed + "?panel=diagnosis");
    pages.put("missing", "#/runs/" + "0".repeat(32));
    pages.put("unknown", "#/nowhere");
    pages.put("compare", "#/compare?run=" + parent + "&run=" + child + "&t=12");
    pages.put("operations", "#/operations");
    pages.put("start", "#/start");
    pages.put("tree", "#/tree/" + parent);
    return pages;
  }

  @Test
  void haveNoSeriousFault() {
    List<Executable> checks = new ArrayList<>();
    pages().forEach((name, fragment) -> pictures.check(name, () -> open(name, fragment), checks));
    browser.show(Browser.Screen.DESKTOP, Browser.Theme.LIGHT);
    assertAll(checks);
    fixture.assertNoErrors();
  }

  private void open(String name, String fragment) {
    browser.open(fragment, view(name));
    if (fragment.contains("panel=diagnosis")) {
      browser.find("stuck-summary");
    }
  }

  private static String view(String name) {
    return OF_A_RUN.contains(name) ? "run" : name;
  }

  @Test
  void showsTheDescriptionOfTheInterface() {
    List<Executable> checks = new ArrayList<>();
    pictures.check("docs", this::openDescription, checks);
    browser.show(Browser.Screen.DESKTOP, Browser.Theme.LIGHT);
    browser.run("document.querySelector('.opblock-post .opblock-summary-control').click()");
    browser.await(
        "the description of a call",
        () -> (Long) browser.run("return document.querySelectorAll('.opblock-body').length") == 1);
    assertAll(checks);
    fixture.assertNoErrors();
  }

  private void openDescription() {
    browser.openPath("/docs");
    browser.awaitView("docs");
    browser.await(
        "the operations",
        () -> (Long) browser.run("return document.querySelectorAll('.opblock').length") > 10);
  }
}
