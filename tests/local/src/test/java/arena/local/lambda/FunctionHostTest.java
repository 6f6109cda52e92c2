package arena.local.lambda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.clock.ManualClock;
import arena.local.log.ProcessOutput;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.amazonaws.services.lambda.runtime.events.ScheduledEvent;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FunctionHostTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path logs;
  private final ManualClock clock = new ManualClock(Instant.parse("2026-01-31T12:00:00Z"));
  private FunctionHost host;

  /** Returns its event, environment and context. */
  public static final class Echo implements RequestStreamHandler {
    private final Map<String, String> environment;
    private int calls;

    public Echo(Map<String, String> environment) {
      this.environment = environment;
    }

    @Override
    public void handleRequest(InputStream in, OutputStream out, Context context)
        throws IOException {
      calls++;
      System.out.println("echo was called");
      JSON.writeValue(
          out,
          Map.of(
              "event", JSON.readTree(in),
              "calls", calls,
              "greeting", environment.get("GREETING"),
              "name", context.getFunctionName(),
              "arn", context.getInvokedFunctionArn(),
              "memory", context.getMemoryLimitInMB(),
              "remaining", context.getRemainingTimeInMillis()));
    }
  }

  /** A handler of an HTTP API. */
  public static final class Web
      implements RequestHandler<APIGatewayV2HTTPEvent, APIGatewayV2HTTPResponse> {
    public Web(Map<String, String> environment) {}

    @Override
    public APIGatewayV2HTTPResponse handleRequest(APIGatewayV2HTTPEvent event, Context context) {
      return APIGatewayV2HTTPResponse.builder()
          .withStatusCode(201)
          .withBody(event.getRawPath() + " " + event.getQueryStringParameters())
          .build();
    }
  }

  /** A generic base class; its subclasses have the type arguments. */
  public abstract static class Base<I> implements RequestHandler<I, Map<String, Object>> {}

  /** A handler of a schedule. */
  public static final class Tick extends Base<ScheduledEvent> {
    public Tick(Map<String, String> environment) {}

    @Override
    public Map<String, Object> handleRequest(ScheduledEvent event, Context context) {
      return Map.of("detail_type", event.getDetailType(), "time", event.getTime().getMillis());
    }
  }

  /** Throws an exception. */
  public static final class Failing implements RequestHandler<Map<String, String>, Void> {
    static final AtomicInteger CALLS = new AtomicInteger();
    static final BlockingQueue<String> IDS = new LinkedBlockingQueue<>();

    public Failing(Map<String, String> environment) {}

    @Override
    public Void handleRequest(Map<String, String> event, Context context) {
      CALLS.incrementAndGet();
      IDS.add(context.getAwsRequestId());
      throw new Refused("no luck with " + event.get("name"));
    }
  }

  /** An exception with its own class. */
  public static final class Refused extends RuntimeException {
    Refused(String message) {
      super(message);
    }
  }

  /** Blocks until it is released or interrupted. */
  public static final class Holding implements RequestHandler<Map<String, String>, String> {
    static final AtomicInteger MADE = new AtomicInteger();
    static CountDownLatch entered = new CountDownLatch(1);
    static CountDownLatch letGo = new CountDownLatch(1);

    public Holding(Map<String, String> environment) {
      MADE.incrementAndGet();
    }

    @Override
    public String handleRequest(Map<String, String> event, Context context) {
      entered.countDown();
      try {
        return letGo.await(30, TimeUnit.SECONDS) ? "let go" : "forgotten";
      } catch (InterruptedException e) {
        return "interrupted";
      }
    }
  }

  /** Fails in its constructor. */
  public static final class Unmade implements RequestHandler<String, String> {
    public Unmade(Map<String, String> environment) {
      throw new IllegalStateException("GREETING is missing");
    }

    @Override
    public String handleRequest(String event, Context context) {
      return event;
    }
  }

  /** Counts its calls in a static field. */
  public static final class Counting implements RequestHandler<Map<String, String>, Integer> {
    private static final AtomicInteger CALLS = new AtomicInteger();

    public Counting(Map<String, String> environment) {}

    @Override
    public Integer handleRequest(Map<String, String> event, Context context) {
      if (event.containsKey("late")) {
        try {
          Thread.sleep(30_000);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
      return CALLS.incrementAndGet();
    }
  }

  /** Uses the classes of the test, whose static fields the test can read. */
  private FunctionDefinition function(String name, Class<?> handler, Duration timeout) {
    return new FunctionDefinition(
        name,
        handler.getName(),
        logs,
        Map.of("GREETING", "hello"),
        timeout,
        512,
        512,
        FunctionDefinition.Background.DEFAULT);
  }

  @BeforeEach
  void start() {
    Holding.MADE.set(0);
    Holding.entered = new CountDownLatch(1);
    Holding.letGo = new CountDownLatch(1);
    Failing.CALLS.set(0);
    Failing.IDS.clear();
    host =
        new FunctionHost(
            List.of(
                function("echo", Echo.class, Duration.ofSeconds(7)),
                function("web", Web.class, Duration.ofSeconds(7)),
                function("tick", Tick.class, Duration.ofSeconds(7)),
                function("failing", Failing.class, Duration.ofSeconds(7)),
                function("holding", Holding.class, Duration.ofSeconds(30)),
                function("late", Holding.class, Duration.ofMillis(1500)),
                function("unmade", Unmade.class, Duration.ofSeconds(7)),
                new FunctionDefinition(
                    "counting",
                    Counting.class.getName(),
                    Path.of("target/test-classes"),
                    Map.of(),
                    Duration.ofSeconds(1),
                    512,
                    512,
                    FunctionDefinition.Background.DEFAULT)),
            logs,
            clock,
            2);
  }

  @AfterEach
  void stop() {
    host.close();
  }

  private JsonNode invoke(String name, String event) throws Exception {
    Invocation invocation = host.invoke(name, event, PATIENCE);
    return JSON.readTree(invocation.payload());
  }

  @Test
  void passesEventEnvironmentAndContext() throws Exception {
    JsonNode answer =
        invoke("arn:aws:lambda:us-east-1:000000000000:function:echo", "{\"wood\":200}");
    assertEquals(200, answer.at("/event/wood").asInt());
    assertEquals("hello", answer.get("greeting").asText());
    assertEquals("echo", answer.get("name").asText());
    assertEquals("arn:aws:lambda:us-east-1:000000000000:function:echo", answer.get("arn").asText());
    assertEquals(512, answer.get("memory").asInt());
    assertTrue(answer.get("remaining").asInt() > 3_000);
    assertTrue(answer.get("remaining").asInt() <= 7_000);
  }

  @Test
  void reloadsCodeForLaterInvocationsWhileOthersContinue() throws Exception {
    assertEquals(1, invoke("echo", "").get("calls").asInt());
    CompletableFuture<Invocation> running =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return host.invoke("holding", "{}", PATIENCE);
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    assertTrue(Holding.entered.await(10, TimeUnit.SECONDS));

    host.reload(Path.of("target/classes"));
    assertEquals(1, invoke("echo", "").get("calls").asInt());
    assertEquals(2, invoke("echo", "").get("calls").asInt());
    Holding.letGo.countDown();
    assertTrue(running.get(10, TimeUnit.SECONDS).functionError().isEmpty());

    // Each permit is released: more reloads than permits.
    for (int i = 0; i < 4; i++) {
      host.reload(Path.of("target/classes"));
      assertEquals(1, invoke("echo", "").get("calls").asInt());
      assertTrue(host.invoke("holding", "{}", PATIENCE).functionError().isEmpty());
    }
  }

  @Test
  void reusesAnIdleSandbox() throws Exception {
    assertEquals(1, invoke("echo", "").get("calls").asInt());
    assertEquals(2, invoke("echo", "{}").get("calls").asInt());
  }

  @Test
  void convertsEventsAndResponsesAsLambdaDoes() throws Exception {
    JsonNode web =
        invoke(
            "web",
            "{\"version\":\"2.0\",\"rawPath\":\"/runs\",\"queryStringParameters\":{\"limit\":\"2\"},"
                + "\"isBase64Encoded\":false}");
    assertEquals(201, web.get("statusCode").asInt());
    assertEquals("/runs {limit=2}", web.get("body").asText());
    assertFalse(web.get("isBase64Encoded").asBoolean());

    JsonNode tick =
        invoke(
            "tick",
            "{\"detail-type\":\"Scheduled Event\",\"time\":\"2026-01-31T12:00:00Z\",\"detail\":{}}");
    assertEquals("Scheduled Event", tick.get("detail_type").asText());
    assertEquals(Instant.parse("2026-01-31T12:00:00Z").toEpochMilli(), tick.get("time").asLong());
  }

  @Test
  void returnsAnExceptionWithClassAndMessage() throws Exception {
    Invocation invocation = host.invoke("failing", "{\"name\":\"wood\"}", PATIENCE);
    assertEquals("Unhandled", invocation.functionError().orElseThrow());
    JsonNode error = JSON.readTree(invocation.payload());
    assertEquals("no luck with wood", error.get("errorMessage").asText());
    assertEquals(Refused.class.getName(), error.get("errorType").asText());
    assertTrue(error.get("stackTrace").get(0).asText().contains("Failing.handleRequest"));
    assertFalse(error.get("stackTrace").toString().contains("Sandbox"));
  }

  @Test
  void initializesAgainAfterAFailedInitialization() throws Exception {
    for (int i = 0; i < 3; i++) {
      JsonNode error = invoke("unmade", "\"x\"");
      assertEquals("java.lang.IllegalStateException", error.get("errorType").asText());
      assertEquals("GREETING is missing", error.get("errorMessage").asText());
    }
  }

  @Test
  void discardsTheSandboxAfterATimeout() throws Exception {
    for (int i = 0; i < 3; i++) {
      Invocation invocation = host.invoke("late", "{}", PATIENCE);
      assertEquals("Unhandled", invocation.functionError().orElseThrow());
      JsonNode error = JSON.readTree(invocation.payload());
      assertEquals("Sandbox.Timedout", error.get("errorType").asText());
      assertEquals(
          "RequestId: " + invocation.requestId() + " Error: Task timed out after 1.50 seconds",
          error.get("errorMessage").asText());
    }
    assertEquals(3, Holding.MADE.get());
  }

  @Test
  void separatesStaticStateOfSandboxes() throws Exception {
    assertEquals(1, invoke("counting", "{}").asInt());
    assertEquals(2, invoke("counting", "{}").asInt());
    assertEquals(
        "Sandbox.Timedout", invoke("counting", "{\"late\":\"\"}").get("errorType").asText());
    assertEquals(1, invoke("counting", "{}").asInt());
  }

  @Test
  void writesOutputToTheLogOfTheFunction() throws Exception {
    ProcessOutput.install();
    invoke("echo", "{}");
    assertTrue(Files.readAllLines(host.log("echo")).contains("echo was called"));
  }

  @Test
  void continuesAfterTheTimeoutOfTheCaller() throws Exception {
    assertThrows(TimeoutException.class, () -> host.invoke("holding", "{}", Duration.ofMillis(50)));
    Holding.letGo.countDown();
    assertEquals("let go", invoke("holding", "{}").asText());
  }

  @Test
  void throttlesWhenAllSandboxesAreInUse() throws Exception {
    Holding.entered = new CountDownLatch(2);
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<JsonNode> first = callers.submit(() -> invoke("holding", "{}"));
      Future<JsonNode> second = callers.submit(() -> invoke("holding", "{}"));
      assertTrue(Holding.entered.await(10, TimeUnit.SECONDS));
      InvokeFault fault =
          assertThrows(
              InvokeFault.class, () -> host.invoke("holding", "{}", Duration.ofMillis(100)));
      assertEquals(InvokeFault.Code.TOO_MANY_REQUESTS, fault.code());
      Holding.letGo.countDown();
      assertEquals("let go", first.get(10, TimeUnit.SECONDS).asText());
      assertEquals("let go", second.get(10, TimeUnit.SECONDS).asText());
      assertEquals("let go", invoke("holding", "{}").asText());
      assertEquals(2, Holding.MADE.get());
    }
  }

  @Test
  void throttlesWhenTheConcurrencyOfTheAccountIsInUse() throws Exception {
    host.close();
    host =
        new FunctionHost(
            List.of(
                function("holding", Holding.class, Duration.ofSeconds(30)),
                function("failing", Failing.class, Duration.ofSeconds(7)),
                function("echo", Echo.class, Duration.ofSeconds(7))),
            logs,
            clock,
            2,
            1,
            FunctionHost.InProcess.NONE,
            Map.of(),
            Map.of());
    try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<JsonNode> holding = callers.submit(() -> invoke("holding", "{}"));
      assertTrue(Holding.entered.await(10, TimeUnit.SECONDS));
      InvokeFault fault =
          assertThrows(InvokeFault.class, () -> host.invoke("echo", "{}", PATIENCE));
      assertEquals(InvokeFault.Code.TOO_MANY_REQUESTS, fault.code());
      String id = host.invokeInBackground("failing", "{\"name\":\"gold\"}");
      until(() -> clock.scheduledTasks() == 1);
      Holding.letGo.countDown();
      assertEquals("let go", holding.get(10, TimeUnit.SECONDS).asText());
      assertEquals(0, Failing.CALLS.get());
      clock.advance(Duration.ofSeconds(1));
      assertEquals(id, Failing.IDS.poll(10, TimeUnit.SECONDS));
    }
  }

  @Test
  void dropsAnEventAfterTwoRetries() throws Exception {
    String id = host.invokeInBackground("failing", "{\"name\":\"gold\"}");
    assertEquals(id, Failing.IDS.poll(10, TimeUnit.SECONDS));
    for (Duration wait : List.of(Duration.ofMinutes(1), Duration.ofMinutes(2))) {
      until(() -> clock.scheduledTasks() == 1);
      clock.advance(wait.minusSeconds(1));
      assertEquals(1, clock.scheduledTasks());
      clock.advance(Duration.ofSeconds(1));
      assertEquals(id, Failing.IDS.poll(10, TimeUnit.SECONDS));
    }
    until(() -> host.waitingEvents() == 0);
    assertEquals(3, Failing.CALLS.get());
    String last = Files.readAllLines(host.log("failing")).getLast();
    assertEquals("local.eventDropped", JSON.readTree(last).get("type").asText());
    assertEquals(id, JSON.readTree(last).at("/record/requestId").asText());
  }

  @Test
  void rejectsInvalidEvents() {
    String large = "\"" + "x".repeat(FunctionHost.MAX_EVENT_BYTES) + "\"";
    assertEquals(
        InvokeFault.Code.REQUEST_TOO_LARGE,
        assertThrows(InvokeFault.class, () -> host.invokeInBackground("echo", large)).code());
    for (String broken : List.of("{", "{} {}", "nonsense", " ")) {
      assertEquals(
          InvokeFault.Code.INVALID_REQUEST_CONTENT,
          assertThrows(InvokeFault.class, () -> host.invoke("echo", broken, PATIENCE)).code());
    }
    assertEquals(
        InvokeFault.Code.RESOURCE_NOT_FOUND,
        assertThrows(InvokeFault.class, () -> host.invoke("missing", "{}", PATIENCE)).code());
  }

  private static void until(java.util.function.BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, "waited 10 s for it");
      Thread.onSpinWait();
    }
  }
}
