package arena.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.Role;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openqa.selenium.Keys;

/**
 * Experiments and races that the console starts on the stack, and shows until they have ended.
 * {@link ComparisonPagesTest} has the pages' states that need answers of its own.
 */
@Timeout(300)
final class PlayedComparisonsTest {
  private static final Duration PLAYED = Duration.ofMinutes(2);

  private final ConsoleFixture fixture = ConsoleFixture.shared();
  private final ConsoleStack stack = fixture.stack();
  private final Browser browser = fixture.browser();

  @AfterEach
  void reportsNoError() {
    fixture.assertNoErrors();
  }

  private JsonNode get(String path) {
    return stack.client().get(path).expect(200);
  }

  /** What the page in view shows, as the API has it. */
  private JsonNode shown() {
    return get(browser.fragment().substring(1));
  }

  private void awaitStatus(String word) {
    browser.await(word, PLAYED, () -> browser.text("comparison-status").contains(word));
  }

  private void openFork(String parent, String how) {
    browser.open("#/runs/" + parent + "?t=4", "run");
    browser.click("fork-open");
    browser.choose("fork-mode", how);
  }

  /** Checks the plan, which must not have created anything, and starts what it is about. */
  private void startPlan(String list, int runs, String view) {
    int before = get(list).size();
    browser.awaitText("plan", "no model is called");
    browser.awaitText("plan", String.valueOf(runs));
    assertTrue(browser.text("plan").contains("$0"), browser.text("plan"));
    assertEquals(before, get(list).size());
    browser.click("plan-start");
    browser.awaitView(view);
    assertEquals(before + 1, get(list).size());
  }

  /** Clicks a link by a script, because the centre of a point may be another point. */
  private void followLink(String selector) {
    browser.run(
        "document.querySelector(arguments[0])"
            + ".dispatchEvent(new MouseEvent('click', {bubbles: true, cancelable: true}))",
        selector);
  }

  private long cells(String status) {
    return (Long)
        browser.run(
            "return document.querySelectorAll(`[data-test=grid-cell]`"
                + " + (arguments[0] === '' ? '' : `[data-status=${arguments[0]}]`)).length",
            status);
  }

  @Test
  void replicatesAForkAndAddsReplicas() {
    String parent = stack.play("forked many times", 8);
    openFork(parent, "replicate");
    browser.type("fork-field-food", "1500");
    browser.type("fork-replicas", "2");
    browser.type("fork-turns", "6");
    browser.type("fork-label", "does food matter?");
    browser.click("fork-submit");
    startPlan("/experiments", 4, "experiment");

    awaitStatus("Complete");
    browser.await("all runs", () -> cells("complete") == 4);
    browser.awaitText("verdicts", "changed");
    assertEquals("does food matter?", shown().get("label").textValue());

    browser.type("replicas-field", "2");
    browser.click("replicas-add");
    browser.await("an error of the field", () -> browser.text("experiment").contains("3 to 50"));
    browser.type("replicas-field", "3");
    browser.click("replicas-add");
    browser.awaitText("confirm", "2 more runs");
    browser.click("confirm-action");
    browser.await("the added runs", PLAYED, () -> cells("complete") == 6);
    awaitStatus("Complete");
    assertEquals(3, shown().get("replicas").intValue());

    String address = browser.fragment();
    followLink("[data-test=dot-plot] a");
    browser.awaitView("run");
    browser.awaitText("run-status", "Complete");
    browser.back();
    browser.awaitView("experiment");
    assertEquals(address, browser.fragment());
  }

  @Test
  void comparesPlayersFromAFork() {
    String parent = stack.play("played on by others", 8);
    openFork(parent, "players");
    browser.click("fork-submit");
    browser.await("an error of the players", () -> browser.text("fork-bar").contains("1 to 7"));
    choosePlayer("scripted:boom");
    choosePlayer("scripted:idle");
    browser.type("fork-replicas", "2");
    browser.type("fork-turns", "6");
    browser.click("fork-submit");
    startPlan("/experiments", 6, "experiment");

    awaitStatus("Complete");
    browser.await("the verdicts", () -> browser.all("verdict").size() == 2);
    browser.await("all runs", () -> cells("complete") == 6);
    assertEquals("scripted-strategy", shown().at("/arms/0/name").textValue());
    assertTrue(shown().at("/arms/0/control").booleanValue());
  }

  private void choosePlayer(String model) {
    String checked =
        "[...document.querySelectorAll('[data-test=fork-players] label')]"
            + ".find(one => one.textContent.includes(arguments[0])).querySelector('input')";
    browser.run(checked + ".click()", model);
    browser.await(
        model, () -> Boolean.TRUE.equals(browser.run("return " + checked + ".checked", model)));
  }

  /** Fills the form with the four scripted players in all four scenarios. */
  private void fillRace(String label, int rounds, int turns) {
    browser.open("#/races/new", "new-race");
    browser.type("race-label", label);
    browser.type("race-rounds", String.valueOf(rounds));
    browser.type("race-turns", String.valueOf(turns));
    browser.click("race-submit");
  }

  @Test
  void startsARaceAndRanksIt() {
    fillRace("who is best?", 51, 8);
    browser.await("an error of the rounds", () -> browser.text("race-form").contains("1 to 50"));
    browser.type("race-rounds", "1");
    browser.click("race-submit");
    startPlan("/races", 16, "race");

    browser.await("a run in play", PLAYED, () -> cells("running") > 0 || cells("complete") > 0);
    awaitStatus("Complete");
    browser.await("all runs", () -> cells("complete") == 16);
    assertEquals(4, browser.all("standings").getFirst().findElements(Browser.ROWS).size());
    String best = shown().at("/standings/0/profile").textValue();
    browser.await("the standings", () -> browser.text("standings").contains(best));

    followLink(".panel-head a");
    browser.awaitView("ranking");
    browser.awaitText("ratings", best);
    browser.type("ranking-model", "scripted:idle");
    browser.press(Keys.ENTER);
    browser.await(
        "one player", () -> !browser.has("ratings") || !browser.text("ratings").contains(best));
    assertTrue(browser.fragment().contains("model="), browser.fragment());
    browser.click("ranking-clear");
    browser.awaitText("ratings", best);

    browser.offline(true);
    browser.choose("ranking-scenario", "balanced");
    browser.awaitText("problem", "keeps trying");
    browser.offline(false);
    browser.awaitText("ratings", best);
  }

  @Test
  void cancelsARace() {
    fillRace("too long", 5, 200);
    startPlan("/races", 80, "race");
    browser.await("a run in play", PLAYED, () -> cells("running") > 0);
    String first = browser.fragment();

    browser.open("#" + stack.startRace(1, 3), "race");
    browser.awaitText("comparison-status", "1 before it");
    browser.awaitText("comparison-queue", "1 experiment or race before it");
    String second = browser.fragment();

    browser.open(first, "race");
    browser.click("comparison-cancel");
    browser.awaitText("confirm", "stopped");
    browser.click("confirm-action");
    awaitStatus("Cancelled");
    assertFalse(browser.has("comparison-cancel"));
    browser.await(
        "no run in play", PLAYED, () -> shown().at("/cell_counts/running").intValue() == 0);
    browser.reload();
    browser.awaitView("race");
    browser.await("no run in play", () -> cells("running") == 0 && cells("not_started") > 40);

    browser.open(second, "race");
    awaitStatus("Complete"); // its turn came by itself
  }

  @Test
  void goesOnAfterTheConnectionWasCutAndTheStackWasAway() {
    fillRace("with interruptions", 1, 25);
    startPlan("/races", 16, "race");
    browser.await("a run that has ended", PLAYED, () -> cells("complete") > 0);
    browser.offline(true);
    browser.awaitText("problem", "keeps trying");
    browser.offline(false);
    browser.await("the connection", () -> !browser.has("problem"));
    stack.restart(false);
    awaitStatus("Complete");
    browser.await("all runs", () -> cells("complete") == 16);
    JsonNode race = shown();
    assertEquals(16, race.at("/cell_counts/complete").intValue());
    assertEquals(16, race.get("cells").findValuesAsText("run_id").stream().distinct().count());
  }

  @Test
  void letsAViewerReadAndAnOperatorStart() {
    stack.restart(true);
    try {
      browser.open("#/experiments", "token");
      signIn(Role.VIEWER);
      browser.awaitView("experiments");
      browser.open("#/start", "start");
      browser.click("sample-race");
      browser.awaitText("plan-problem", "role operator");
      assertFalse(browser.find("plan-start").isEnabled());
      int races = get("/races").size();

      browser.open("#/start", "start");
      browser.click("token-forget");
      signIn(Role.OPERATOR);
      browser.awaitView("start");
      browser.click("sample-race");
      startPlan("/races", 32, "race");
      assertEquals(races + 1, get("/races").size());
      String race = browser.fragment();

      browser.click("token-forget");
      signIn(Role.VIEWER);
      browser.awaitView("race");
      browser.click("comparison-cancel");
      browser.click("confirm-action");
      browser.awaitText("change-refused", "role operator");
      String progress = browser.text("cell-progress");
      browser.await("progress", PLAYED, () -> !browser.text("cell-progress").equals(progress));
      browser.find("change-refused"); // still there after the page was read again
      stack.client().post(race.substring(1) + "/cancel", "").expect(202);
      awaitStatus("Cancelled");
    } finally {
      stack.restart(false);
      browser.run("sessionStorage.clear()");
    }
  }

  private void signIn(Role role) {
    fixture.signIn(stack.stack().createToken(role, "console"));
  }

  @Test
  void startsTheSampleExperimentWithOneButton() {
    browser.open("#/start", "start");
    browser.click("sample-experiment");
    startPlan("/experiments", 8, "experiment");
    // FirstVisitTest follows it to its end.
    stack.client().post(browser.fragment().substring(1) + "/cancel", "").expect(202);
    awaitStatus("Cancelled");
  }
}
