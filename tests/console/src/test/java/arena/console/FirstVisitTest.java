package arena.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/** A visitor of an empty arena has forked a run after a minute. */
@Order(1) // the others leave runs
@Timeout(120)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class FirstVisitTest {
  private static final Duration A_MINUTE = Duration.ofMinutes(1);

  /** For eight runs of 30 turns, on a busy machine. */
  private static final Duration PLAYED = Duration.ofSeconds(90);

  private final ConsoleFixture fixture = ConsoleFixture.shared();
  private final Browser browser = fixture.browser();

  @Test
  @Order(1)
  void forksARunWithinAMinute() {
    long start = System.nanoTime();
    browser.open("", "runs");
    browser.click("welcome-start");
    browser.awaitView("run");
    browser.await("some turns", () -> browser.text("turn").matches("(?s)turn [1-9].*"));
    browser.click("fork-open");
    browser.type("fork-field-food", "1500");
    browser.click("fork-submit");
    browser.awaitView("compare");
    browser.await("parent and fork", () -> browser.all("compare-run").size() == 2);
    assertTrue(System.nanoTime() - start < A_MINUTE.toNanos());

    String[] runs = browser.fragment().replaceAll(".*?run=([0-9a-f]{32})", "$1 ").split(" ", -1);
    String child = runs[1].substring(0, Math.min(32, runs[1].length()));
    assertEquals(
        1500.0,
        fixture
            .stack()
            .client()
            .get("/runs/" + child)
            .expect(200)
            .at("/mutation/food")
            .doubleValue(),
        browser.fragment());
    fixture.assertNoErrors();
  }

  @Test
  @Order(2)
  void startsTheSampleExperimentFromTheFirstPage() {
    browser.open("", "runs");
    browser.click("sample-experiment");
    browser.awaitText("plan", "no model is called");
    browser.click("plan-start");
    browser.awaitView("experiment");
    browser.await("Complete", PLAYED, () -> browser.text("comparison-status").contains("Complete"));
    browser.await("the verdicts", () -> browser.all("verdict").size() == 3);
    fixture.assertNoErrors();
  }
}
