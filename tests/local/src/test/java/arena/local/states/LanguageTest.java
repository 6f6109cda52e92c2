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

/** The states language, state by state. */
class LanguageTest {
  @TempDir Path folder;

  /** One execution, played for an hour. */
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

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{% $states.input.a + 1 %} | 2",
        "{% $states.input.none = null %} | false",
        "{% $states.input.empty %} | null",
        "{% {'x': $states.input.list[-1]} %} | {\"x\":3}",
        "{% $states.context.Execution.Name %} | \"x\"",
        "{% $states.context.State.Name %} | \"A\"",
        "{% $parse('{\"b\": [1, null]}') %} | {\"b\":[1,null]}",
        "{% [1..3] %} | [1,2,3]",
        "plain | \"plain\"",
      })
  void evaluatesExpressions(String output, String expected) throws IOException {
    Map<?, ?> described =
        play(
            "A: {Type: Pass, Output: '" + output.replace("'", "''") + "', End: true}",
            "{\"a\":1,\"empty\":null,\"list\":[1,2,3]}");
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
    Map<?, ?> described =
        play("A: {Type: Pass, Output: '" + output.replace("'", "''") + "', End: true}", "{}");
    assertEquals("FAILED", described.get("status"));
    assertEquals("States.QueryEvaluationError", described.get("error"));
  }

  @Test
  void handsOnItsInputUnlessToldOtherwise() throws IOException {
    assertEquals("[1.5,null]", play("A: {Type: Pass, End: true}", "[1.5,null]").get("output"));
  }

  @Test
  void variablesAreSeenByLaterStatesOnly() throws IOException {
    Map<?, ?> described =
        play(
            """
            A: {Type: Pass, Assign: {n: 1}, Next: B}
            B: {Type: Pass, Assign: {n: "{% $n + 1 %}"}, Output: "{% $n %}", Next: C}
            C: {Type: Pass, Output: {before: "{% $states.input %}", after: "{% $n %}"}, End: true}
            """,
            "{}");
    assertEquals("{\"before\":1,\"after\":2}", described.get("output"));
  }

  @ParameterizedTest
  @CsvSource({"1, one", "2, two", "3, other"})
  void choosesTheFirstTrueCondition(int n, String expected) throws IOException {
    Map<?, ?> described =
        play(
            """
            A:
              Type: Choice
              Choices:
                - {Condition: "{% $states.input.n = 1 %}", Output: one, Next: B}
                - {Condition: "{% $states.input.n <= 2 %}", Output: two, Next: B}
              Output: other
              Default: B
            B: {Type: Succeed}
            """,
            "{\"n\":" + n + "}");
    assertEquals("\"" + expected + "\"", described.get("output"));
  }

  @Test
  void failsWhenNoConditionIsTrue() throws IOException {
    Map<?, ?> described =
        play(
            """
            A: {Type: Choice, Choices: [{Condition: "{% false %}", Next: B}]}
            B: {Type: Succeed}
            """,
            "{}");
    assertEquals("States.NoChoiceMatched", described.get("error"));
  }

  @Test
  void aConditionIsTrueOrFalse() throws IOException {
    Map<?, ?> described =
        play(
            """
            A: {Type: Choice, Choices: [{Condition: "{% 1 %}", Next: B}]}
            B: {Type: Succeed}
            """,
            "{}");
    assertEquals("States.QueryEvaluationError", described.get("error"));
  }

  @ParameterizedTest
  @CsvSource({
    "Seconds: 90",
    "Seconds: '{% $states.input.s %}'",
    "Timestamp: '2026-01-31T12:01:30Z'",
    "Timestamp: '{% $states.input.at %}'"
  })
  void waits(String howLong) throws IOException {
    Map<?, ?> described =
        play(
            "A: {Type: Wait, " + howLong + ", End: true}",
            "{\"s\":90,\"at\":\"2026-01-31T13:01:30+01:00\"}");
    double took =
        ((Number) described.get("stopDate")).doubleValue()
            - ((Number) described.get("startDate")).doubleValue();
    assertEquals(90, took, 0.001);
  }

  @Test
  void catchesByNameAndTellsWhatWentWrong() throws IOException {
    String task =
        """
        A:
          Type: Task
          Resource: arn:aws:states:::lambda:invoke
          Arguments: {FunctionName: f}
          Catch:
            - ErrorEquals: [Other]
              Next: B
            - ErrorEquals: [States.TaskFailed]
              Assign: {why: "{% $states.errorOutput.Error %}"}
              Output: "{% $parse($states.errorOutput.Cause).errorMessage & $states.input.x %}"
              Next: C
          End: true
        B: {Type: Fail}
        C: {Type: Pass, Output: ["{% $why %}", "{% $states.input %}"], End: true}
        """;
    Map<?, ?> described =
        play(task, "{\"x\":\"!\"}", new ScriptedFunctions().throwing("Broken", "glass"));
    assertEquals("[\"Broken\",\"glass!\"]", described.get("output"));
  }

  @Test
  void aCatcherThatFailsItselfEndsTheExecution() throws IOException {
    String task =
        """
        A:
          Type: Task
          Resource: arn:aws:states:::lambda:invoke
          Arguments: {FunctionName: f}
          Catch:
            - {ErrorEquals: [States.ALL], Output: "{% $states.input.none %}", Next: B}
          Next: B
        B: {Type: Succeed}
        """;
    Map<?, ?> described = play(task, "{}", new ScriptedFunctions().throwing("Broken", "glass"));
    assertEquals("States.QueryEvaluationError", described.get("error"));
  }

  @Test
  void anOutputThatCannotBeMadeCanBeCaught() throws IOException {
    String task =
        """
        A:
          Type: Task
          Resource: arn:aws:states:::lambda:invoke
          Arguments: {FunctionName: f}
          Output: "{% $states.result.Payload.missing %}"
          Catch:
            - {ErrorEquals: [States.QueryEvaluationError], Output: caught, Next: B}
          End: true
        B: {Type: Succeed}
        """;
    assertEquals("\"caught\"", play(task, "{}", answering("{}")).get("output"));
  }

  @Test
  void dataBeyondTheQuotaIsAnErrorThatStatesAllDoesNotCatch() throws IOException {
    String task =
        """
        A:
          Type: Task
          Resource: arn:aws:states:::lambda:invoke
          Arguments: {FunctionName: f}
          Retry: [{ErrorEquals: [States.ALL]}]
          Catch: [{ErrorEquals: [States.ALL], Next: B}]
          Next: B
        B: {Type: Succeed}
        """;
    String large = "\"" + "x".repeat(Quotas.MAX_DATA_BYTES) + "\"";
    Map<?, ?> described = play(task, "{}", answering(large));
    assertEquals("FAILED", described.get("status"));
    assertEquals("States.DataLimitExceeded", described.get("error"));
  }

  @Test
  void anEndlessExecutionEndsAtTheQuotaOfEvents() throws IOException {
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
        "A: {Type: Map, End: true} | the Type Map is not supported",
        "A: {Type: Pass, ResultPath: $.x, End: true} | not supported: ResultPath",
        "A: {Type: Pass, QueryLanguage: JSONPath, End: true} | JSONata",
        "A: {Type: Pass} | either Next or End",
        "A: {Type: Pass, Next: Z} | there is no state Z",
        "A: {Type: Pass, End: true, Output: '{% 1 + %}'} | Unexpected end",
        "A: {Type: Pass, End: true, Output: '{% $hash(1) %}'} | $hash is not supported",
        "A: {Type: Pass, End: true, Output: '{% 1'} | whole string",
        "A: {Type: Pass, End: true, Output: '${Name}'} | a substitution is missing",
        "A: {Type: Pass, End: true, Assign: {states: 1}} | no variable can be called states",
        "A: {Type: Succeed, Comment: x, Assign: {}} | not supported: Assign",
        "A: {Type: Wait, End: true} | either Seconds or Timestamp",
        "A: {Type: Wait, Seconds: -1, End: true} | a whole number from 0",
        "A: {Type: Task, Resource: 'arn:aws:states:::sqs:sendMessage', End: true} | Resource",
        "A: {Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Arguments: {FunctionName: f,"
            + " Qualifier: x}, End: true} | not supported: Qualifier",
        "A: {Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Arguments: {FunctionName: f},"
            + " HeartbeatSeconds: 3, End: true} | not supported: HeartbeatSeconds",
        "A: {Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Arguments: {FunctionName: f},"
            + " Retry: [{ErrorEquals: [States.ALL, x]}], End: true} | States.ALL stands alone",
        "A: {Type: Task, Resource: 'arn:aws:states:::lambda:invoke', Arguments: {FunctionName: f},"
            + " Retry: [{ErrorEquals: [x], Every: 3}], End: true} | not supported: Every",
      })
  void refusesByNameWhatItDoesNotHave(String states, String why) {
    DefinitionRefused refused =
        assertThrows(
            DefinitionRefused.class,
            () ->
                new StateMachine(
                    "replay",
                    StatesFixture.MACHINE,
                    "role",
                    "QueryLanguage: JSONata\nStartAt: A\nStates:\n  " + states));
    assertTrue(refused.getMessage().contains(why), refused.getMessage());
    assertTrue(refused.getMessage().contains("replay"), refused.getMessage());
  }

  @Test
  void refusesAStateThatNothingLeadsTo() {
    String definition =
        """
        QueryLanguage: JSONata
        StartAt: A
        States:
          A: {Type: Succeed}
          B: {Type: Succeed}
        """;
    assertThrows(DefinitionRefused.class, () -> DefinitionReader.read(definition));
  }
}
