package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
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

/**
 * An operations page whose {@code bash} blocks are executed against the shared stack. The {@code
 * text} block after each is its expected output, in which an ellipsis matches anything.
 */
final class ExecutablePage {
  private static final Path PAGES = Path.of("..", "..", "functions", "diagnose-run");
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern HEADING = Pattern.compile("^## (.*)$", Pattern.MULTILINE);

  private final String text;
  private final List<Block> blocks = new ArrayList<>();
  private final Path folder;

  private record Block(String language, String text) {}

  /**
   * Reads a page.
   *
   * @param name such as {@code RUNBOOK.md}
   * @param folder the working folder of the blocks
   */
  ExecutablePage(String name, Path folder) throws IOException {
    text = Files.readString(PAGES.resolve(name));
    this.folder = folder;
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      blocks.add(new Block(matcher.group(1), matcher.group(2)));
    }
  }

  /** Whether the programs that the blocks use are installed. */
  static boolean canRun() {
    return onPath("bash") && onPath("curl") && onPath("redis-cli");
  }

  private static boolean onPath(String program) {
    return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1))
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }

  /** The headings of the second level. */
  List<String> headings() {
    return HEADING.matcher(text).results().map(heading -> heading.group(1)).toList();
  }

  /**
   * Runs all blocks in order and compares their output.
   *
   * @param run the value of {@code RUN}
   * @return the number of blocks
   */
  int execute(String run) throws IOException, InterruptedException {
    int ran = 0;
    for (int i = 0; i < blocks.size(); i++) {
      Block block = blocks.get(i);
      if (block.language().equals("bash")) {
        Block expected = blocks.get(i + 1);
        assertEquals("text", expected.language(), "output of\n" + block.text());
        assertOutput(block.text(), expected.text(), execute(block.text(), run));
        ran++;
      }
    }
    return ran;
  }

  /** Runs a block with the page's definitions and {@code ./arena}, and returns its output. */
  private String execute(String block, String run) throws IOException, InterruptedException {
    String setUp =
        blocks.stream()
            .filter(one -> one.language().equals("bash") && one.text().contains("REDIS=\""))
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
    AcceptanceStack stack = AcceptanceStack.shared();
    bash.environment()
        .putAll(
            Map.of(
                "URL", stack.stack().httpUrl().toString(),
                "RUN", run,
                "REDIS_HOST", stack.stack().redisHost(),
                "REDIS_PORT", String.valueOf(stack.stack().redisPort()),
                "REDIS_PASSWORD", stack.stack().redisPassword()));
    stack.token().ifPresent(token -> bash.environment().put("ARENA_TOKEN", token));
    Process process = bash.start();
    if (!process.waitFor(BOUND.toSeconds(), TimeUnit.SECONDS)) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
      throw new AssertionError("the block did not end:\n" + block + "\n" + read(err) + read(out));
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
      throw new UncheckedIOException(e);
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
