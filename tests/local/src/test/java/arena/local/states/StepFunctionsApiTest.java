package arena.local.states;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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
import java.util.concurrent.CopyOnWriteArrayList;
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
import software.amazon.awssdk.services.sfn.model.ExecutionStatus;
import software.amazon.awssdk.services.sfn.model.HistoryEvent;
import software.amazon.awssdk.services.sfn.model.HistoryEventType;
import software.amazon.awssdk.services.sfn.model.InvalidArnException;
import software.amazon.awssdk.services.sfn.model.InvalidExecutionInputException;
import software.amazon.awssdk.services.sfn.model.InvalidNameException;
import software.amazon.awssdk.services.sfn.model.InvalidTokenException;
import software.amazon.awssdk.services.sfn.model.SfnException;
import software.amazon.awssdk.services.sfn.model.StateMachineDoesNotExistException;

/** The API over HTTP with AWS's client and the system clock. */
class StepFunctionsApiTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Repeats, fails or blocks, as its input says. */
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
          TimeoutSeconds: 60
          Catch:
            - {ErrorEquals: [States.ALL], Next: Sorry}
          Next: IsMore
        IsMore:
          Type: Choice
          Choices:
            - {Condition: "{% $states.input.more %}", Next: Work}
          Default: Finish
        Finish:
          Type: Task
          Resource: arn:aws:states:::lambda:invoke
          Arguments: {FunctionName: finish}
          Output: {finished: true}
          End: true
        Sorry: {Type: Fail, Error: "{% $states.input.Error %}", Cause: sorry}
      """;

  @TempDir Path folder;
  private final CountDownLatch held = new CountDownLatch(1);
  private SystemStackClock clock;
  private final List<String> invoked = new CopyOnWriteArrayList<>();
  private StepFunctions states;
  private StepFunctionsApi api;
  private HttpServer server;
  private SfnClient client;

  @BeforeEach
  void start() throws IOException {
    clock = new SystemStackClock();
    StateMachine machine =
        new StateMachine("replay", StatesFixture.MACHINE, "arn:aws:iam::0:role/r", DEFINITION);
    states =
        new StepFunctions(
            folder,
            List.of(machine),
            _ -> this::work,
            clock,
            RandomGenerator.of("L64X128MixRandom"));
    states.start();
    api = new StepFunctionsApi(states);
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        exchange -> {
          String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
          AwsApi.Response response =
              api.call(
                  target.substring(StepFunctionsApi.TARGET_PREFIX.length()),
                  new String(exchange.getRequestBody().readAllBytes(), UTF_8));
          byte[] body = response.body().getBytes(UTF_8);
          exchange.getResponseHeaders().set("Content-Type", "application/x-amz-json-1.0");
          exchange.sendResponseHeaders(response.status(), body.length);
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
    invoked.add(function);
    if (payload.contains("hold")) {
      assertTrue(held.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
    }
    if (payload.contains("fail")) {
      return new TaskInvoker.FunctionError(
          "{\"errorType\":\"a.Broken\",\"errorMessage\":\"glass\",\"stackTrace\":[]}");
    }
    return new TaskInvoker.Success(
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
  void returnsAHistory() throws InterruptedException {
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
            HistoryEventType.TASK_STATE_ENTERED,
            HistoryEventType.TASK_SCHEDULED,
            HistoryEventType.TASK_STARTED,
            HistoryEventType.TASK_SUCCEEDED,
            HistoryEventType.TASK_STATE_EXITED,
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
    assertEquals("{\"finished\":true}", events.getLast().executionSucceededEventDetails().output());
  }

  @Test
  void returnsAHistoryInPagesInBothOrders() throws InterruptedException {
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
    SfnException unsupported =
        assertThrows(
            SfnException.class,
            () -> client.getExecutionHistory(r -> r.executionArn(arn).includeExecutionData(false)));
    assertEquals(
        "includeExecutionData is not supported", unsupported.awsErrorDetails().errorMessage());
    assertThrows(
        InvalidTokenException.class,
        () -> client.getExecutionHistory(r -> r.executionArn(arn).nextToken("nonsense")));
  }

  @Test
  void returnsTheOpenExecutionForARepeatedStart() throws InterruptedException {
    String arn = begin("one", "{\"say\":\"hold\"}");
    assertEquals(arn, begin("one", "{\"say\":\"hold\"}"));
    assertThrows(ExecutionAlreadyExistsException.class, () -> begin("one", "{}"));
    held.countDown();
    assertEquals(ExecutionStatus.SUCCEEDED, ended(arn));
    assertThrows(ExecutionAlreadyExistsException.class, () -> begin("one", "{\"say\":\"hold\"}"));
    assertEquals(List.of("work", "finish"), invoked);
  }

  @Test
  void stopsAnExecutionDuringACall() throws InterruptedException {
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
  void rejectsInvalidRequestsByName() {
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
        assertThrows(
            SfnException.class,
            () -> client.listExecutions(r -> r.stateMachineArn(StatesFixture.MACHINE)));
    assertEquals("UnknownOperationException", unknown.awsErrorDetails().errorCode());
    assertEquals(400, api.call("StartExecution", "[]").status());
    assertEquals(400, api.call("StartExecution", "").status());
    assertEquals(400, api.call("StartExecution", "{\"stateMachineArn\":7}").status());
    assertEquals(List.of(), invoked);
  }

  @Test
  void separatesNamesThatFileSystemsConfuse() throws InterruptedException {
    Set<String> arns = new HashSet<>();
    for (String name : List.of("a", "A", "ä", "..", ".", "Ä".repeat(80), "a.jsonl")) {
      String arn = begin(name, "{}");
      assertTrue(arns.add(arn));
      assertEquals(ExecutionStatus.SUCCEEDED, ended(arn));
    }
  }

  @Test
  void runsTwoHundredExecutionsConcurrently() throws InterruptedException {
    List<String> arns = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      arns.add(begin("run-" + i, "{\"say\":\"hold\"}"));
    }
    for (String arn : arns) {
      assertEquals(
          ExecutionStatus.RUNNING, client.describeExecution(r -> r.executionArn(arn)).status());
    }
    held.countDown();
    for (String arn : arns) {
      assertEquals(ExecutionStatus.SUCCEEDED, ended(arn));
    }
  }
}
