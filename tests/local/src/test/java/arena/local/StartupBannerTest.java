package arena.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.runtime.AwsClients;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

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

      String body = bodyToPaste(print(stack));
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
      putPresets(stack, "[{\"name\":\"hot\",\"version\":1,\"profile\":{\"temperature\":3}}]");
      String banner = print(stack);
      assertTrue(
          banner.contains(
              "arena: settings/presets.json in the bucket is invalid:"
                  + " presets[0] (hot): profile.temperature "),
          banner);
      String body = bodyToPaste(banner);
      assertEquals(202, client.post("/forks", body).status(), body);
    }
  }

  private static void putPresets(LocalStack stack, String json) {
    try (S3Client s3 = AwsClients.s3()) {
      s3.putObject(
          put -> put.bucket(stack.resource("Bucket")).key("settings/presets.json"),
          RequestBody.fromString(json));
    }
  }

  private static String print(LocalStack stack) {
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    new StartupBanner(stack, false, new PrintStream(printed, true, StandardCharsets.UTF_8)).print();
    return printed.toString(StandardCharsets.UTF_8);
  }

  private static String bodyToPaste(String banner) {
    Matcher body = BODY.matcher(banner);
    assertTrue(body.find(), banner);
    return body.group(1);
  }
}
