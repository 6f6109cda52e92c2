package arena.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The fork that the banner prints can be created. */
final class StartupBannerTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Pattern BODY = Pattern.compile("-d '(\\{.*})'");

  @Test
  @Timeout(120)
  void printsAForkOfTheNewestCompleteRun() {
    try (LocalStack stack = LocalStack.start(Options.of(Path.of("../..")));
        ArenaClient client = new ArenaClient(stack.httpUrl(), stack.webSocketUrl())) {
      String parent = client.startRun("{\"n_turns\":8}");
      client.awaitEnd(parent, BOUND);
      String fork =
          client.startFork(
              "{\"parent_run_id\":\"%s\",\"parent_t\":7,\"n_turns\":2}".formatted(parent));
      client.awaitEnd(fork, BOUND);
      client.awaitEnd(client.startRun("{\"n_turns\":0}"), BOUND);

      String body = bodyToPaste(stack);
      assertTrue(body.contains(fork), body);
      assertEquals(202, client.post("/forks", body).status(), body);
    }
  }

  /** The fork is created right after the banner is printed. */
  @Test
  @Timeout(120)
  void printsAForkOfTheDemonstrationRun() {
    try (LocalStack stack = LocalStack.start(Options.of(Path.of("../..")));
        ArenaClient client = new ArenaClient(stack.httpUrl(), stack.webSocketUrl())) {
      String body = bodyToPaste(stack);
      assertEquals(202, client.post("/forks", body).status(), body);
    }
  }

  private static String bodyToPaste(LocalStack stack) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    new StartupBanner(stack, false, new PrintStream(printed, true, StandardCharsets.UTF_8)).print();
    Matcher body = BODY.matcher(printed.toString(StandardCharsets.UTF_8));
    assertTrue(body.find(), printed::toString);
    return body.group(1);
  }
}
