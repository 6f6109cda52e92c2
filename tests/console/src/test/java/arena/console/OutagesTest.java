package arena.console;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.Role;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.openqa.selenium.Keys;

/** What a page shows while something is away, and that it goes on by itself. */
@Timeout(180)
final class OutagesTest {
  /** A run that could not be closed is tried again less and less often. */
  private static final Duration PLAYED = Duration.ofMinutes(2);

  private final ConsoleFixture fixture = ConsoleFixture.shared();
  private final ConsoleStack stack = fixture.stack();
  private final Browser browser = fixture.browser();

  /** Asserts that the page shows all events of a complete run, each once. */
  private void assertShowsAll(ConsoleStack.GatedRun gated) {
    String run = gated.id();
    stack.client().awaitEnd(run, Browser.BOUND);
    browser.awaitText("run-status", "Complete");
    long events = stack.client().get("/runs/" + run).expect(200).get("n_events").longValue();
    browser.await(
        events + " events",
        () ->
            ((Long)
                    browser.run(
                        "return [...document.querySelectorAll('.strip .fact')].filter(one =>"
                            + " one.textContent.replace(/\\s/g, '') === 'Events' + arguments[0]).length",
                        events))
                == 1);
  }

  private ConsoleStack.GatedRun liveRun(String label, int turns) {
    ConsoleStack.GatedRun run = stack.startGated(label, turns);
    browser.open("#/runs/" + run.id(), "run");
    run.permit(2);
    browser.awaitText("turn", "turn 2");
    return run;
  }

  @Test
  void resumesAfterTheConnectionWasCut() {
    ConsoleStack.GatedRun run = liveRun("cut", 6);
    browser.offline(true);
    browser.find("banner-lost");
    run.permit(2);
    browser.offline(false);
    browser.awaitText("turn", "turn 4");
    run.permit(2);
    assertShowsAll(run);
    assertTrue(!browser.has("banner-lost"));
  }

  @Test
  void resumesWhenTheGatewayClosesTheConnection() {
    ConsoleStack.GatedRun run = liveRun("closed by the gateway", 5);
    browser.closeSockets();
    run.permit(3);
    assertShowsAll(run);
  }

  @Test
  void resumesAfterARestartOfTheStack() {
    ConsoleStack.GatedRun run = liveRun("restarted", 6);
    stack.restart(false);
    run.permit(10);
    assertShowsAll(run);
  }

  @Test
  void followsARunWhileTheBrokerIsAway() {
    ConsoleStack.GatedRun run = liveRun("without a broker", 6);
    stack.stack().killRedis();
    try {
      run.permit(2);
      browser.awaitText("turn", "turn 4"); // which only the journal has
      browser.find("banner-delayed");
      run.permit(2);
      stack.client().pollEnd(run.id(), Browser.BOUND);
    } finally {
      stack.stack().restartRedis();
    }
    assertShowsAll(run);
  }

  @Test
  void fillsAndMarksTheGapOfAnOverflow() {
    ConsoleStack.GatedRun run = liveRun("overflown", 6);
    long shown = shownEvents();
    browser.dropMessages(true);
    run.permit(2);
    String address = "/runs/" + run.id();
    browser.await(
        "turn 4 in the journal",
        () ->
            stack.client().get(address).expect(200).get("turns_played").intValue() == 4
                && stack.client().get(address).expect(200).get("n_events").longValue() > shown);
    long newest = stack.client().get(address).expect(200).get("n_events").longValue();
    browser.dropMessages(false);
    browser.receive(
        String.format(
            Locale.ROOT,
            "{\"type\":\"overflow\",\"run_id\":\"%s\",\"requested_seq\":%d,\"available_from\":%d}",
            run.id(),
            shown + 1,
            newest - 1));
    browser.awaitText("turn", "turn 4");
    browser.press(Keys.HOME); // the gap is at its place among the turns
    browser.press(Keys.ARROW_RIGHT, Keys.ARROW_RIGHT);
    browser.find("trace-filled");
    run.permit(2);
    assertShowsAll(run);
  }

  /** The number of events that the page has. */
  private long shownEvents() {
    return (Long)
        browser.run(
            "return Number([...document.querySelectorAll('.strip .fact')].find(one =>"
                + " one.textContent.startsWith('Events')).textContent.replace(/\\D/g, ''))");
  }

  @Test
  void asksForATokenAndForAnotherOneWhenItHasExpired() {
    stack.play("behind a token", 1);
    stack.restart(true);
    List<Executable> checks = new ArrayList<>();
    try {
      new Pictures(browser).check("token", () -> browser.open("#/", "token"), checks);
      browser.show(Browser.Screen.DESKTOP, Browser.Theme.LIGHT);
      browser.open("#/", "token");
      browser.find("token-form");
      fixture.signIn("arena_aaaaaaaa_" + "x".repeat(43));
      browser.awaitText("token-form", "not accepted");

      browser.await("the token form", () -> browser.has("token-field"));
      signIn(Duration.ofSeconds(8));
      browser.await("the runs", () -> browser.text("runs-list").contains("behind a token"));
      assertEquals(
          "",
          browser.run("return Object.keys(localStorage).filter(key => /token/.test(key)).join()"));
      browser.find("token-form"); // asked again after the token has expired
    } finally {
      stack.restart(false);
    }
    assertAll(checks);
  }

  private void signIn(Duration lifetime) {
    fixture.signIn(stack.stack().createToken(Role.OPERATOR, "console", lifetime));
  }

  @Test
  void returnsToARaceWhenItsTokenHasExpired() {
    stack.restart(true);
    try {
      String race = stack.startRace(20, 200);
      browser.open("#" + race, "token");
      signIn(Duration.ofSeconds(8));
      browser.awaitView("race");
      browser.find("token-form");
      assertEquals("#" + race, browser.fragment());
      signIn(Duration.ofMinutes(10));
      browser.awaitView("race");
      browser.click("comparison-cancel");
      browser.click("confirm-action");
      browser.awaitText("comparison-status", "Cancelled");
    } finally {
      stack.restart(false);
      browser.run("sessionStorage.clear()");
    }
  }

  @Test
  void followsARaceWhileTheBrokerIsAway() {
    stack.stack().killRedis();
    String race;
    try {
      race = stack.startRace(2, 3);
      browser.open("#" + race, "race");
      browser.awaitText("cell-progress", "4");
      browser.open("#/ranking", "ranking");
      browser.open("#/races", "races");
      browser.awaitText("races", "2 profiles");
    } finally {
      stack.stack().restartRedis();
    }
    browser.open("#" + race, "race");
    browser.await(
        "the end of the race, whose runs waited for the broker to close their streams",
        PLAYED,
        () -> browser.text("comparison-status").contains("Complete"));
  }
}
