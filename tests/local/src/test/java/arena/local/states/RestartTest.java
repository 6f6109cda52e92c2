package arena.local.states;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Executions continue after a restart. */
class RestartTest {
  private static final String TASK =
      """
      QueryLanguage: JSONata
      StartAt: Work
      States:
        Work:
          Type: Task
          Resource: arn:aws:states:::lambda:invoke
          Arguments: {FunctionName: work, Payload: "{% $states.input %}"}
          Output: "{% $states.result.Payload.n + 1 %}"
          TimeoutSeconds: 60
          Retry:
            - {ErrorEquals: [Busy], IntervalSeconds: 60, BackoffRate: 2, MaxAttempts: 3}
          End: true
      """;

  @TempDir Path folder;

  @Test
  void continuesARetryAndKeepsTheCountOfAttempts() throws IOException {
    try (StatesFixture states = new StatesFixture(folder, TASK)) {
      states.functions.throwing("Busy", "later", 4);
      String arn = states.begin("a", "{}");
      states.clock.advance(Duration.ofSeconds(100)); // 60 s, then 40 of 120 s
      assertEquals(2, states.functions.calls().size());

      states.restart();
      states.clock.advance(Duration.ofSeconds(79));
      assertEquals(2, states.functions.calls().size());
      states.clock.advance(Duration.ofSeconds(1));
      assertEquals(3, states.functions.calls().size());
      states.restart();
      states.clock.advance(Duration.ofMinutes(4));

      assertEquals(0, states.functions.remaining());
      assertEquals("FAILED", states.status(arn));
      assertEquals("Busy", states.describe(arn).get("error"));
      assertEquals(
          List.of(Duration.ofMinutes(1), Duration.ofMinutes(2), Duration.ofMinutes(4)),
          states.delays(arn));
    }
  }

  @Test
  void continuesAWait() throws IOException {
    String wait =
        """
        QueryLanguage: JSONata
        StartAt: A
        States:
          A: {Type: Wait, Seconds: 100, End: true}
        """;
    try (StatesFixture states = new StatesFixture(folder, wait)) {
      String arn = states.begin("a", "{}");
      states.clock.advance(Duration.ofSeconds(60));
      states.restart();
      states.clock.advance(Duration.ofSeconds(39));
      assertEquals("RUNNING", states.status(arn));
      states.clock.advance(Duration.ofSeconds(1));
      assertEquals("SUCCEEDED", states.status(arn));
      assertEquals(StatesFixture.BEGIN.plusSeconds(100), states.history(arn).getLast().at());
    }
  }

  @Test
  void repeatsACallWhoseOutcomeWasNotWritten() throws IOException {
    try (StatesFixture states = new StatesFixture(folder, TASK)) {
      states.functions.then(
          _ -> {
            try {
              states.restart();
            } catch (IOException e) {
              throw new UncheckedIOException(e);
            }
            return new TaskInvoker.Success("{\"n\":1}");
          });
      states.functions.answers("{\"n\":41}");
      String arn = states.begin("a", "{\"same\":true}");
      states.settle();

      assertEquals(2, states.functions.calls().size());
      assertEquals(
          states.functions.calls().get(0).payload(), states.functions.calls().get(1).payload());
      states.clock.advance(Duration.ofMinutes(10));
      assertEquals("42", states.describe(arn).get("output"));
      assertEquals(1, states.types(arn).stream().filter("TaskScheduled"::equals).count());
    }
  }

  @Test
  void keepsEndedExecutions() throws IOException {
    try (StatesFixture states = new StatesFixture(folder, TASK)) {
      states.functions.answers("{\"n\":41}");
      String arn = states.begin("a", "{\"x\":1}");
      states.clock.advance(Duration.ofHours(1));
      Map<?, ?> described = states.describe(arn);
      List<StatesFixture.Seen> history = states.history(arn);
      states.restart();
      states.clock.advance(Duration.ofHours(1));
      assertEquals(described, states.describe(arn));
      assertEquals(history, states.history(arn));
      assertEquals(1, states.functions.calls().size());
    }
  }

  @Test
  void removesAnIncompleteLastLine() throws IOException {
    try (StatesFixture states = new StatesFixture(folder, TASK)) {
      states.functions.throwing("Busy", "later", 1).answers("{\"n\":41}");
      String arn = states.begin("a", "{}");
      states.clock.advance(Duration.ofSeconds(10));
      List<StatesFixture.Seen> history = states.history(arn);
      Files.writeString(file(), "{\"id\":99,\"type\":\"TaskFai", StandardOpenOption.APPEND);
      states.restart();
      assertEquals(history, states.history(arn));
      states.clock.advance(Duration.ofMinutes(10));
      assertEquals("SUCCEEDED", states.status(arn));
    }
  }

  @Test
  void keepsAHistoryThatItCannotRead() throws IOException {
    try (StatesFixture states = new StatesFixture(folder, TASK)) {
      states.functions.answers("{\"n\":41}").answers("{\"n\":1}");
      states.begin("a", "{}");
      states.clock.advance(Duration.ofSeconds(10));
      Path file = file();
      Files.writeString(file, "this is no history\n");
      states.restart();
      assertEquals(
          "ExecutionAlreadyExists",
          states.error(
              "StartExecution", Map.of("stateMachineArn", StatesFixture.MACHINE, "name", "a")));
      assertEquals("this is no history\n", Files.readString(file));
      String other = states.begin("b", "{}");
      states.clock.advance(Duration.ofHours(1));
      assertEquals("SUCCEEDED", states.status(other));
    }
  }

  @Test
  void continuesWithTheDefinitionOfTheStart() throws IOException {
    String arn;
    try (StatesFixture states = new StatesFixture(folder, TASK)) {
      states.functions.throwing("Busy", "later", 1);
      arn = states.begin("a", "{}");
      states.clock.advance(Duration.ofSeconds(10));
    }
    String other =
        "{\"QueryLanguage\":\"JSONata\",\"StartAt\":\"X\",\"States\":{\"X\":{\"Type\":\"Fail\"}}}";
    try (StatesFixture states = new StatesFixture(folder, other)) {
      states.functions.answers("{\"n\":41}");
      states.clock.advance(Duration.ofHours(1));
      assertEquals("42", states.describe(arn).get("output"));
    }
  }

  @Test
  void deletesAClosedExecutionAfterNinetyDays() throws IOException {
    try (StatesFixture states = new StatesFixture(folder, TASK)) {
      states.functions.answers("{\"n\":41}").answers("{\"n\":1}").answers("{\"n\":2}");
      Map<String, String> start = Map.of("stateMachineArn", StatesFixture.MACHINE, "name", "a");
      String arn = states.begin("a", "{}");
      states.clock.advance(Duration.ofHours(1));
      assertEquals("ExecutionAlreadyExists", states.error("StartExecution", start));

      states.clock.advance(Duration.ofDays(91));
      assertEquals("ExecutionDoesNotExist", states.error("DescribeExecution", of(arn)));
      assertEquals(arn, states.begin("a", "{}"));
      states.clock.advance(Duration.ofHours(1));
      assertEquals("2", states.describe(arn).get("output"));

      states.clock.advance(Duration.ofDays(91));
      states.restart();
      assertEquals("ExecutionDoesNotExist", states.error("DescribeExecution", of(arn)));
      assertEquals(arn, states.begin("a", "{}"));
    }
  }

  private static Map<String, String> of(String arn) {
    return Map.of("executionArn", arn);
  }

  @Test
  void returns503WhenClosed() throws IOException {
    StatesFixture states = new StatesFixture(folder, TASK);
    states.close();
    assertEquals(503, states.call("DescribeExecution", Map.of()).status());
  }

  @Test
  void rejectsASecondStart() throws IOException {
    try (StepFunctions states =
        new StepFunctions(
            folder,
            List.of(),
            _ -> new ScriptedFunctions(),
            new arena.local.clock.ManualClock(StatesFixture.BEGIN),
            StatesFixture.LONGEST)) {
      states.start();
      assertThrows(IllegalStateException.class, states::start);
    }
  }

  private Path file() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      List<Path> found = files.filter(Files::isRegularFile).toList();
      assertEquals(1, found.size());
      assertTrue(found.getFirst().endsWith("replay/a.jsonl"));
      return found.getFirst();
    }
  }
}
