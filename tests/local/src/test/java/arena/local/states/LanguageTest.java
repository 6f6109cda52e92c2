package arena.local.states;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The supported part of the Amazon States Language. */
class LanguageTest {
  @TempDir Path folder;

  private static final String TASK =
      "Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Arguments: {FunctionName: f}";

  /** Runs one execution for an hour. */
  private Map<?, ?> play(String states, String input, ScriptedFunctions... functions)
      throws IOException {
    String definition = "QueryLanguage: JSONata\nStartAt: A\nStates:\n" + states.indent(2);
    try (StatesFixture held = new StatesFixture(folder, definition)) {
      for (ScriptedFunctions script : functions) {
        held.functions.then(
            payload -> script.invoke("any", Json.write(payload), Duration.ofHours(1)));
      }
      String arn = held.begin("x", input);
      held.clock.advance(Duration.ofHours(1));
      return held.describe(arn);
    }
  }

  private static ScriptedFunctions answering(String payload) {
    return new ScriptedFunctions().answers(payload);
  }

  /** Runs one execution of a task with this output. */
  private Map<?, ?> evaluate(String output, String input) throws IOException {
    String quoted = "'" + output.replace("'", "''") + "'";
    return play("A: {" + TASK + ", Output: " + quoted + ", End: true}", input, answering("7"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{% $states.input.a + 1 %} | 2",
        "{% $states.input.none = null %} | false",
        "{% $states.input.empty %} | null",
        "{% {'x': $states.input.list[-1]} %} | {\"x\":3}",
        "{% $states.result.Payload + 1 %} | 8",
        "{% ($n := $states.input.a; $n + 1) %} | 2",
        "{% $parse('{\"b\": [1, null]}') %} | {\"b\":[1,null]}",
        "{% [1..3] %} | [1,2,3]",
        "plain | \"plain\"",
      })
  void evaluatesExpressions(String output, String expected) throws IOException {
    Map<?, ?> described = evaluate(output, "{\"a\":1,\"empty\":null,\"list\":[1,2,3]}");
    assertEquals("SUCCEEDED", described.get("status"), described.toString());
    assertEquals(expected, described.get("output"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{% $states.input.missing %}",
        "{% 'a' + 1 %}",
        "{% $nothing() %}",
        "{% function($x) { $x } %}",
        "{% ($f := function($x) { $f($x + 1) + 1 }; $f(1)) %}",
        "{% $parse('{') %}",
      })
  void failsWithoutAValue(String output) throws IOException {
    Map<?, ?> described = evaluate(output, "{}");
    assertEquals("FAILED", described.get("status"));
    assertEquals("States.QueryEvaluationError", described.get("error"));
  }

  @Test
  void passesTheResultOnWithoutAnOutput() throws IOException {
    assertEquals(
        "{\"ExecutedVersion\":\"$LATEST\",\"Payload\":[1.5,null],\"StatusCode\":200}",
        play("A: {" + TASK + ", End: true}", "{}", answering("[1.5,null]")).get("output"));
  }

  @ParameterizedTest
  @CsvSource({"1, One", "2, Two", "3, Other"})
  void choosesTheFirstTrueCondition(int n, String expected) throws IOException {
    Map<?, ?> described =
        play(
            """
            A:
              Type: Choice
              Choices:
                - {Condition: "{% $states.input.n = 1 %}", Next: One}
                - {Condition: "{% $states.input.n <= 2 %}", Next: Two}
              Default: Other
            One: {Type: Fail, Error: One}
            Two: {Type: Fail, Error: Two}
            Other: {Type: Fail, Error: Other}
            """,
            "{\"n\":" + n + "}");
    assertEquals(expected, described.get("error"));
  }

  @Test
  void failsWhenNoConditionIsTrue() throws IOException {
    Map<?, ?> described =
        play(
            """
            A: {Type: Choice, Choices: [{Condition: "{% false %}", Next: B}]}
            B: {Type: Fail, Error: B}
            """,
            "{}");
    assertEquals("States.NoChoiceMatched", described.get("error"));
  }

  @Test
  void failsWhenAConditionIsNotBoolean() throws IOException {
    Map<?, ?> described =
        play(
            """
            A: {Type: Choice, Choices: [{Condition: "{% 1 %}", Next: B}]}
            B: {Type: Fail, Error: B}
            """,
            "{}");
    assertEquals("States.QueryEvaluationError", described.get("error"));
  }

  @Test
  void catchesAnErrorByItsName() throws IOException {
    String task =
        """
        A:
          Type: Task
          Resource: arn:aws:states:::lambda:invoke
          Arguments: {FunctionName: f}
          Catch:
            - ErrorEquals: [Other]
              Next: B
            - ErrorEquals: [Broken]
              Output:
                error: "{% $states.errorOutput.Error %}"
                cause: "{% $parse($states.errorOutput.Cause).errorMessage & $states.input.x %}"
              Next: C
          End: true
        B: {Type: Fail}
        C:
          Type: Fail
          Error: "{% $states.input.error %}"
          Cause: "{% $states.input.cause %}"
        """;
    Map<?, ?> described =
        play(task, "{\"x\":\"!\"}", new ScriptedFunctions().throwing("Broken", "glass"));
    assertEquals("Broken", described.get("error"));
    assertEquals("glass!", described.get("cause"));
  }

  @Test
  void failsWhenTheOutputOfACatcherFails() throws IOException {
    String task =
        """
        A:
          Type: Task
          Resource: arn:aws:states:::lambda:invoke
          Arguments: {FunctionName: f}
          Catch:
            - {ErrorEquals: [States.ALL], Output: "{% $states.input.none %}", Next: B}
          Next: B
        B: {Type: Fail, Error: B}
        """;
    Map<?, ?> described = play(task, "{}", new ScriptedFunctions().throwing("Broken", "glass"));
    assertEquals("States.QueryEvaluationError", described.get("error"));
  }

  @Test
  void catchesAnErrorInTheOutput() throws IOException {
    String task =
        """
        A:
          Type: Task
          Resource: arn:aws:states:::lambda:invoke
          Arguments: {FunctionName: f}
          Output: "{% $states.result.Payload.missing %}"
          Catch:
            - {ErrorEquals: [States.ALL], Next: B}
          End: true
        B: {Type: Fail, Error: B}
        """;
    assertEquals("B", play(task, "{}", answering("{}")).get("error"));
  }

  @Test
  void doesNotCatchAnExceededDataQuotaByStatesAll() throws IOException {
    String task =
        """
        A:
          Type: Task
          Resource: arn:aws:states:::lambda:invoke
          Arguments: {FunctionName: f}
          Retry: [{ErrorEquals: [States.ALL]}]
          Catch: [{ErrorEquals: [States.ALL], Next: B}]
          Next: B
        B: {Type: Fail, Error: B}
        """;
    String large = "\"" + "x".repeat(Quotas.MAX_DATA_BYTES) + "\"";
    Map<?, ?> described = play(task, "{}", answering(large));
    assertEquals("FAILED", described.get("status"));
    assertEquals("States.DataLimitExceeded", described.get("error"));
  }

  @Test
  void endsAnExecutionAtTheQuotaOfEvents() throws IOException {
    String loop =
        """
        QueryLanguage: JSONata
        StartAt: A
        States:
          A: {Type: Choice, Choices: [{Condition: "{% false %}", Next: A}], Default: A}
        """;
    try (StatesFixture held = new StatesFixture(folder, loop)) {
      String arn = held.begin("x", "{}");
      held.settle();
      List<StatesFixture.Seen> history = held.history(arn);
      assertEquals(25_000, history.size());
      assertEquals("ExecutionFailed", history.getLast().type());
      assertEquals("States.Runtime", history.getLast().details().get("error"));
      assertEquals(
          "The execution reached the maximum number of history events (25000).",
          history.getLast().details().get("cause"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "A: {Type: Map, End: true} | Items is missing",
        "A: {Type: Map, Items: [], ItemProcessor: {ProcessorConfig: {Mode: DISTRIBUTED}}} | only the"
            + " Mode INLINE",
        "A: {Type: Map, Items: [], ItemBatcher: {}, ItemProcessor: {ProcessorConfig: {Mode: INLINE},"
            + " StartAt: B, States: {B: {Type: Succeed}}}, End: true} | not supported: ItemBatcher",
        "A: {Type: Map, Items: [], ItemProcessor: {ProcessorConfig: {Mode: INLINE}, StartAt: A,"
            + " States: {A: {Type: Succeed}}}, End: true} | the name is used twice",
        "A: {Type: Map, Items: [], ItemProcessor: {ProcessorConfig: {Mode: INLINE}, StartAt: B,"
            + " States: {B: {Type: Pass}}}, End: true} | the Type Pass is not supported",
        "A: {Type: Pass, End: true} | the Type Pass is not supported",
        "A: {Type: Wait, End: true} | Seconds is missing",
        "A: {Type: Wait, Seconds: 1} | exactly one of Next and End",
        "A: {Type: Wait, Timestamp: '2026-01-31T12:00:00Z', End: true} | Seconds is missing",
        "A: {Type: Wait, Seconds: 1, Output: 1, Assign: {n: 1}, End: true} | not supported: Assign",
        "A: {Type: Parallel} | the Type Parallel is not supported",
        "A: {Type: Fail, QueryLanguage: JSONata} | not supported: QueryLanguage",
        "A: {TASK} | exactly one of Next and End",
        "A: {TASK, Next: Z} | there is no state Z",
        "A: {TASK, ResultPath: $.x, End: true} | not supported: ResultPath",
        "A: {TASK, Assign: {n: 1}, End: true} | not supported: Assign",
        "A: {TASK, HeartbeatSeconds: 3, End: true} | not supported: HeartbeatSeconds",
        "A: {TASK, TimeoutSeconds: '1', End: true} | TimeoutSeconds must be an" + " integer",
        "A: {TASK, TimeoutSeconds: 0, End: true} | TimeoutSeconds must be an" + " integer",
        "A: {Type: Wait, Seconds: -1, End: true} | Seconds must be an" + " integer",
        "A: {TASK, Output: '{% 1 + %}', End: true} | Unexpected end",
        "A: {TASK, Output: '{% $hash(1) %}', End: true} | $hash is not supported",
        "A: {TASK, Output: '{% $states.context %}', End: true} | $states.context is not"
            + " supported",
        "A: {TASK, Output: '{% 1', End: true} | whole string",
        "A: {TASK, Output: '{% $states.context.Execution.Id %}', End: true} | $states.context is not"
            + " supported",
        "A: {TASK, Output: '${Name}', End: true} | a substitution is missing",
        "A: {Type: Task, Resource: 'arn:aws:states:::sqs:sendMessage', End: true} |" + " Resource",
        "A: {Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Arguments:"
            + " {FunctionName: f, Qualifier: x}, End: true} | not supported: Qualifier",
        "A: {TASK, Retry: [{ErrorEquals: [States.ALL, x]}], End: true} | States.ALL must"
            + " be alone",
        "A: {TASK, Retry: [{ErrorEquals: [States.Permissions]}], End: true} |"
            + " States.Permissions is not supported",
        "A: {TASK, Retry: [{ErrorEquals: [x], Every: 3}], End: true} | not supported:" + " Every",
        "A: {Type: Choice, Choices: [{Condition: '{% true %}', Output: 1, Next: A}]} |"
            + " not supported: Output",
      })
  void rejectsUnsupportedElementsByName(String states, String reason) {
    InvalidDefinition invalid =
        assertThrows(
            InvalidDefinition.class,
            () ->
                new StateMachine(
                    "replay",
                    StatesFixture.MACHINE,
                    "role",
                    "QueryLanguage: JSONata\nStartAt: A\nStates:\n  "
                        + states.replace("TASK", TASK)));
    assertTrue(invalid.getMessage().contains(reason), invalid.getMessage());
    assertTrue(invalid.getMessage().contains("replay"), invalid.getMessage());
  }

  @Test
  void waitsTheSecondsOfAnExpression() throws IOException {
    String wait =
        """
        QueryLanguage: JSONata
        StartAt: A
        States:
          A: {Type: Wait, Seconds: "{% $states.input.n %}", Output: "{% $states.input.n + 1 %}", Next: B}
          B: {Type: Wait, Seconds: 5, End: true}
        """;
    try (StatesFixture held = new StatesFixture(folder, wait)) {
      String arn = held.begin("x", "{\"n\":90}");
      held.clock.advance(Duration.ofSeconds(89));
      assertEquals(List.of("ExecutionStarted", "WaitStateEntered"), held.types(arn));
      held.clock.advance(Duration.ofSeconds(6));
      assertEquals("SUCCEEDED", held.status(arn));
      assertEquals("91", held.describe(arn).get("output"));
      assertEquals(StatesFixture.BEGIN.plusSeconds(95), held.history(arn).getLast().at());
      assertEquals(
          List.of(
              "ExecutionStarted",
              "WaitStateEntered",
              "WaitStateExited",
              "WaitStateEntered",
              "WaitStateExited",
              "ExecutionSucceeded"),
          held.types(arn));
    }
  }

  @Test
  void computesTheTimeoutOfATask() throws IOException {
    String task =
        """
        QueryLanguage: JSONata
        StartAt: A
        States:
          A: {TASK, TimeoutSeconds: "{% $states.input.n %}", End: true}
        """
            .replace("TASK", TASK);
    try (StatesFixture held = new StatesFixture(folder, task)) {
      held.functions.answers("{}");
      held.begin("x", "{\"n\":45}");
      held.settle();
      assertEquals(Duration.ofSeconds(45), held.functions.calls().getFirst().timeout());
      String refused = held.begin("y", "{\"n\":0}");
      held.settle();
      assertEquals("States.QueryEvaluationError", held.describe(refused).get("error"));
    }
  }

  @ParameterizedTest
  @CsvSource({"-1", "1.5", "'\"1\"'", "100000000"})
  void failsIfTheSecondsAreNotAWholeNumberInRange(String seconds) throws IOException {
    Map<?, ?> described =
        play(
            "A: {Type: Wait, Seconds: \"{% $states.input.n %}\", End: true}",
            "{\"n\":" + seconds + "}");
    assertEquals("States.QueryEvaluationError", described.get("error"));
  }

  @Test
  void countsTheRetriesOfAState() throws IOException {
    Map<?, ?> described =
        play(
            "A: {"
                + TASK
                + ", Output: '{% $states.context.State.RetryCount %}', "
                + "Retry: [{ErrorEquals: [Busy]}], End: true}",
            "{}",
            new ScriptedFunctions().throwing("Busy", "later"),
            new ScriptedFunctions().throwing("Busy", "later"),
            answering("7"));
    assertEquals("2", described.get("output"));
  }

  @Test
  void rejectsAnUnreachableState() {
    String definition =
        """
        QueryLanguage: JSONata
        StartAt: A
        States:
          A: {Type: Fail}
          B: {Type: Fail}
        """;
    assertThrows(InvalidDefinition.class, () -> DefinitionReader.read(definition));
  }
}
