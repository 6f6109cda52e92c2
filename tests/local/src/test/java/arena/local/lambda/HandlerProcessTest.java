package arena.local.lambda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.clock.ManualClock;
import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
final class HandlerProcessTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path logs;
  private FunctionHost host;

  /** Returns its process id, fails or blocks, as its event says. */
  public static final class ScriptedHandler implements RequestHandler<Map<String, String>, String> {
    private int calls;

    @Override
    public String handleRequest(Map<String, String> event, Context context) {
      calls++;
      System.out.println("it was called");
      return switch (event.get("do")) {
        case "fail" -> throw new IllegalStateException("no luck");
        case "hold" -> hold(Integer.parseInt(event.get("port")));
        default ->
            String.format(
                Locale.ROOT,
                "%d %d %s %s %s",
                ProcessHandle.current().pid(),
                calls,
                System.getenv("GREETING"),
                System.getenv("AWS_REGION"),
                context.getFunctionName());
      };
    }

    private static String hold(int port) {
      try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port);
          InputStream in = socket.getInputStream()) {
        return "let go with " + in.read();
      } catch (IOException e) {
        return "it broke: " + e;
      }
    }
  }

  @BeforeEach
  void start() {
    host =
        new FunctionHost(
            List.of(
                new FunctionDefinition(
                    "told",
                    ScriptedHandler.class.getName(),
                    Path.of("target/test-classes").toAbsolutePath(),
                    Map.of("GREETING", "hello"),
                    PATIENCE,
                    512,
                    512,
                    FunctionDefinition.Background.DEFAULT)),
            logs,
            new ManualClock(Instant.parse("2026-01-31T12:00:00Z")),
            2,
            FunctionHost.DEFAULT_CONCURRENCY,
            (function, event) -> true,
            Map.of("AWS_REGION", "eu-north-1"),
            Map.of());
  }

  @AfterEach
  void stop() {
    host.close();
  }

  private Invocation invoke(String event) throws Exception {
    return host.invoke("told", event, PATIENCE);
  }

  private String[] whoAreYou() throws Exception {
    Invocation answered = invoke("{\"do\":\"tell\"}");
    assertTrue(answered.functionError().isEmpty(), answered.payload());
    return JSON.readTree(answered.payload()).textValue().split(" ", -1);
  }

  @Test
  void handlesEventsUntilItIsKilled() throws Exception {
    String[] first = whoAreYou();
    assertNotEquals(String.valueOf(ProcessHandle.current().pid()), first[0]);
    assertEquals(List.of("1", "hello", "eu-north-1", "told"), List.of(first).subList(1, 5));

    Invocation failed = invoke("{\"do\":\"fail\"}");
    assertEquals("Unhandled", failed.functionError().orElseThrow());
    JsonNode error = JSON.readTree(failed.payload());
    assertEquals("java.lang.IllegalStateException", error.get("errorType").textValue());
    assertEquals("no luck", error.get("errorMessage").textValue());

    String[] third = whoAreYou();
    assertEquals(first[0], third[0], "one that failed goes on");
    assertEquals("3", third[1]);

    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Invocation> held =
          callers.submit(
              () ->
                  invoke(
                      String.format(
                          Locale.ROOT,
                          "{\"do\":\"hold\",\"port\":\"%d\"}",
                          server.getLocalPort())));
      server.setSoTimeout(Math.toIntExact(PATIENCE.toMillis()));
      try (Socket working = server.accept()) {
        assertTrue(working.isConnected());
        assertEquals(0, host.kill("told", event -> event.contains("tell")), "it does another");
        assertEquals(1, host.kill("told", event -> event.contains("hold")));
        Invocation killed = held.get();
        assertEquals("Unhandled", killed.functionError().orElseThrow());
        JsonNode exit = JSON.readTree(killed.payload());
        assertEquals("Runtime.ExitError", exit.get("errorType").textValue());
        assertEquals(
            String.format(
                Locale.ROOT,
                "RequestId: %s Error: Runtime exited with error: signal: killed",
                killed.requestId()),
            exit.get("errorMessage").textValue());
      }
    }

    String[] next = whoAreYou();
    assertNotEquals(first[0], next[0], "another process");
    assertEquals("1", next[1]);
    String log = Files.readString(logs.resolve("told.log"), StandardCharsets.UTF_8);
    assertTrue(log.contains("it was called"), log);
  }
}
