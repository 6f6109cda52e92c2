package arena.local.states;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;

import arena.local.clock.ManualClock;
import arena.local.iam.Authorizer;
import arena.local.iam.Role;
import arena.local.iam.Statement;
import arena.local.lambda.FunctionDefinition;
import arena.local.lambda.FunctionHost;
import arena.run.RunId;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Outcomes of calls to hosted functions. */
class HostTaskInvokerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  @TempDir Path logs;
  private FunctionHost host;
  private HostTaskInvoker functions;

  /** Succeeds, fails or blocks, as its event says. */
  public static final class ScriptedHandler implements RequestHandler<Map<String, String>, String> {
    static final CountDownLatch NEVER = new CountDownLatch(1);

    public ScriptedHandler(Map<String, String> environment) {}

    @Override
    public String handleRequest(Map<String, String> event, Context context) {
      switch (event.get("do")) {
        case "fail" -> throw new arena.run.RunNotRunning(RunId.of("f".repeat(32)));
        case "hang" -> {
          try {
            return String.valueOf(NEVER.await(PATIENCE.toSeconds(), TimeUnit.SECONDS));
          } catch (InterruptedException e) {
            return "interrupted";
          }
        }
        default -> {
          return "done";
        }
      }
    }
  }

  @BeforeEach
  void start() {
    host =
        new FunctionHost(
            List.of(
                new FunctionDefinition(
                    "scripted",
                    ScriptedHandler.class.getName(),
                    Path.of("target/test-classes"),
                    Map.of(),
                    Duration.ofSeconds(1),
                    512,
                    512,
                    FunctionDefinition.Background.DEFAULT)),
            logs,
            new ManualClock(StatesFixture.BEGIN),
            2);
    Authorizer authorizer = new Authorizer();
    authorizer.add(
        new Role(
            "machine",
            List.of(
                new Statement(
                    "Invoke",
                    Statement.Effect.ALLOW,
                    List.of("lambda:InvokeFunction"),
                    List.of(
                        FunctionDefinition.ARN_PREFIX + "scripted*",
                        FunctionDefinition.ARN_PREFIX + "unknown")))));
    functions = new HostTaskInvoker(host, authorizer, "machine");
  }

  @AfterEach
  void stop() {
    host.close();
  }

  @Test
  void returnsAnErrorOfLambdaIfTheStateMachineHasNoRight() throws InterruptedException {
    assertEquals(
        new TaskInvoker.ServiceError(
            "AWSLambdaException",
            "User: arn:aws:sts::000000000000:assumed-role/machine-role/machine is not authorized to"
                + " perform: lambda:InvokeFunction on resource:"
                + " arn:aws:lambda:us-east-1:000000000000:function:other because no identity-based"
                + " policy allows the lambda:InvokeFunction action (Service: AWSLambda; Status"
                + " Code: 403; Error Code: AccessDeniedException)"),
        functions.invoke("other", "{}", Duration.ofSeconds(5)));
  }

  @Test
  void returnsTheResponse() throws InterruptedException {
    assertEquals(
        new TaskInvoker.Success("\"done\""),
        functions.invoke(
            FunctionDefinition.ARN_PREFIX + "scripted:live", "{\"do\":\"\"}", PATIENCE));
  }

  @Test
  void returnsAnExceptionAsFunctionErrorWithItsClass() throws InterruptedException {
    TaskInvoker.FunctionError error =
        assertInstanceOf(
            TaskInvoker.FunctionError.class,
            functions.invoke("scripted", "{\"do\":\"fail\"}", PATIENCE));
    Map<?, ?> document = (Map<?, ?>) Json.readOwn(error.payload());
    assertEquals("arena.run.RunNotRunning", document.get("errorType"));
    assertEquals(
        "run ffffffffffffffffffffffffffffffff is not running", document.get("errorMessage"));
  }

  @Test
  void distinguishesTheFunctionsTimeoutFromTheTasks() throws InterruptedException {
    TaskInvoker.FunctionError error =
        assertInstanceOf(
            TaskInvoker.FunctionError.class,
            functions.invoke("scripted", "{\"do\":\"hang\"}", PATIENCE));
    assertEquals("Sandbox.Timedout", ((Map<?, ?>) Json.readOwn(error.payload())).get("errorType"));
    assertEquals(
        new TaskInvoker.TimedOut(),
        functions.invoke("scripted", "{\"do\":\"hang\"}", Duration.ofMillis(200)));
  }

  @Test
  void returnsAServiceErrorForAnUnknownFunction() throws InterruptedException {
    TaskInvoker.ServiceError error =
        assertInstanceOf(
            TaskInvoker.ServiceError.class, functions.invoke("unknown", "{}", PATIENCE));
    assertEquals("ResourceNotFoundException", error.name());
  }
}
