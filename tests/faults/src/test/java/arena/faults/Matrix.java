package arena.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestPlan;

/**
 * The page {@code MATRIX.md}: what became of each fault. Every run of the tests writes it to {@code
 * target}; the committed one changes only when it is asked for, and a fault that does not end as it
 * says there fails its test.
 */
public final class Matrix implements TestExecutionListener {
  private static final Path COMMITTED = Path.of("MATRIX.md");
  private static final Path WRITTEN = Path.of("..", "target", "MATRIX.md");
  private static final boolean UPDATES = Boolean.getBoolean("arena.faults.update");

  /** What writes the page. */
  static final String COMMAND = "./arena faults --update";

  private static final String BY_MOMENT =
      "perhaps a batch that came again and was dropped, or a connection that was closed";
  private static final Map<Fault, Outcome> OUTCOMES = new EnumMap<>(Fault.class);

  private static final String HEAD =
      """
      # What is broken, and what becomes of it

      Written by the tests of this folder (`./arena faults --update`), which break real parts of the local stack and look
      at what follows through its public interfaces. In every case the run's events are dense from 1, its archive has all
      of them, the live reader has the same bytes once each, and after the grace the broker has nothing left of the run.

      - **end**: how the run ended.
      - **lost**, **twice**: events that a reader who follows the protocol did not get, or kept twice.
      - **model**: calls of the model beyond one for each turn that has an answer in the journal.
      - **within**: the bound, after the fault, on the run's end, or on what the row says instead.
      - **reader**: what the reader saw beside every event once.
      """;

  /** Made by JUnit. */
  public Matrix() {}

  /** Notes an outcome; fails if the committed page has another. */
  static void record(Fault fault, Outcome tried) {
    Outcome outcome = fault.differsByMoment() ? tried.seen(BY_MOMENT) : tried;
    synchronized (OUTCOMES) {
      OUTCOMES.put(fault, outcome);
    }
    if (!UPDATES && !committed().contains(row(fault, outcome))) {
      throw new AssertionError(
          "MATRIX.md does not have this outcome; if it is right: %s%n%s"
              .formatted(COMMAND, row(fault, outcome)));
    }
  }

  private static String row(Fault fault, Outcome outcome) {
    return String.format(
        Locale.ROOT,
        "| %s | %s | %d | %d | %d | %d s | %s |",
        fault.moment(),
        outcome.end(),
        outcome.lost(),
        outcome.twice(),
        outcome.modelCalls(),
        outcome.within(),
        outcome.reader());
  }

  /** What the committed page has of a fault. */
  static Optional<String> committedRow(Fault fault) {
    return committed().stream()
        .filter(line -> line.startsWith("| " + fault.moment() + " |"))
        .findFirst();
  }

  private static List<String> committed() {
    try {
      return Files.exists(COMMITTED) ? Files.readAllLines(COMMITTED) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void testPlanExecutionFinished(TestPlan plan) {
    List<String> lines = new ArrayList<>(HEAD.lines().toList());
    String part = "";
    synchronized (OUTCOMES) {
      if (OUTCOMES.isEmpty()) {
        return;
      }
      for (Fault fault : Fault.values()) {
        Outcome outcome = OUTCOMES.get(fault);
        // one that was not tried this time stays as it was
        String row = outcome != null ? row(fault, outcome) : committedRow(fault).orElse("");
        if (row.isEmpty()) {
          continue;
        }
        if (!fault.part().equals(part)) {
          part = fault.part();
          lines.addAll(List.of("", "## " + capital(part), ""));
          lines.add("| when | end | lost | twice | model | within | reader |");
          lines.add("|---|---|---|---|---|---|---|");
        }
        lines.add(row);
      }
    }
    try {
      Files.createDirectories(WRITTEN.getParent());
      Files.write(WRITTEN, lines);
      if (UPDATES) {
        Files.write(COMMITTED, lines);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("the matrix is not written", e);
    }
  }

  private static String capital(String text) {
    return Character.isLowerCase(text.charAt(0)) && text.contains("-")
        ? "`" + text.replaceFirst(" ", "` ")
        : Character.toUpperCase(text.charAt(0)) + text.substring(1);
  }
}
