package arena.local.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The output for several responses of the arena. */
final class MainTest {
  private static final String RUN = "0123456789abcdef0123456789abcdef";
  private static final String PATH = "/runs/" + RUN + "/report";

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answers(int status, String body) {
    server.createContext(
        PATH,
        exchange -> {
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
  }

  private int run(String... arguments) {
    return Main.run(
        List.of(arguments),
        Map.of("ARENA_PORT", String.valueOf(server.getAddress().getPort())),
        new PrintStream(out, true, StandardCharsets.UTF_8),
        new PrintStream(err, true, StandardCharsets.UTF_8));
  }

  private String output() {
    return out.toString(StandardCharsets.UTF_8);
  }

  private String errors() {
    return err.toString(StandardCharsets.UTF_8);
  }

  @Test
  void printsLines() {
    answers(
        200,
        """
        {"log":{"truncated":false,"lines":[
          {"at":"2026-01-31T12:00:00.1Z","function":"replay-turn","line":
            "{\\"level\\":\\"ERROR\\",\\"message\\":\\"fork replay failed\\",\\"t\\":\\"3\\",\\"step\\":\\"model\\",\\"run_id\\":\\"r\\",\\"error\\":{\\"name\\":\\"arena.agent.ModelRefused\\",\\"message\\":\\"wrong key\\",\\"stack\\":\\"…\\"}}"},
          {"at":"2026-01-31T12:00:01.1Z","function":"finalize-run","line":"java.lang.OutOfMemoryError"}]}}
        """);
    assertEquals(0, run(RUN), this::errors);
    assertEquals(
        """
        2026-01-31T12:00:00.1Z replay-turn   ERROR t=3   fork replay failed  step=model arena.agent.ModelRefused: wrong key
        2026-01-31T12:00:01.1Z finalize-run  java.lang.OutOfMemoryError
        """,
        output().replace("\r\n", "\n"));
    assertEquals("", errors());
  }

  @Test
  void reportsThatThereAreMoreLines() {
    answers(200, "{\"log\":{\"truncated\":true,\"lines\":[]}}");
    assertEquals(0, run(RUN));
    assertTrue(errors().contains("the log has more lines"), this::errors);
  }

  @Test
  void reportsErrorsAndFails() {
    answers(200, "{\"log\":{\"unreachable\":\"the log cannot be read now\"}}");
    assertEquals(1, run(RUN));
    assertTrue(errors().contains("the log cannot be read now"), this::errors);
    assertEquals(1, run("f".repeat(32)));
    assertTrue(errors().contains(" 404"), this::errors);
    assertEquals(1, run(RUN, "--url", "http://127.0.0.1:1"));
    assertTrue(errors().contains("http://127.0.0.1:1 cannot be reached"), this::errors);
    assertEquals(2, run());
    assertEquals(2, run("not a run"));
    assertEquals(2, run(RUN, "--url"));
    assertEquals("", output());
  }
}
