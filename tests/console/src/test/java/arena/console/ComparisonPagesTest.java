package arena.console;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.json.Json;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;

/**
 * The pages of experiments, races and rankings over answers that are files, so that each state is
 * shown at once: running, failed runs, groups that have not met, hostile names.
 */
@Timeout(300)
final class ComparisonPagesTest {
  private final ConsoleFixture fixture = ConsoleFixture.shared();
  private final Browser browser = fixture.browser();
  private final Pictures pictures = new Pictures(browser);
  private final JsonNode experiment = answer("experiment");
  private final JsonNode race = answer("race");

  @AfterEach
  void reportsNoError() {
    fixture.assertNoErrors();
  }

  private static JsonNode answer(String name) {
    try (InputStream in = ComparisonPagesTest.class.getResourceAsStream(name + ".json")) {
      return Json.read(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Map<String, String> answers() {
    Map<String, String> answers = new LinkedHashMap<>();
    answers.put("GET /experiments", answer("experiments").toString());
    answers.put("GET " + experimentPath(), experiment.toString());
    answers.put("GET /races", answer("races").toString());
    answers.put("GET " + racePath(), race.toString());
    answers.put("GET /rankings", answer("rankings").toString());
    answers.put("POST /experiments", answer("plan").toString());
    answers.put("POST /races", answer("plan").toString());
    return answers;
  }

  private String experimentPath() {
    return "/experiments/" + experiment.get("experiment_id").textValue();
  }

  private String racePath() {
    return "/races/" + race.get("race_id").textValue();
  }

  @Test
  void haveNoSeriousFault() {
    Map<String, String> pages = new TreeMap<>();
    pages.put("experiments", "#/experiments");
    pages.put("experiment", "#" + experimentPath());
    pages.put("races", "#/races");
    pages.put("race", "#" + racePath());
    pages.put("new-race", "#/races/new");
    pages.put("ranking", "#/ranking?race=" + race.get("race_id").textValue());
    List<Executable> checks = new ArrayList<>();
    try (Browser.Answers _ = browser.answerWith(answers())) {
      pages.forEach(
          (name, fragment) -> pictures.check(name, () -> browser.open(fragment, name), checks));
    }
    browser.show(Browser.Screen.DESKTOP, Browser.Theme.LIGHT);
    assertAll(checks);
  }

  @Test
  void formsAndPlanHaveNoSeriousFault() {
    String parent = fixture.stack().play("to be compared", 6);
    List<Executable> checks = new ArrayList<>();
    try (Browser.Answers _ = browser.answerWith(answers())) {
      pictures.check("replicate", () -> openFork(parent, "replicate"), checks);
      pictures.check("players", () -> openFork(parent, "players"), checks);
      pictures.check(
          "plan",
          () -> {
            browser.open("#/start", "start");
            browser.click("sample-race");
            browser.awaitText("plan", "36");
          },
          checks);
    }
    browser.show(Browser.Screen.DESKTOP, Browser.Theme.LIGHT);
    assertAll(checks);
  }

  private void openFork(String parent, String how) {
    browser.open("#/runs/" + parent + "?t=3", "run");
    browser.click("fork-open");
    browser.choose("fork-mode", how);
    browser.find("fork-replicas");
  }

  @Test
  void everyPointLeadsToItsRun() {
    try (Browser.Answers _ = browser.answerWith(answers())) {
      browser.open("#" + experimentPath(), "experiment");
      List<String> ended = new ArrayList<>();
      experiment
          .get("arms")
          .forEach(
              arm ->
                  arm.get("cells")
                      .forEach(
                          cell -> {
                            if (!cell.get("population").isNull()) {
                              ended.add("#/runs/" + cell.get("run_id").textValue());
                            }
                          }));
      assertEquals(
          ended,
          browser.run(
              "return [...document.querySelector('[data-test=dot-plot]').querySelectorAll('a')]"
                  + ".map(one => one.getAttribute('href'))"));
      assertEquals(2, browser.all("verdict").size());
      assertTrue(browser.text("verdicts").contains("<script>alert(1)</script>"));
      assertEquals(0L, browser.run("return document.querySelectorAll('main script').length"));

      browser.open("#" + racePath(), "race");
      assertEquals(race.get("cells").size(), browser.all("grid-cell").size());
      assertEquals(4, browser.all("standings").getFirst().findElements(Browser.ROWS).size());
    }
  }

  @Test
  void asksBeforeTheSampleRaceStarts() {
    try (Browser.Answers _ = browser.answerWith(answers())) {
      browser.open("#/start", "start");
      browser.click("sample-race");
      browser.awaitText("plan", "36");
      assertTrue(browser.text("plan").contains("$0.74"), browser.text("plan"));
      browser.type("plan-budget", "0");
      browser.click("plan-start");
      browser.await(
          "an error of the budget", () -> browser.text("plan-dialog").contains("above 0"));
      browser.type("plan-budget", "1.5");
      browser.click("plan-start");
      browser.awaitView("race");
      assertEquals("#" + racePath(), browser.fragment());
    }
  }

  @Test
  void replicatesAForkAsAnExperiment() throws IOException {
    String parent = fixture.stack().play("to be replicated", 4);
    try (Browser.Answers _ = browser.answerWith(answers())) {
      browser.open("#/runs/" + parent + "?t=2", "run");
      browser.click("fork-open");
      browser.choose("fork-mode", "replicate");
      browser.click("fork-submit");
      browser.awaitText("fork-error", "Change the town or the player");
      browser.type("fork-field-food", "1500");
      browser.type("fork-replicas", "51");
      browser.click("fork-submit");
      browser.await("an error of the replicas", () -> browser.text("fork-bar").contains("1 to 50"));
      browser.type("fork-replicas", "3");
      browser.click("fork-submit");
      browser.awaitText("plan", "36");
      browser.click("plan-start");
      browser.awaitView("experiment");
      assertEquals("#" + experimentPath(), browser.fragment());
      JsonNode request = Json.read((String) browser.run("return window.testRequests.at(-1)"));
      assertEquals(parent, request.get("parent_run_id").textValue());
      assertEquals(3, request.get("replicas").intValue());
      assertEquals(1_500, request.at("/arms/1/mutation/food").intValue());
    }
  }

  @Test
  void namesFromRightToLeftDoNotTurnSentences() {
    String hebrew = "\u05e2\u05d5\u05d3 \u05d0\u05d5\u05db\u05dc 12";
    String arabic = "\u062e\u064a\u0627\u0631";
    String override = "\u202ea name";
    ObjectNode named = experiment.deepCopy();
    named.put("label", hebrew);
    ObjectNode better = (ObjectNode) named.at("/arms/1");
    better.put("name", hebrew);
    ((ObjectNode) better.get("versus_control"))
        .put("sentence", hebrew + " is better than " + arabic + ", in 12 runs.");
    ObjectNode noted = race.deepCopy();
    noted.put("note", "Failed: 2 of " + arabic + ", 1 of " + override + ", 3 of others.");
    Map<String, String> answers = answers();
    answers.put("GET " + experimentPath(), named.toString());
    answers.put("GET " + racePath(), noted.toString());
    try (Browser.Answers _ = browser.answerWith(answers)) {
      browser.open("#" + experimentPath(), "experiment");
      browser.assertReadsFromLeft(
          "verdict-sentence", List.of(hebrew, "is better than", arabic, ", in 12 runs."));
      assertEquals("\u2068" + hebrew + "\u2069 \u00b7 arena", browser.run("return document.title"));
      assertEquals(
          true,
          browser.run(
              "return [...document.querySelectorAll('[data-test=dot-plot] a')]"
                  + ".some(one => one.getAttribute('aria-label').startsWith(arguments[0]))",
              "\u2068" + hebrew + "\u2069, replica 1: "));
      browser.open("#" + racePath(), "race");
      browser.assertReadsFromLeft(
          "race-note",
          List.of("Failed: 2 of", arabic, ", 1 of", "a name", ", 3 of", "others", "."));
    }
  }

  @Test
  void theArenasTextHasNoMarksThatThePageAdds() {
    String hebrew = "\u05de\u05e9\u05d7\u05e7";
    String run = fixture.stack().play(hebrew, 1);
    browser.open("#/runs/" + run, "run");
    assertEquals("\u2068" + hebrew + "\u2069 \u00b7 arena", browser.run("return document.title"));
    assertEquals(
        hebrew, fixture.stack().client().get("/runs/" + run).expect(200).get("label").textValue());
    browser.open("#/", "runs");
    browser.await("the run", () -> browser.text("runs-list").contains(hebrew));
    assertEquals(
        1L,
        browser.run(
            "return [...document.querySelectorAll('[data-test=run-select]')]"
                + ".filter(one => one.getAttribute('aria-label') === arguments[0]).length",
            "Select \u2068" + hebrew + "\u2069"));
  }
}
