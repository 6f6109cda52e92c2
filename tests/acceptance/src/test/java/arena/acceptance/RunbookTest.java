package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import arena.local.client.ArenaClient;
import arena.local.client.LiveReader;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the {@code bash} blocks of RUNBOOK.md in order against a run whose model hangs, and compares
 * their output with the {@code text} blocks, in which an ellipsis matches anything.
 */
final class RunbookTest {
  private static final Path PAGE = Path.of("..", "..", "functions", "diagnose-run", "RUNBOOK.md");
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  private final AcceptanceStack stack = AcceptanceStack.shared();
  private final ArenaClient arena = stack.client();

  @TempDir Path folder;

  private record Block(String language, String text) {}

  private static List<Block> blocks() throws IOException {
    List<Block> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(Files.readString(PAGE));
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
    return blocks;
  }

  @Test
  void everyBlockPrintsTheDocumentedOutput() throws Exception {
    assumeTrue(
        onPath("bash") && onPath("curl") && onPath("redis-cli"),
        "it needs bash, curl and redis-cli on the PATH");
    String run =
        arena.startRun(
            "{\"n_turns\":5,\"profile\":{\"name\":\"stuck\",\"model\":\"openai:hang\"}}");
    try (LiveReader reader = arena.live()) {
      reader.subscribe(run, 1);
      reader.next(BOUND); // the model is called after these events
      List<Block> blocks = blocks();
      int ran = 0;
      for (int i = 0; i < blocks.size(); i++) {
        Block block = blocks.get(i);
        if (block.language().equals("bash")) {
          Block expected = blocks.get(i + 1);
          assertEquals("text", expected.language(), "output of\n" + block.text());
          assertOutput(block.text(), expected.text(), run(block.text(), run));
          ran++;
        }
      }
      assertTrue(ran >= 9, ran + " blocks");
      assertEquals("failed", reader.untilClosed(run, BOUND, _ -> {}).status());
    }
    assertEquals("Stopped", arena.get("/runs/" + run).expect(200).at("/error/code").textValue());
    JsonNode report = MAPPER.readTree(folder.resolve("report-" + run + ".json").toFile());
    assertEquals(run, report.get("report_on").textValue());
    assertFalse(report.at("/log/lines").isEmpty());
  }

  @Test
  void stepsAreInOrder() throws Exception {
    List<String> headings =
        Pattern.compile("^## (.*)$", Pattern.MULTILINE)
            .matcher(Files.readString(PAGE))
            .results()
            .map(heading -> heading.group(1))
            .toList();
    assertEquals(
        List.of(
            "1. Log",
            "2. Counters",
            "3. Where each replay waits",
            "4. Broker's keys",
            "5. Recover",
            "6. File the bug"),
        headings);
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }

  /** Runs a block with the page's definitions and {@code ./arena}, and returns its output. */
  private String run(String block, String run) throws IOException, InterruptedException {
    String setUp =
        blocks().stream()
            .filter(one -> one.text().contains("REDIS="))
            .map(one -> one.text().replaceFirst("(?m)^\\$REDIS PING$", ""))
            .findFirst()
            .orElseThrow();
    Path arenaScript = folder.resolve("arena");
    if (!Files.exists(arenaScript)) {
      Files.writeString(arenaScript, launcher());
      assertTrue(arenaScript.toFile().setExecutable(true));
    }
    Path out = folder.resolve("out");
    Path err = folder.resolve("err");
    ProcessBuilder bash = new ProcessBuilder("bash", "-c", "set -euo pipefail\n" + setUp + block);
    bash.directory(folder.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
    bash.environment()
        .putAll(
            Map.of(
                "URL", stack.stack().httpUrl().toString(),
                "RUN", run,
                "REDIS_HOST", stack.stack().redisHost(),
                "REDIS_PORT", String.valueOf(stack.stack().redisPort()),
                "REDIS_PASSWORD", stack.stack().redisPassword()));
    Process process = bash.start();
    if (!process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("the block did not end:\n" + block);
    }
    assertEquals(0, process.exitValue(), () -> block + "\n" + read(err) + read(out));
    return read(out);
  }

  /** A launcher that runs {@code ./arena logs} from this JVM's class path. */
  private static String launcher() {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    return """
        #!/usr/bin/env bash
        [ "$1" = logs ] && shift && exec '%s' -XX:TieredStopAtLevel=1 -cp '%s' arena.local.logs.Main "$@"
        """
        .formatted(java, System.getProperty("java.class.path"));
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** Compares line by line; a line with only an ellipsis matches any number of lines. */
  private static void assertOutput(String block, String expected, String actual) {
    StringBuilder pattern = new StringBuilder();
    for (String line : expected.lines().toList()) {
      if (line.equals("…")) {
        pattern.append("(?:.*\n)*?");
      } else {
        Stream.of(line.split("…", -1))
            .map(Pattern::quote)
            .reduce((a, b) -> a + ".*" + b)
            .ifPresent(pattern::append);
        pattern.append(" *\n");
      }
    }
    String whole = actual.endsWith("\n") ? actual : actual + "\n";
    assertTrue(
        Pattern.compile(pattern.toString()).matcher(whole).matches(),
        () -> block + "\nprinted\n" + actual + "\nexpected\n" + expected);
    assertFalse(actual.isBlank(), () -> block + "\nprinted nothing");
  }
}
