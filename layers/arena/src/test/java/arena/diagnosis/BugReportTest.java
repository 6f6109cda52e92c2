package arena.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.broker.BrokerSnapshot;
import arena.catalog.Counters;
import arena.catalog.CreationRecords;
import arena.codec.Utf8;
import arena.journal.JournalTail;
import arena.json.Json;
import arena.run.Failure;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.text.Redactor;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The size of a bug report, and that it always parses and holds no secret. */
class BugReportTest {
  /** Largest response of a function, in bytes. */
  private static final int RESPONSE_BYTES = 6_291_556;

  private static final String SECRET = "k\"e/y%41+ 0123456789";

  private final FactsFixture facts = new FactsFixture();

  private final FactSources sources =
      new FactSources() {
        @Override
        public Optional<Run> row(RunId runId) {
          return facts.row.known().orElseThrow();
        }

        @Override
        public List<JournalTail.EntrySummary> journal(RunId runId, int limit) {
          return facts.journal.known().orElseThrow();
        }

        @Override
        public BrokerSnapshot broker(RunId runId) {
          return facts.broker.known().orElseThrow();
        }

        @Override
        public Counters counters() {
          return new Counters(10, 0, 0, 1);
        }

        @Override
        public Optional<ExecutionState> execution(RunId runId) {
          return facts.execution.known().orElseThrow();
        }

        @Override
        public List<ExecutionState.Entry> history(RunId runId, int limit) {
          return List.of();
        }

        @Override
        public CacheStatus cache() {
          return new CacheStatus("available", List.of(), List.of());
        }
      };

  private final Redactor redactor = new Redactor(List.of(SECRET));

  private JsonNode report(List<LogLine> log) throws Exception {
    Clock clock = Clock.fixed(FactsFixture.NOW, ZoneOffset.UTC);
    BugReport report =
        new BugReport(
            new FactCollector(
                sources, facts.facts().thresholds(), "redis-cli", redactor, clock, _ -> {}),
            sources,
            new CreationRecords() {
              @Override
              public void saveCreationRecord(RunId runId, CreationRecord creation) {
                throw new AssertionError("a report does not write");
              }

              @Override
              public Optional<CreationRecord> findCreationRecord(RunId runId) {
                return Optional.empty();
              }
            },
            new BugReport.ReportSources((_, _, _, _) -> log, () -> "{}", _ -> "", Map::of),
            redactor,
            clock);
    return Json.read(report.write(FactsFixture.RUN, FactsFixture.HTTP));
  }

  private static List<LogLine> lines(String text) {
    return Collections.nCopies(
        BugReport.MAX_LINES, new LogLine(FactsFixture.NOW, "replay-turn", text));
  }

  /** Characters that take three, four and seven bytes in the response. */
  @ParameterizedTest
  @ValueSource(strings = {"\"", "漢", "\u0001"})
  void fitsInTheResponseOfAFunction(String character) throws Exception {
    JsonNode report = report(lines(character.repeat(30_000)));
    assertTrue(report.at("/log/truncated").booleanValue());
    assertFalse(report.at("/log/lines").isEmpty());
    String response = Json.write(TextNode.valueOf(report.toString()));
    assertTrue(Utf8.length(response) < RESPONSE_BYTES, "bytes: " + Utf8.length(response));
    assertTrue(Utf8.length(response) > RESPONSE_BYTES / 2, "bytes: " + Utf8.length(response));
  }

  /**
   * Texts that break JSON, quotes or the redaction of it, and the secret as a service may echo it.
   */
  private static final List<String> PIECES =
      List.of(
          SECRET,
          SECRET.replace("\\", "\\\\").replace("\"", "\\\""),
          "sk-0123456789abcdef",
          "Incorrect API key provided: \"" + SECRET + "\". See…",
          "\"error\":{\"message\":\"",
          "password=\"",
          "Bearer ",
          "\"",
          "\\",
          "\\u00,",
          "{",
          "}",
          "[",
          "\n",
          "\u0000",
          "\u202e",
          "\ud83d\ude00",
          "token: 'x ",
          "arena_abcdefgh_" + "x".repeat(43),
          "ticket_" + "y".repeat(43),
          " ",
          "a ");

  private static String text(Random random) {
    return IntStream.range(0, 1 + random.nextInt(8))
        .mapToObj(_ -> PIECES.get(random.nextInt(PIECES.size())))
        .collect(Collectors.joining());
  }

  private static String around(String text, String part) {
    int at = text.indexOf(part);
    return text.substring(Math.max(0, at - 100), Math.min(text.length(), at + 100));
  }

  /** Any text in the row, the execution's error and the log. */
  @Test
  void alwaysParsesAndHoldsNoSecret() throws Exception {
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      RunStatus status = random.nextBoolean() ? RunStatus.FAILED : RunStatus.RUNNING;
      Run run =
          FactsFixture.run(
              status,
              "",
              status == RunStatus.FAILED ? new Failure("ModelFailed", text(random)) : null,
              3,
              FactsFixture.NOW);
      run =
          new Run(
              run.runId(),
              text(random),
              run.createdAt(),
              run.plan(),
              run.progress(),
              run.outcome());
      facts.row = new ProbeResult.Known<>(Optional.of(run));
      facts.execution =
          new ProbeResult.Known<>(
              Optional.of(
                  FactsFixture.running(
                      1, ExecutionState.Pending.RETRY, 1, "arena.Failed: " + text(random))));
      List<LogLine> log =
          List.of(
              new LogLine(FactsFixture.NOW, "replay-turn", text(random)),
              new LogLine(
                  FactsFixture.NOW,
                  "replay-turn",
                  Json.object()
                      .put("message", text(random))
                      .put("reason", text(random))
                      .toString()));
      String report = report(log).toString(); // parsed
      for (String secret :
          List.of(SECRET, "/y%41+", "sk-0123456789", "x".repeat(43), "y".repeat(43))) {
        assertFalse(report.contains(secret), () -> secret + " in " + around(report, secret));
      }
    }
  }

  @Test
  void keepsEveryLineThatFits() throws Exception {
    JsonNode report = report(lines("one line").subList(0, 1_000));
    assertFalse(report.at("/log/truncated").booleanValue());
    assertEquals(1_000, report.at("/log/lines").size());
  }
}
