package arena.benchmark;

import arena.console.Browser;
import arena.console.Chromium;
import arena.models.Behaviour;
import arena.run.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** Measures in Chromium whether the console's memory grows while it follows a run live. */
final class ConsoleMemory implements Measurement {
  private static final double MEMORY_GROWTH = 1.2;
  private static final int FIFTH = 5;

  /** How long the live run takes; a variable, so that a try can be shorter. */
  private static final Duration LIVE_TIME =
      Duration.ofSeconds(
          Long.parseLong(System.getenv().getOrDefault("ARENA_BENCH_LIVE_SECONDS", "300")));

  private static final double MEGABYTE = 1_000_000;

  @Override
  public String title() {
    return "console memory";
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    Optional<Chromium> chromium = Chromium.find();
    if (chromium.isEmpty()) {
      return List.of(Row.note("console memory", Chromium.HOW_TO_GET));
    }
    try (Browser browser =
        new Browser(
            chromium.get(), stack.httpUrl(), Files.createTempDirectory("arena-chromium-"))) {
      return liveRun(browser, stack);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * The heap at the end of a run that is followed live, with that after its first fifth, which is a
   * minute of five. A turn has about a hundred events. The page keeps the whole run, because each
   * turn can be shown again: what that takes is the heap of a page that opens the run at its end.
   */
  private static List<Row> liveRun(Browser browser, MeasuredStack stack) {
    Duration turn = LIVE_TIME.dividedBy(Limits.MAX_TURNS);
    Behaviour busy = Behaviour.named("busy");
    stack.model(
        "lively",
        call -> {
          LockSupport.parkNanos(turn.toNanos());
          return busy.reply(call);
        });
    String run = stack.startRun(Limits.MAX_TURNS, "lively");
    browser.open("#/runs/" + run, "run");
    awaitTurn(browser, Limits.MAX_TURNS / FIFTH);
    double early = browser.heapBytes();
    awaitTurn(browser, Limits.MAX_TURNS);
    double late = browser.heapBytes();
    String seconds =
        String.format(
            Locale.ROOT, "console: heap over a fast live run of %d s, ", LIVE_TIME.toSeconds());
    browser.open("#/runs/" + run, "run");
    awaitTurn(browser, Limits.MAX_TURNS);
    double opened = browser.heapBytes();
    return List.of(
        Row.atMost(seconds + "its end with its first fifth", late / early, "×", MEMORY_GROWTH),
        Row.amount(seconds + "after its first fifth", early / MEGABYTE, "MB", ""),
        Row.amount(seconds + "at its end", late / MEGABYTE, "MB", ""),
        Row.amount(
            seconds + "of a page that opens it then", opened / MEGABYTE, "MB", "the run itself"));
  }

  private static void awaitTurn(Browser browser, int turn) {
    // Few scripts, because each call of the driver leaves something in the page's heap.
    browser.await(
        "turn " + turn,
        LIVE_TIME.plus(LIVE_TIME).plus(Browser.BOUND),
        () ->
            Boolean.TRUE.equals(
                browser.runAsync(
                    Browser.BOUND,
                    """
                    const [turn, done] = arguments;
                    const end = performance.now() + 20_000;
                    const look = () => {
                      const isThere = Number(document.querySelector("[data-test=turn] b")?.textContent ?? 0) >= turn;
                      if (isThere || performance.now() > end) {
                        done(isThere);
                      } else {
                        setTimeout(look, 100);
                      }
                    };
                    look();
                    """,
                    turn)));
  }
}
