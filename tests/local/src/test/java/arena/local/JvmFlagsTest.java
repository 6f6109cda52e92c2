package arena.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * A flag that the local stack gives its JVM and the template does not give a function's would hide
 * that the function needs it.
 */
class JvmFlagsTest {
  private static final Path ROOT = Path.of("../..");
  private static final Pattern FLAG =
      Pattern.compile(
          "(?<![\\w-])(?:-X[a-zA-Z][\\w:+=.-]*|--[a-z]+(?:-[a-z]+)+=[\\w-]+|-D[\\w.]+)");

  /** In ./arena and in the POMs. */
  private static final Pattern JVM_PARTS =
      Pattern.compile(
          "(?s)^run_java\\(\\) \\{.*?^}|jvm\\+=\\([^)]*\\)|<(test\\.jvm|argLine)>.*?</\\1>",
          Pattern.MULTILINE);

  /** Flags that a function does not have, and why it does as well without. */
  private static final Map<String, String> LOCAL_ONLY =
      Map.ofEntries(
          Map.entry("-Xmx", "the memory of this machine; a function has its MemorySize"),
          Map.entry("-XX:MaxRAM=", "a function's MemorySize"),
          Map.entry("-XX:MaxRAMPercentage=", "Lambda's runtime sets the heap's share"),
          Map.entry("-XX:+UseSerialGC", "Lambda's runtime sets it"),
          Map.entry("-XX:TieredStopAtLevel=1", "Lambda's runtime sets it"),
          Map.entry("-XX:-UsePerfData", "keeps a file out of the temporary folder"),
          Map.entry("-XX:ErrorFile=", "where the report of a crash is"),
          Map.entry("-Djava.io.tmpdir", "the temporary folder of one stack"),
          Map.entry("-Darena.tmpdir", "the temporary folder of the tests"),
          Map.entry("-Dhttp.nonProxyHosts", "local addresses, which a function does not call"),
          Map.entry("--enable-native-access=", "suppresses a warning; access is allowed without"),
          Map.entry("--sun-misc-unsafe-memory-access=", "suppresses a warning of local servers"),
          Map.entry("-Djdk.virtualThreadScheduler.parallelism", "the simulation is deterministic"),
          Map.entry("-Darena.log.level", "what unit tests and the simulation log"));

  private static String text(String file) throws IOException {
    return Files.readString(ROOT.resolve(file));
  }

  /** Returns the part of a file that has flags of a JVM with functions in it. */
  private static String ofJvm(String file) throws IOException {
    String text = text(file);
    if (file.endsWith(".java")) {
      return text;
    }
    Matcher parts = JVM_PARTS.matcher(text);
    StringBuilder found = new StringBuilder();
    while (parts.find()) {
      found.append(parts.group()).append('\n');
    }
    assertFalse(found.isEmpty(), file);
    return found.toString();
  }

  /** Returns the flags with the files that have them. */
  private static Map<String, Set<String>> flags() throws IOException {
    Map<String, Set<String>> flags = new TreeMap<>();
    for (String file :
        List.of(
            "arena",
            "pom.xml",
            "tests/suites/simulation/pom.xml",
            "tests/local/src/main/java/arena/local/lambda/HandlerProcess.java",
            "tests/local/src/test/java/arena/local/MainTest.java",
            "tests/faults/src/test/java/arena/faults/ProcessStack.java")) {
      Matcher matcher = FLAG.matcher(ofJvm(file));
      while (matcher.find()) {
        flags.computeIfAbsent(matcher.group(), _ -> new TreeSet<>()).add(file);
      }
    }
    return flags;
  }

  @Test
  void theTemplateGivesTheFlagsOfTheLocalStack() throws IOException {
    String template = text("template.yaml");
    Map<String, Set<String>> missing = new TreeMap<>(flags());
    missing
        .keySet()
        .removeIf(
            flag ->
                template.contains(flag) || LOCAL_ONLY.keySet().stream().anyMatch(flag::startsWith));
    assertEquals(Map.of(), missing);
  }

  @Test
  void listsNoExceptionThatIsNotUsed() throws IOException {
    Set<String> flags = flags().keySet();
    assertTrue(flags.contains("-XX:+UseSerialGC"), flags::toString);
    for (String exception : LOCAL_ONLY.keySet()) {
      assertTrue(flags.stream().anyMatch(flag -> flag.startsWith(exception)), exception);
    }
  }
}
