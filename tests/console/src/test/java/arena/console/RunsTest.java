package arena.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;

/** The list of runs, a run, forks, comparisons, and the pages of operators. */
@Timeout(120)
final class RunsTest {
  /** A new or ended run is shown within two seconds; twice that on a busy machine. */
  private static final Duration SHOWN = Duration.ofSeconds(4);

  private final ConsoleFixture fixture = ConsoleFixture.shared();
  private final ConsoleStack stack = fixture.stack();
  private final Browser browser = fixture.browser();

  @AfterEach
  void reportsNoError() {
    fixture.assertNoErrors();
  }

  private String firstRow() {
    return browser.text("run-row");
  }

  @Test
  void showsNewAndEndedRunsWithoutAReload() {
    stack.play("one before", 1);
    browser.open("#/", "runs");
    ConsoleStack.GatedRun run = stack.startGated("the newest", 1);
    long start = System.nanoTime();
    browser.await("the new run", () -> firstRow().contains("the newest"));
    assertTrue(System.nanoTime() - start < SHOWN.toNanos());
    assertTrue(firstRow().contains("Streaming"), firstRow());

    run.permit(1);
    stack.client().awaitEnd(run.id(), Browser.BOUND);
    start = System.nanoTime();
    browser.await("its end", () -> firstRow().contains("Complete"));
    assertTrue(System.nanoTime() - start < SHOWN.toNanos());
  }

  @Test
  void showsTheScoreSoFarOfARunningRun() {
    ConsoleStack.GatedRun run = stack.startGated("scored while it plays", 3);
    run.permit(1);
    browser.open("#/", "runs");
    browser.await(
        "score so far",
        () -> firstRow().contains("scored while it plays") && firstRow().contains(" pop · "));
    assertTrue(firstRow().contains("Streaming"), firstRow());
    run.permit(2);
    browser.await("its end", () -> firstRow().contains("Complete"));
  }

  @Test
  void keepsSearchAndFiltersInTheAddress() {
    stack.play("Needle of the night", 1);
    stack.play("hay", 1);
    browser.open("#/", "runs");
    browser.press("/");
    browser.press("needle OF");
    browser.await(
        "one row", () -> browser.all("run-row").size() == 1 && firstRow().contains("Needle"));
    browser.click("runs-status-complete");
    browser.await("both in the address", () -> browser.fragment().contains("status=complete"));
    assertTrue(browser.fragment().contains("text=needle"), browser.fragment());

    browser.reload();
    browser.awaitView("runs");
    browser.await("one row again", () -> browser.all("run-row").size() == 1);
    browser.click("runs-status-failed");
    browser.find("runs-none");
    browser.back();
    browser.await("the row again", () -> browser.all("run-row").size() == 1);
  }

  @Test
  void walksTheTurnsOfARun() {
    String run = stack.play("a walk", 20);
    browser.open("#/runs/" + run, "run");
    browser.awaitText("run-status", "Complete");
    browser.press(Keys.HOME);
    browser.awaitText("turn", "turn 0");
    browser.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
    browser.awaitText("turn", "turn 3");
    browser.await("its address", () -> browser.fragment().contains("t=3"));
    browser.pressShift(Keys.ARROW_RIGHT);
    browser.awaitText("turn", "turn 13");
    browser.press(Keys.END);
    browser.awaitText("turn", "turn 20");

    browser.open("#/runs/" + run + "?t=7", "run");
    browser.awaitText("turn", "turn 7");
    assertTrue(browser.has("town"));
    assertTrue(browser.has("curves"));
    assertTrue(browser.text("trace").contains("food="), browser.text("trace"));
    assertTrue(
        String.valueOf(
                browser.run(
                    "return document.querySelector('[data-test=town]').getAttribute('aria-label')"))
            .startsWith("Town at turn 7"));
  }

  @Test
  void playsAtASpeed() {
    String run = stack.play("a film", 12);
    browser.open("#/runs/" + run + "?t=0", "run");
    browser.awaitText("turn", "turn 0");
    browser.run(
        """
        const speed = document.querySelector("[data-test=speed]");
        speed.value = "20";
        speed.dispatchEvent(new Event("change", {bubbles: true}));
        window.shown = [{turn: "0", at: performance.now()}];
        new MutationObserver(() => {
          const turn = document.querySelector("[data-test=turn] b").textContent;
          if (window.shown.at(-1)?.turn !== turn) {
            window.shown.push({turn, at: performance.now()});
          }
        }).observe(document.querySelector("[data-test=turn]"), {subtree: true, childList: true, characterData: true});
        """);
    browser.press(Keys.SPACE);
    browser.awaitText("turn", "turn 12");
    browser.await("the end of the film", () -> "false".equals(pressed("play")));
    assertEquals(
        List.of("0", "1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"),
        browser.run("return window.shown.map(one => one.turn)"));
    double millis =
        ((Number) browser.run("return window.shown.at(-1).at - window.shown[1].at")).doubleValue();
    assertTrue(millis >= 11 * 45, "11 turns at 20 a second took " + millis + " ms");

    browser.press(Keys.HOME);
    browser.press(Keys.SPACE);
    browser.await("it plays", () -> "true".equals(pressed("play")));
    browser.press(Keys.SPACE);
    assertEquals("false", pressed("play"));
  }

  private String pressed(String test) {
    return String.valueOf(
        browser.run(
            "return document.querySelector('[data-test=' + arguments[0] + ']')"
                + ".getAttribute('aria-pressed')",
            test));
  }

  /** From the list to a fork next to its parent, without a mouse. */
  @Test
  void isWalkedByKeyboardAlone() {
    String parent = stack.play("by keyboard", 12);
    browser.open("#/", "runs");
    browser.press("/");
    browser.press("by keyboard");
    browser.await(
        "one row", () -> browser.all("run-row").size() == 1 && firstRow().contains("by keyboard"));
    browser.press(Keys.TAB); // out of the field, whose letters are no keys of the page
    browser.press(Keys.ARROW_DOWN, Keys.ENTER);
    browser.awaitView("run");
    browser.awaitText("turn", "turn 12");
    browser.press(Keys.HOME, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
    browser.awaitText("turn", "turn 3");
    browser.press("e");
    browser.await("the first field", () -> browser.focused().equals("fork-field-food"));
    browser.selectAll();
    browser.press("1500");
    browser.tabTo("fork-turns");
    browser.selectAll();
    browser.press("5");
    browser.tabTo("fork-submit");
    browser.press(Keys.ENTER);
    browser.awaitView("compare");
    browser.await("both runs", () -> browser.all("compare-run").size() == 2);
    JsonNode child = stack.client().get("/runs?parent_run_id=" + parent).expect(200).get(0);
    stack.client().awaitEnd(child.get("run_id").textValue(), Browser.BOUND);
    browser.await("the differences", () -> browser.has("compare-first-difference"));
    browser.press(Keys.HOME);
    browser.press("n");
    browser.await("a turn in the address", () -> browser.fragment().contains("t="));
    assertEquals(3, child.get("parent_t").intValue());
    assertEquals(5, child.get("n_turns").intValue());
  }

  @Test
  void forksWhereTheStateIsShown() {
    String parent = stack.play("to be forked", 12);
    browser.open("#/runs/" + parent + "?t=5", "run");
    browser.click("fork-open");
    browser.type("fork-field-food", "1500");
    browser.type("fork-turns", "999");
    browser.click("fork-submit");
    browser.await(
        "an error next to the field",
        () ->
            "fork-turns"
                .equals(
                    browser.run(
                        "return document.querySelector('[aria-invalid=true]')?.dataset.test ?? ''")));
    browser.type("fork-turns", "6");
    browser.type("fork-reason", "what if");
    browser.click("fork-submit");
    browser.awaitView("compare");
    browser.await("both runs", () -> browser.all("compare-run").size() == 2);

    JsonNode child = stack.client().get("/runs?parent_run_id=" + parent).expect(200).get(0);
    stack.client().awaitEnd(child.get("run_id").textValue(), Browser.BOUND);
    assertEquals(5, child.get("parent_t").intValue());
    assertEquals(6, child.get("n_turns").intValue());
    browser.await(
        "the child's end",
        () -> browser.all("compare-run").getLast().getText().contains("Complete"));

    browser.click("compare-first-difference");
    browser.await("a turn in the address", () -> browser.fragment().contains("t="));
    assertTrue(browser.has("compare-states"));
  }

  @Test
  void walksTheLineage() {
    String parent = stack.play("the root", 6);
    String child = stack.fork(parent, 2, "{\"wood\":900}", 3);
    String grandchild = stack.fork(child, 3, "{}", 2);
    browser.open("#/runs/" + child, "run");
    browser.find("lineage-parent");
    browser.find("lineage-child");
    browser.open("#/tree/" + parent, "tree");
    browser.await("three runs", () -> browser.all("tree-row").size() == 3);
    assertTrue(
        String.valueOf(browser.run("return document.querySelector('[data-test=tree]').innerHTML"))
            .contains(grandchild));
  }

  @Test
  void startsARun() {
    browser.open("#/start", "start");
    browser.click("scenario-late-start");
    browser.type("start-turns", "999");
    browser.click("start-submit");
    browser.await(
        "an error next to the field",
        () ->
            "start-turns"
                .equals(
                    browser.run(
                        "return document.querySelector('[aria-invalid=true]')?.dataset.test ?? ''")));
    browser.type("start-turns", "3");
    browser.type("start-label", "started here");
    browser.click("start-submit");
    browser.awaitView("run");
    browser.awaitText("run-status", "Complete");
    JsonNode row = stack.client().get("/runs?text=started%20here").expect(200).get(0);
    assertEquals("late-start", row.get("scenario").textValue());
  }

  @Test
  void explainsARunThatWaitsAndStopsIt() {
    String run = stack.start("waits for its model", 3, "openai:hang");
    browser.open("#/runs/" + run, "run");
    browser.click("diagnose");
    browser.find("stuck-panel");
    browser.await("a cause", () -> !browser.text("stuck-summary").isBlank());

    stack.client().post("/runs/" + run + "/stop", "").expect(202);
    browser.awaitText("run-status", "Closed");
  }

  @Test
  void showsOperations() {
    ConsoleStack.GatedRun run = stack.startGated("in flight", 2);
    browser.open("#/operations", "operations");
    browser.await("a replay", () -> browser.text("replays").contains("in flight"));
    browser.find("counter-events_published");
    browser.awaitText("broker-health", "available");
    assertFalse(browser.text("reaper").isBlank());
    run.permit(2);
    stack.client().awaitEnd(run.id(), Browser.BOUND);
    browser.await("no replay", () -> !browser.text("replays").contains("in flight"));
  }

  @Test
  void neverTakesTextForMarkup() {
    String hostile =
        "Look: <script>window.pwned = 1</script><img src=x onerror='window.pwned = 1'> \u202egnp\u202c 🏰 "
            + "x".repeat(15_000);
    stack.models().when("hostile", call -> arena.models.Reply.text(hostile + "[]"));
    String label = "<script>window.pwned = 1</script> 🏰 & \"quotes\"";
    String run = stack.start(label, 2, "openai:hostile");
    stack.client().awaitEnd(run, Browser.BOUND);
    browser.open("#/", "runs");
    assertTrue(firstRow().contains(label), firstRow());
    browser.open("#/runs/" + run + "?t=1", "run");
    browser.await(
        "the answer's text",
        () ->
            String.valueOf(
                    browser.run("return document.querySelector('[data-test=trace]').textContent"))
                .contains("<script>window.pwned"));
    assertEquals("", browser.run("return window.pwned ?? ''"));
    assertEquals(
        0L, browser.run("return document.querySelectorAll('.run img, .run script').length"));
    assertEquals(
        0L,
        browser.run(
            "return document.documentElement.scrollWidth - document.documentElement.clientWidth"));
  }

  @Test
  void opensARunOfTenThousandEvents() {
    String run = stack.start("a long one", 100, "openai:busy");
    stack.client().awaitEnd(run, Duration.ofSeconds(60));
    long events = stack.client().get("/runs/" + run).expect(200).get("n_events").longValue();
    assertTrue(events > 10_000, "events: " + events);
    browser.open("#/runs/" + run, "run");
    browser.awaitText("turn", "turn 100");
    browser.press(Keys.HOME);
    browser.awaitText("turn", "turn 0");
    long nodes = (Long) browser.run("return document.querySelectorAll('*').length");
    assertTrue(nodes < 5_000, "elements on the page: " + nodes);
    assertFalse(List.of("", "0").contains(browser.text("fact-turns")));
  }

  @Test
  void showsTokensAndTheAnswerFormat() {
    String run =
        stack
            .client()
            .startRun(
                "{\"label\":\"counted\",\"n_turns\":3,"
                    + "\"profile\":{\"model\":\"openai:counted\",\"answer_format\":\"tool\"}}");
    stack.client().awaitEnd(run, Browser.BOUND);
    browser.open("#/runs/" + run, "run");
    browser.awaitText("fact-format", "tool");
    browser.await("tokens", () -> browser.text("fact-tokens").matches("\\S+ → \\S+"));
    assertTrue(
        (Long) browser.run("return document.querySelectorAll('.turn-tokens').length") > 0,
        browser.text("trace"));
  }

  @Test
  void showsWhereARecordedRunDeparts() {
    String parent = stack.play("to be played again", 6);
    String same = playAgain(parent, "");
    browser.open("#/runs/" + same, "run");
    browser.awaitText("fact-departs", "nowhere");

    String other = playAgain(parent, "\"mutation\":{\"food\":900},");
    browser.open("#/runs/" + other, "run");
    browser.awaitText("fact-departs", "turn 2");
  }

  private String playAgain(String parent, String mutation) {
    String child =
        stack
            .client()
            .startFork(
                "{\"parent_run_id\":\""
                    + parent
                    + "\",\"parent_t\":2,"
                    + mutation
                    + "\"n_turns\":3,\"profile\":{\"model\":\"recorded\"}}");
    stack.client().awaitEnd(child, Browser.BOUND);
    return child;
  }
}
