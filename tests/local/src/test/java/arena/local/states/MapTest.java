package arena.local.states;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.aws.AwsApi;
import arena.local.clock.ManualClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Map states, and tasks that start an execution and wait for its end. */
class MapTest {
  private static final String PREFIX = "arn:aws:states:us-east-1:000000000000:stateMachine:";

  /** A machine whose execution waits as long as its input says, and then succeeds or fails. */
  private static final String CHILD =
      """
      QueryLanguage: JSONata
      StartAt: Wait
      States:
        Wait: {Type: Wait, Seconds: "{% $states.input.seconds %}", Next: IsBad}
        IsBad:
          Type: Choice
          Choices: [{Condition: "{% $states.input.bad = true %}", Next: Bad}]
          Default: Good
        Bad: {Type: Fail, Error: Spoiled, Cause: by design}
        Good: {Type: Succeed}
      """;

  /** Waits for each of the items as many seconds as it says. */
  private static final String WAITS =
      """
      QueryLanguage: JSONata
      StartAt: Each
      States:
        Each:
          Type: Map
          Items: "{% $states.input.items %}"
          MaxConcurrency: "{% $states.input.concurrency %}"
          ItemSelector:
            seconds: "{% $states.context.Map.Item.Value %}"
            index: "{% $states.context.Map.Item.Index %}"
          ItemProcessor:
            ProcessorConfig: {Mode: INLINE}
            StartAt: Pause
            States:
              Pause:
                Type: Wait
                Seconds: "{% $states.input.seconds %}"
                Output: "{% $states.input.index %}"
                Next: Over
              Over: {Type: Succeed}
          End: true
      """;

  private static final String PLAYS =
      """
      QueryLanguage: JSONata
      StartAt: Each
      States:
        Each:
          Type: Map
          Items: "{% $states.input.runs %}"
          ItemProcessor:
            ProcessorConfig: {Mode: INLINE}
            StartAt: Play
            States:
              Play:
                Type: Task
                Resource: arn:aws:states:::states:startExecution.sync:2
                Arguments:
                  StateMachineArn: PREFIXchild
                  Name: "{% $states.input.name %}"
                  Input: "{% $states.input %}"
                Output: "{% $states.result.Output.name %}"
                Catch:
                  - ErrorEquals: [States.ALL]
                    Output: "{% $states.errorOutput.Error %}"
                    Next: Over
                Next: Over
              Over: {Type: Succeed}
          End: true
      """
          .replace("PREFIX", PREFIX);

  @TempDir Path folder;
  private final ManualClock clock = new ManualClock(StatesFixture.BEGIN);
  private final ScriptedFunctions functions = new ScriptedFunctions();
  private StepFunctions states;
  private String definition = "";

  @AfterEach
  void close() {
    states.close();
  }

  private void start(String text) throws IOException {
    definition = text;
    states =
        new StepFunctions(
            folder,
            List.of(machine("parent", text), machine("child", CHILD)),
            _ -> functions,
            clock,
            RandomGenerator.of("L64X128MixRandom"));
    states.start();
  }

  private void restart() throws IOException {
    states.close();
    start(definition);
  }

  private static StateMachine machine(String name, String text) {
    return new StateMachine(name, PREFIX + name, "arn:aws:iam::000000000000:role/x", text);
  }

  private String begin(String machine, String name, String input) {
    return (String)
        call(
                "StartExecution",
                Map.of("stateMachineArn", PREFIX + machine, "name", name, "input", input))
            .get("executionArn");
  }

  private Map<?, ?> call(String operation, Map<String, ?> request) {
    AwsApi.Response response = new StepFunctionsApi(states).call(operation, Json.write(request));
    assertEquals(200, response.status(), response.body());
    return (Map<?, ?>) Json.readOwn(response.body());
  }

  private Map<?, ?> describe(String arn) {
    return call("DescribeExecution", Map.of("executionArn", arn));
  }

  private List<Map<?, ?>> history(String arn) {
    return ((List<?>)
            call("GetExecutionHistory", Map.of("executionArn", arn, "maxResults", 1000))
                .get("events"))
        .stream().<Map<?, ?>>map(event -> (Map<?, ?>) event).toList();
  }

  private List<String> types(String arn) {
    return history(arn).stream().map(event -> (String) event.get("type")).toList();
  }

  private long count(String arn, String type) {
    return types(arn).stream().filter(type::equals).count();
  }

  private static String child(String name) {
    return PREFIX.replace("stateMachine", "execution") + "child:" + name;
  }

  @Test
  void returnsTheResultsInTheOrderOfTheItems() throws IOException {
    start(WAITS);
    String arn = begin("parent", "a", "{\"items\":[30,10,20],\"concurrency\":0}");
    clock.advance(Duration.ofSeconds(31));
    assertEquals("[0,1,2]", describe(arn).get("output"));
    List<String> types = types(arn);
    assertEquals(
        List.of("ExecutionStarted", "MapStateEntered", "MapStateStarted", "MapIterationStarted"),
        types.subList(0, 4));
    assertEquals(
        List.of("MapStateSucceeded", "MapStateExited", "ExecutionSucceeded"),
        types.subList(types.size() - 3, types.size()));
    assertEquals(Map.of("length", 3), history(arn).get(2).get("mapStateStartedEventDetails"));
    assertEquals(
        Map.of("name", "Each", "index", 0),
        history(arn).get(3).get("mapIterationStartedEventDetails"));
  }

  @Test
  void playsAtMostAsManyIterationsAsAreAllowed() throws IOException {
    start(WAITS);
    String arn = begin("parent", "a", "{\"items\":[10,10,10,10,10],\"concurrency\":2}");
    clock.advance(Duration.ZERO);
    assertEquals(2, count(arn, "MapIterationStarted"));
    clock.advance(Duration.ofSeconds(10));
    assertEquals(4, count(arn, "MapIterationStarted"));
    assertEquals(2, count(arn, "MapIterationSucceeded"));
    clock.advance(Duration.ofSeconds(20));
    assertEquals("SUCCEEDED", describe(arn).get("status"));
  }

  @Test
  void succeedsAtOnceWithoutItems() throws IOException {
    start(WAITS);
    String arn = begin("parent", "a", "{\"items\":[],\"concurrency\":1}");
    clock.advance(Duration.ZERO);
    assertEquals("[]", describe(arn).get("output"));
  }

  @Test
  void everyEventFollowsTheOneBeforeItInItsIteration() throws IOException {
    start(WAITS);
    String arn = begin("parent", "a", "{\"items\":[10,20],\"concurrency\":0}");
    clock.advance(Duration.ofSeconds(20));
    List<Map<?, ?>> events = history(arn);
    Map<Object, String> types = new LinkedHashMap<>();
    events.forEach(event -> types.put(event.get("id"), (String) event.get("type")));
    for (Map<?, ?> event : events) {
      String before = types.get(event.get("previousEventId"));
      switch ((String) event.get("type")) {
        case "MapIterationStarted", "MapStateSucceeded" -> assertEquals("MapStateStarted", before);
        case "WaitStateEntered" -> assertEquals("MapIterationStarted", before);
        case "WaitStateExited" -> assertEquals("WaitStateEntered", before);
        case "MapIterationSucceeded" -> assertEquals("SucceedStateExited", before);
        default -> {
          // not of an iteration
        }
      }
    }
  }

  @Test
  void continuesAllIterationsAfterARestart() throws IOException {
    start(WAITS);
    String arn = begin("parent", "a", "{\"items\":[30,10,20,5],\"concurrency\":2}");
    clock.advance(Duration.ofSeconds(15));
    restart();
    clock.advance(Duration.ofSeconds(10));
    restart();
    clock.advance(Duration.ofSeconds(30));
    assertEquals("[0,1,2,3]", describe(arn).get("output"));
    assertEquals(4, count(arn, "MapIterationStarted"));
  }

  @Test
  void aFailedIterationEndsTheOthersAndFailsTheMap() throws IOException {
    start(
        """
        QueryLanguage: JSONata
        StartAt: Each
        States:
          Each:
            Type: Map
            Items: [60, 0, 60]
            ItemProcessor:
              ProcessorConfig: {Mode: INLINE}
              StartAt: Which
              States:
                Which:
                  Type: Choice
                  Choices: [{Condition: "{% $states.input = 0 %}", Next: Bad}]
                  Default: Pause
                Pause: {Type: Wait, Seconds: "{% $states.input %}", Next: Over}
                Bad: {Type: Fail, Error: Spoiled, Cause: by design}
                Over: {Type: Succeed}
            Catch:
              - ErrorEquals: [Spoiled]
                Output: "{% $states.errorOutput.Cause %}"
                Next: Caught
            End: true
          Caught: {Type: Succeed}
        """);
    String arn = begin("parent", "a", "{}");
    clock.advance(Duration.ZERO);
    assertEquals("\"by design\"", describe(arn).get("output"));
    assertEquals(1, count(arn, "MapIterationFailed"));
    assertEquals(2, count(arn, "MapIterationAborted"));
    assertEquals(1, count(arn, "MapStateFailed"));
  }

  @Test
  void waitsForTheEndOfExecutions() throws IOException {
    start(PLAYS);
    String arn =
        begin(
            "parent",
            "a",
            "{\"runs\":[{\"name\":\"x\",\"seconds\":60},{\"name\":\"y\",\"seconds\":5,\"bad\":true}]}");
    clock.advance(Duration.ofSeconds(10));
    assertEquals("RUNNING", describe(arn).get("status"));
    assertEquals("RUNNING", describe(child("x")).get("status"));
    assertEquals("FAILED", describe(child("y")).get("status"));
    clock.advance(Duration.ofSeconds(60));
    assertEquals("[\"x\",\"States.TaskFailed\"]", describe(arn).get("output"));
    Map<?, ?> failed =
        history(arn).stream()
            .filter(event -> event.get("type").equals("TaskFailed"))
            .findFirst()
            .orElseThrow();
    Map<?, ?> details = (Map<?, ?>) failed.get("taskFailedEventDetails");
    assertEquals("startExecution.sync:2", details.get("resource"));
    Map<?, ?> cause = (Map<?, ?>) Json.readOwn((String) details.get("cause"));
    assertEquals("Spoiled", cause.get("Error"));
    assertEquals("FAILED", cause.get("Status"));
    assertEquals(2, count(arn, "TaskSubmitted"));
  }

  @Test
  void refusesANameThatIsTaken() throws IOException {
    start(PLAYS);
    begin("child", "x", "{\"seconds\":1}");
    clock.advance(Duration.ofSeconds(2));
    String arn = begin("parent", "a", "{\"runs\":[{\"name\":\"x\",\"seconds\":1}]}");
    clock.advance(Duration.ZERO);
    assertEquals(
        "[\"StepFunctions.ExecutionAlreadyExistsException\"]", describe(arn).get("output"));
  }

  @Test
  void waitsForTheSameExecutionsAfterARestart() throws IOException {
    start(PLAYS);
    String arn = begin("parent", "a", "{\"runs\":[{\"name\":\"x\",\"seconds\":60}]}");
    clock.advance(Duration.ofSeconds(10));
    restart();
    assertEquals("RUNNING", describe(arn).get("status"));
    clock.advance(Duration.ofSeconds(60));
    assertEquals("[\"x\"]", describe(arn).get("output"));
    assertEquals(1, count(arn, "TaskSubmitted"));
  }

  @Test
  void stopsTheExecutionsThatItWaitsForWhenItIsStopped() throws IOException {
    start(PLAYS);
    String arn = begin("parent", "a", "{\"runs\":[{\"name\":\"x\",\"seconds\":60}]}");
    clock.advance(Duration.ofSeconds(10));
    call("StopExecution", Map.of("executionArn", arn));
    clock.advance(Duration.ZERO);
    assertEquals("ABORTED", describe(child("x")).get("status"));
  }

  @Test
  void startsNothingWithoutTheRight() throws IOException {
    definition = PLAYS;
    TaskInvoker refused =
        new TaskInvoker() {
          @Override
          public Outcome invoke(String function, String payload, Duration timeout) {
            throw new IllegalStateException("no function");
          }

          @Override
          public Optional<String> refusal(String operation, String resource) {
            return Optional.of(operation + " is not allowed");
          }
        };
    states =
        new StepFunctions(
            folder,
            List.of(machine("parent", PLAYS), machine("child", CHILD)),
            _ -> refused,
            clock,
            RandomGenerator.of("L64X128MixRandom"));
    states.start();
    String arn = begin("parent", "a", "{\"runs\":[{\"name\":\"x\",\"seconds\":60}]}");
    clock.advance(Duration.ZERO);
    assertEquals("[\"StepFunctions.AccessDeniedException\"]", describe(arn).get("output"));
    assertFalse(types(arn).contains("TaskSubmitted"));
    assertTrue(types(arn).contains("TaskFailed"));
  }
}
