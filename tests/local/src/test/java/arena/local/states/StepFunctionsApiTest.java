package arena.local.states;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.aws.AwsApi;
import arena.local.clock.SystemStackClock;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sfn.SfnClient;
import software.amazon.awssdk.services.sfn.model.ExecutionAlreadyExistsException;
import software.amazon.awssdk.services.sfn.model.ExecutionDoesNotExistException;
import software.amazon.awssdk.services.sfn.model.ExecutionListItem;
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;
import software.amazon.awssdk.services.sfn.model.HistoryEventType;
import software.amazon.awssdk.services.sfn.model.InvalidArnException;
import software.amazon.awssdk.services.sfn.model.InvalidExecutionInputException;
import software.amazon.awssdk.services.sfn.model.InvalidNameException;
import software.amazon.awssdk.services.sfn.model.InvalidTokenException;
import software.amazon.awssdk.services.sfn.model.SfnException;
import software.amazon.awssdk.services.sfn.model.StateMachineDoesNotExistException;

/** The API, as AWS's own client sees it over HTTP, in the machine's own time. */
class StepFunctionsApiTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Fails as often as its input says, then answers; holds whoever asks for it. */
  private static final String DEFINITION =
      """
      QueryLanguage: JSONata
      StartAt: Work
      TimeoutSeconds: 600
      States:
        Work:
          Type: Task
          Resource: arn:aws:states:::lambda:invoke
          Arguments: {FunctionName: work, Payload: "{% $states.input %}"}
          Output: "{% $states.result.Payload %}"
          Assign: {seen: true}
          TimeoutSeconds: 60
          Catch:
            - {ErrorEquals: [States.ALL], Next: Sorry}
          Next: IsMore
        IsMore:
          Type: Choice
          Choices:
            - {Condition: "{% $states.input.more %}", Next: Work}
          Default: Pause
        Pause: {Type: Wait, Seconds: 0, Next: Shape}
        Shape: {Type: Pass, Output: {seen: "{% $seen %}"}, Next: Done}
        Done: {Type: Succeed}
        Sorry: {Type: Fail, Error: "{% $states.input.Error %}", Cause: sorry}
      """;

  @TempDir Path folder;
  private final CountDownLatch held = new CountDownLatch(1);
  private SystemStackClock clock;
  private StepFunctions states;
  private HttpServer server;
  private SfnClient client;

  @BeforeEach
  void start() throws IOException {
    clock = new SystemStackClock();
    StateMachine machine =
        new StateMachine("replay", StatesFixture.MACHINE, "arn:aws:iam::0:role/r", DEFINITION);
    states =
        new StepFunctions(
            folder, List.of(machine), this::work, clock, RandomGenerator.of("L64X128MixRandom"));
    states.start();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
          AwsApi.Answer answer =
              states.call(
                  target.substring(StepFunctions.TARGET_PREFIX.length()),
                  new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          byte[] body = answer.body().getBytes(UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
          exchange.sendResponseHeaders(answer.status(), body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    client =
        SfnClient.builder()
            .endpointOverride(URI.create("http://localhost:" + server.getAddress().getPort()))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("any", "any")))
            .build();
  }

  @AfterEach
  void stop() {
    held.countDown();
    client.close();
    server.stop(0);
    states.close();
    clock.close();
  }

  private TaskInvoker.Outcome work(String function, String payload, Duration timeout)
      throws InterruptedException {
    if (payload.contains("hold")) {
      assertTrue(held.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }
    if (payload.contains("fail")) {
      return new TaskInvoker.FunctionError(
          "{\"errorType\":\"a.Broken\",\"errorMessage\":\"glass\",\"stackTrace\":[]}");
    }
    return new TaskInvoker.Answer(
        payload.contains("twice") ? "{\"more\":true}" : "{\"more\":false}");
  }

  private String begin(String name, String input) {
    return client
        .startExecution(r -> r.stateMachineArn(StatesFixture.MACHINE).name(name).input(input))
        .executionArn();
  }

  private ExecutionStatus ended(String arn) throws InterruptedException {
    Instant end = Instant.now().plus(PATIENCE);
    while (Instant.now().isBefore(end)) {
      ExecutionStatus status = client.describeExecution(r -> r.executionArn(arn)).status();
      if (status != ExecutionStatus.RUNNING) {
        return status;
      }
      TimeUnit.MILLISECONDS.sleep(5);
    }
    throw new AssertionError(arn + " does not end");
  }

  @Test
  void aHistoryIsReadByTheClient() throws InterruptedException {
    String arn = begin("one", "{\"say\":\"twice\"}");
    assertEquals(ExecutionStatus.SUCCEEDED, ended(arn));

    List<HistoryEvent> events =
        client.getExecutionHistory(r -> r.executionArn(arn).maxResults(1_000)).events();
    assertEquals(
        List.of(
            HistoryEventType.EXECUTION_STARTED,
            HistoryEventType.TASK_STATE_ENTERED,
            HistoryEventType.TASK_SCHEDULED,
            HistoryEventType.TASK_STARTED,
            HistoryEventType.TASK_SUCCEEDED,
            HistoryEventType.TASK_STATE_EXITED,
            HistoryEventType.CHOICE_STATE_ENTERED,
            HistoryEventType.CHOICE_STATE_EXITED,
            HistoryEventType.TASK_STATE_ENTERED,
            HistoryEventType.TASK_SCHEDULED,
            HistoryEventType.TASK_STARTED,
            HistoryEventType.TASK_SUCCEEDED,
            HistoryEventType.TASK_STATE_EXITED,
            HistoryEventType.CHOICE_STATE_ENTERED,
            HistoryEventType.CHOICE_STATE_EXITED,
            HistoryEventType.WAIT_STATE_ENTERED,
            HistoryEventType.WAIT_STATE_EXITED,
            HistoryEventType.PASS_STATE_ENTERED,
            HistoryEventType.PASS_STATE_EXITED,
            HistoryEventType.SUCCEED_STATE_ENTERED,
            HistoryEventType.SUCCEED_STATE_EXITED,
            HistoryEventType.EXECUTION_SUCCEEDED),
        events.stream().map(HistoryEvent::type).toList());
    for (int i = 0; i < events.size(); i++) {
      assertEquals(i + 1, events.get(i).id());
      assertEquals(i < 2 ? 0 : i, events.get(i).previousEventId());
      assertTrue(Duration.between(events.get(i).timestamp(), Instant.now()).abs().toMinutes() < 5);
    }
    assertEquals("{\"say\":\"twice\"}", events.get(0).executionStartedEventDetails().input());
    assertEquals("Work", events.get(1).stateEnteredEventDetails().name());
    assertEquals("{\"say\":\"twice\"}", events.get(1).stateEnteredEventDetails().input());
    assertFalse(events.get(1).stateEnteredEventDetails().inputDetails().truncated());
    assertEquals("lambda", events.get(2).taskScheduledEventDetails().resourceType());
    assertEquals("invoke", events.get(2).taskScheduledEventDetails().resource());
    assertEquals("us-east-1", events.get(2).taskScheduledEventDetails().region());
    assertEquals(60, events.get(2).taskScheduledEventDetails().timeoutInSeconds());
    assertEquals(
        "{\"FunctionName\":\"work\",\"Payload\":{\"say\":\"twice\"}}",
        events.get(2).taskScheduledEventDetails().parameters());
    assertEquals("invoke", events.get(3).taskStartedEventDetails().resource());
    assertTrue(events.get(4).taskSucceededEventDetails().output().contains("\"more\":true"));
    assertEquals("{\"more\":true}", events.get(5).stateExitedEventDetails().output());
    assertEquals("true", events.get(5).stateExitedEventDetails().assignedVariables().get("seen"));
    assertEquals("{\"seen\":true}", events.getLast().executionSucceededEventDetails().output());
  }

  @Test
  void aHistoryComesInPagesEitherWay() throws InterruptedException {
    String arn = begin("one", "{\"say\":\"fail\"}");
    assertEquals(ExecutionStatus.FAILED, ended(arn));

    for (boolean reverse : List.of(false, true)) {
      List<Long> ids = new ArrayList<>();
      client
          .getExecutionHistoryPaginator(
              r -> r.executionArn(arn).maxResults(3).reverseOrder(reverse))
          .events()
          .forEach(event -> ids.add(event.id()));
      List<Long> expected = new ArrayList<>(List.of(1L, 2L, 3L, 4L, 5L, 6L, 7L, 8L));
      assertEquals(reverse ? expected.reversed() : expected, ids);
    }
    List<HistoryEvent> events =
        client.getExecutionHistory(r -> r.executionArn(arn).reverseOrder(true)).events();
    assertEquals("a.Broken", events.get(0).executionFailedEventDetails().error());
    assertEquals("sorry", events.get(0).executionFailedEventDetails().cause());
    assertEquals(HistoryEventType.FAIL_STATE_ENTERED, events.get(1).type());
    assertEquals("a.Broken", events.get(3).taskFailedEventDetails().error());
    assertEquals(
        "{\"errorType\":\"a.Broken\",\"errorMessage\":\"glass\",\"stackTrace\":[]}",
        events.get(3).taskFailedEventDetails().cause());
    HistoryEvent bare =
        client
            .getExecutionHistory(r -> r.executionArn(arn).includeExecutionData(false))
            .events()
            .getFirst();
    assertNull(bare.executionStartedEventDetails().input());
    assertThrows(
        InvalidTokenException.class,
        () -> client.getExecutionHistory(r -> r.executionArn(arn).nextToken("nonsense")));
  }

  @Test
  void theSameStartIsAnsweredTheSameWhileItRuns() throws InterruptedException {
    String arn = begin("one", "{\"say\":\"hold\"}");
    assertEquals(arn, begin("one", "{\"say\":\"hold\"}"));
    assertThrows(ExecutionAlreadyExistsException.class, () -> begin("one", "{}"));
    held.countDown();
    assertEquals(ExecutionStatus.SUCCEEDED, ended(arn));
    assertThrows(ExecutionAlreadyExistsException.class, () -> begin("one", "{\"say\":\"hold\"}"));
    assertEquals(
        1,
        client.listExecutions(r -> r.stateMachineArn(StatesFixture.MACHINE)).executions().size());
  }

  @Test
  void anExecutionIsStoppedInTheMiddleOfACall() throws InterruptedException {
    String arn = begin("one", "{\"say\":\"hold\"}");
    Instant stopped =
        client.stopExecution(r -> r.executionArn(arn).error("Operator").cause("enough")).stopDate();
    held.countDown();
    var described = client.describeExecution(r -> r.executionArn(arn));
    assertEquals(ExecutionStatus.ABORTED, described.status());
    assertEquals("Operator", described.error());
    assertEquals("enough", described.cause());
    assertEquals(stopped, described.stopDate());
    assertEquals(
        stopped, client.stopExecution(r -> r.executionArn(arn)).stopDate(), "stopped once");
    HistoryEvent last =
        client.getExecutionHistory(r -> r.executionArn(arn).reverseOrder(true)).events().getFirst();
    assertEquals(HistoryEventType.EXECUTION_ABORTED, last.type());
    assertEquals("Operator", last.executionAbortedEventDetails().error());
  }

  @Test
  void executionsAreListedNewestFirstInPagesByStatus() throws InterruptedException {
    for (int i = 0; i < 5; i++) {
      ended(begin("good-" + i, "{}"));
      ended(begin("bad-" + i, "{\"say\":\"fail\"}"));
    }
    List<ExecutionListItem> all = new ArrayList<>();
    client
        .listExecutionsPaginator(r -> r.stateMachineArn(StatesFixture.MACHINE).maxResults(3))
        .executions()
        .forEach(all::add);
    assertEquals(10, all.size());
    assertEquals(10, new HashSet<>(all).size());
    for (int i = 1; i < all.size(); i++) {
      assertFalse(all.get(i).startDate().isAfter(all.get(i - 1).startDate()));
    }
    List<ExecutionListItem> failed =
        client
            .listExecutions(
                r -> r.stateMachineArn(StatesFixture.MACHINE).statusFilter(ExecutionStatus.FAILED))
            .executions();
    assertEquals(5, failed.size());
    assertTrue(failed.stream().allMatch(item -> item.name().startsWith("bad-")));
  }

  @Test
  void badRequestsAreRefusedByName() {
    assertThrows(InvalidNameException.class, () -> begin("a b", "{}"));
    assertThrows(InvalidNameException.class, () -> begin("x".repeat(81), "{}"));
    assertThrows(InvalidExecutionInputException.class, () -> begin("one", "{"));
    assertThrows(InvalidExecutionInputException.class, () -> begin("one", ""));
    assertThrows(
        InvalidExecutionInputException.class,
        () -> begin("one", "\"" + "ü".repeat(Quotas.MAX_DATA_BYTES / 2) + "\""));
    assertThrows(
        StateMachineDoesNotExistException.class,
        () -> client.startExecution(r -> r.stateMachineArn(StatesFixture.MACHINE + "s")));
    assertThrows(
        InvalidArnException.class, () -> client.startExecution(r -> r.stateMachineArn("replay")));
    assertThrows(
        ExecutionDoesNotExistException.class,
        () ->
            client.describeExecution(
                r -> r.executionArn(Arns.execution(StatesFixture.MACHINE, "none"))));
    SfnException unknown =
        assertThrows(SfnException.class, () -> client.listActivities(r -> r.maxResults(1)));
    assertEquals("UnknownOperationException", unknown.awsErrorDetails().errorCode());
    assertEquals(400, states.call("StartExecution", "[]").status());
    assertEquals(400, states.call("StartExecution", "").status());
    assertEquals(400, states.call("StartExecution", "{\"stateMachineArn\":7}").status());
    assertEquals(
        0,
        client.listExecutions(r -> r.stateMachineArn(StatesFixture.MACHINE)).executions().size());
  }

  @Test
  void namesThatAreAlikeToAFileSystemAreDifferentExecutions() throws InterruptedException {
    Set<String> arns = new HashSet<>();
    for (String name : List.of("a", "A", "ä", "..", ".", "Ä".repeat(80), "a.jsonl")) {
      String arn = begin(name, "{}");
      assertTrue(arns.add(arn));
      assertEquals(ExecutionStatus.SUCCEEDED, ended(arn));
    }
  }

  @Test
  void stateMachinesAreDescribed() {
    assertEquals(
        StatesFixture.MACHINE,
        client.listStateMachines(r -> {}).stateMachines().getFirst().stateMachineArn());
    var described = client.describeStateMachine(r -> r.stateMachineArn(StatesFixture.MACHINE));
    assertEquals("replay", described.name());
    assertTrue(described.definition().startsWith("{\"QueryLanguage\":\"JSONata\""));
  }

  @Test
  void twoHundredExecutionsRunAtOnce() throws InterruptedException {
    List<String> arns = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      arns.add(begin("run-" + i, "{\"say\":\"hold\"}"));
    }
    assertEquals(
        100,
        client
            .listExecutions(
                r -> r.stateMachineArn(StatesFixture.MACHINE).statusFilter(ExecutionStatus.RUNNING))
            .executions()
            .size());
    held.countDown();
    for (String arn : arns) {
      assertEquals(ExecutionStatus.SUCCEEDED, ended(arn));
    }
  }
}
