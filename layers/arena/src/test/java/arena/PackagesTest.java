package arena;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The packages of the library depend downwards only, and each store's client stays in one place.
 */
class PackagesTest {
  private static final Path SOURCES = Path.of("src", "main", "java", "arena");
  private static final Pattern IMPORT =
      Pattern.compile("^import (?:static )?([a-z][\\w.]*)\\.[A-Z*]", Pattern.MULTILINE);

  /** From the ground up; packages of one floor do not know each other. */
  private static final List<Set<String>> FLOORS =
      List.of(
          Set.of("world"),
          Set.of("event"),
          Set.of("run"),
          Set.of("codec", "metrics"),
          Set.of("dynamo"),
          Set.of("agent", "catalog", "broker", "archive", "idempotency"),
          Set.of("journal"),
          Set.of("source"),
          Set.of("stream"),
          Set.of("lifecycle"),
          Set.of("diagnosis"),
          Set.of("http"),
          Set.of("runtime"));

  /** What may be used only there, by the beginning of its packages' names. */
  private static final Map<String, Set<String>> ONLY_IN =
      Map.of(
          "redis.clients", Set.of("broker", "runtime"),
          "org.duckdb", Set.of("archive"),
          "java.sql", Set.of("archive"),
          "software.amazon.awssdk.services.bedrockruntime", Set.of("agent"),
          "software.amazon.awssdk.services.s3", Set.of("archive", "journal", "runtime"),
          "software.amazon.awssdk.services.apigatewaymanagementapi", Set.of("stream", "runtime"));

  private static Map<String, Set<String>> imports() throws IOException {
    Map<String, Set<String>> imports = new TreeMap<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).toList()) {
        String from = SOURCES.relativize(file).getName(0).toString();
        Matcher matcher = IMPORT.matcher(Files.readString(file));
        while (matcher.find()) {
          imports.computeIfAbsent(from, name -> new TreeSet<>()).add(matcher.group(1));
        }
      }
    }
    assertTrue(imports.size() >= 10, "the sources were found");
    return imports;
  }

  private static int floor(String name) {
    for (int floor = 0; floor < FLOORS.size(); floor++) {
      if (FLOORS.get(floor).contains(name)) {
        return floor;
      }
    }
    throw new AssertionError("arena." + name + " has no floor yet: give it one in this test");
  }

  @Test
  void packagesDependDownwardsOnly() throws IOException {
    List<String> upwards = new ArrayList<>();
    imports()
        .forEach(
            (from, all) -> {
              for (String imported : all) {
                if (!imported.startsWith("arena.")) {
                  continue;
                }
                String to = imported.replaceFirst("^arena\\.(\\w+).*$", "$1");
                if (!to.equals(from) && floor(to) >= floor(from)) {
                  upwards.add(from + " -> " + to);
                }
              }
            });
    assertEquals(List.of(), upwards);
  }

  @Test
  void theDomainIsPlainJava() throws IOException {
    Map<String, Set<String>> imports = imports();
    for (String name : List.of("world", "event", "run")) {
      List<String> others =
          imports.get(name).stream()
              .filter(
                  imported ->
                      !imported.startsWith("java.util")
                          && !imported.startsWith("java.time")
                          && !imported.startsWith("arena."))
              .toList();
      assertEquals(List.of(), others, "arena." + name);
    }
  }

  @Test
  void theCodecsUseTheJsonParserAlone() throws IOException {
    List<String> others =
        imports().get("codec").stream()
            .filter(
                imported ->
                    !imported.startsWith("java.")
                        && !imported.startsWith("arena.")
                        && !imported.startsWith("com.fasterxml.jackson.core"))
            .toList();
    assertEquals(List.of(), others);
  }

  @Test
  void everyClientHasItsPlace() throws IOException {
    List<String> elsewhere = new ArrayList<>();
    imports()
        .forEach(
            (from, all) ->
                ONLY_IN.forEach(
                    (client, places) -> {
                      boolean uses = all.stream().anyMatch(name -> name.startsWith(client));
                      if (uses && !places.contains(from)) {
                        elsewhere.add(from + " -> " + client);
                      }
                    }));
    assertEquals(List.of(), elsewhere);
  }
}
