package arena.benchmark;

import arena.console.Browser;
import arena.console.Chromium;
import arena.local.client.Envelope;
import arena.models.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Measures the console in Chromium: size and time of the first view, the delay from an event to the
 * screen, a run of 10,000 events, and the memory after several of them. {@link ConsoleMemory}
 * follows one that is live.
 */
final class ConsoleSpeed implements Measurement {
  private static final double FIRST_VIEW_KILOBYTES = 200;
  private static final double FIRST_VIEW_MILLIS = 1_000;
  private static final double EVENT_MILLIS = 200;
  private static final double LONG_RUN_MILLIS = 1_500;
  private static final double FRAMES = 30;
  private static final double MEMORY_GROWTH = 1.2;

  private static final int ROUNDS = 5;
  private static final int LIVE_TURNS = 60;
  private static final Duration TURN = Duration.ofMillis(200);
  private static final int LONG_TURNS = 100;
  private static final int SCRUBBED_FRAMES = 120;
  private static final int VISITS = 12;

  private static final double PERCENTILE = 95;
  private static final double KILOBYTE = 1_000;
  private static final double MEGABYTE = 1_000_000;

  @Override
  public String title() {
    return "console";
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    Optional<Chromium> chromium = Chromium.find();
    if (chromium.isEmpty()) {
      return List.of(Row.note("console", Chromium.HOW_TO_GET));
    }
    try (Browser browser =
        new Browser(
            chromium.get(), stack.httpUrl(), Files.createTempDirectory("arena-chromium-"))) {
      List<Row> rows = new ArrayList<>();
      rows.addAll(firstView(browser, stack));
      rows.add(events(browser, stack));
      rows.addAll(longRun(browser, stack));
      return rows;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Row> firstView(Browser browser, MeasuredStack stack) {
    stack.awaitEnd(stack.startRun(1, "console"));
    List<Double> millis = new ArrayList<>();
    double bytes = 0;
    for (int round = 0; round <= ROUNDS; round++) {
      browser.forgetFiles();
      browser.open("#/", "runs");
      if (round > 0) { // the first one starts the function
        millis.add(browser.readyMillis());
      }
      bytes =
          number(
              browser.run(
                  "return [...performance.getEntriesByType('navigation'),"
                      + " ...performance.getEntriesByType('resource')"
                      + " .filter(one => one.name.includes('/console/'))]"
                      + " .reduce((sum, one) => sum + one.encodedBodySize, 0)"));
    }
    return List.of(
        Row.atMost(
            "console: first view with limit",
            bytes / KILOBYTE / FIRST_VIEW_KILOBYTES,
            "× 200 KB",
            1),
        Row.amount("console: first view, compressed", bytes / KILOBYTE, "KB", ""),
        Row.atMost(
            "console: time of first view with limit",
            Sample.median(millis) / FIRST_VIEW_MILLIS,
            "× 1 s",
            1),
        Row.amount(
            "console: first view", Sample.median(millis), "ms", "median of 5, no file kept"));
  }

  /**
   * From an event's time, before it is written to the journal, to the frame that shows its turn.
   */
  private static Row events(Browser browser, MeasuredStack stack) {
    stack.model(
        "paced",
        call -> {
          LockSupport.parkNanos(TURN.toNanos());
          return Reply.text("[{\"type\":\"queue_villager\"}]");
        });
    String run = stack.startRun(LIVE_TURNS, "paced");
    browser.open("#/runs/" + run, "run");
    browser.run(
        """
        window.shownTurns = {};
        const look = () => {
          const turn = document.querySelector("[data-test=turn] b")?.textContent;
          if (turn !== undefined) {
            window.shownTurns[turn] ??= Date.now();
          }
          requestAnimationFrame(look);
        };
        look();
        """);
    browser.awaitText("run-status", "Complete");
    Map<?, ?> shown = (Map<?, ?>) browser.run("return window.shownTurns");
    List<Double> millis = new ArrayList<>();
    for (Envelope event : stack.client().events(run, 1)) {
      if (event.fields().get("kind").textValue().equals("turn_start")) {
        Object at = shown.get(event.fields().get("t").asText());
        if (at != null && event.fields().get("t").intValue() > 2) { // after the page was ready
          Instant created = Instant.parse(event.fields().get("ts").textValue());
          millis.add(number(at) - created.toEpochMilli());
        }
      }
    }
    return Row.atMost(
        String.format(
            Locale.ROOT,
            "console: event to screen, p95 of %d: %.0f ms with limit",
            millis.size(),
            new Sample(millis).percentile(PERCENTILE)),
        new Sample(millis).percentile(PERCENTILE) / EVENT_MILLIS,
        "× 200 ms",
        1);
  }

  private static List<Row> longRun(Browser browser, MeasuredStack stack) {
    String run = stack.startRun(LONG_TURNS, "busy");
    stack.awaitEnd(run);
    List<Double> millis = new ArrayList<>();
    for (int round = 0; round <= ROUNDS; round++) {
      browser.open("#/runs/" + run, "run");
      browser.awaitText("turn", "turn " + LONG_TURNS);
      if (round > 0) {
        millis.add(browser.readyMillis());
      }
    }
    double scrubbed =
        number(
            browser.runAsync(
                Duration.ofSeconds(60),
                """
                const [frames, done] = arguments;
                const key = name => document.body.dispatchEvent(new KeyboardEvent("keydown", {key: name, bubbles: true}));
                key("Home");
                requestAnimationFrame(() => {
                  const start = performance.now();
                  let left = frames;
                  const next = () => {
                    if (left-- === 0) {
                      done(1000 * frames / (performance.now() - start));
                      return;
                    }
                    key(left > frames / 2 ? "ArrowRight" : "ArrowLeft");
                    requestAnimationFrame(next);
                  };
                  next();
                });
                """,
                SCRUBBED_FRAMES));
    List<Double> heaps = new ArrayList<>();
    browser.open("#/", "runs");
    for (int visit = 0; visit < VISITS; visit++) {
      browser.run("location.hash = arguments[0]", "#/runs/" + run);
      browser.awaitView("run");
      browser.awaitText("turn", "turn " + LONG_TURNS);
      browser.run("location.hash = '#/'");
      browser.awaitView("runs");
      heaps.add(browser.heapBytes());
    }
    return List.of(
        Row.atMost(
            "console: opening 10,000 events with limit",
            Sample.median(millis) / LONG_RUN_MILLIS,
            "× 1.5 s",
            1),
        Row.amount("console: opening 10,000 events", Sample.median(millis), "ms", "median of 5"),
        Row.atLeast(
            "console: frames while scrubbing 10,000 events with limit",
            scrubbed / FRAMES,
            "× 30/s",
            1),
        Row.atMost(
            "console: heap after 12 visits of that run with that after 6",
            heaps.getLast() / heaps.get(VISITS / 2 - 1),
            "×",
            MEMORY_GROWTH),
        Row.amount("console: heap after 12 visits", heaps.getLast() / MEGABYTE, "MB", ""));
  }

  private static double number(Object value) {
    return ((Number) value).doubleValue();
  }
}
