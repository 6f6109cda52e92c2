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
 * The packages of the library depend on each other in the order that README.md states, and each
 * store's client is used in one place.
 */
class PackagesTest {
  private static final Path SOURCES = Path.of("src", "main", "java", "arena");
  private static final Pattern IMPORT =
      Pattern.compile("^import (?:static )?([a-z][\\w.]*)\\.[A-Z*]", Pattern.MULTILINE);

  private static final Path README = Path.of("README.md");
  private static final Path FUNCTIONS = Path.of("..", "..", "functions");

  /** A row of the table of packages: names in backticks, then the responsibility. */
  private static final Pattern ROW =
      Pattern.compile("^\\| (`[a-z]+`(?:, `[a-z]+`)*) \\| [^|]+ \\|$", Pattern.MULTILINE);

  /** A name of a class in backticks, such as {@code `StartRun`}. */
  private static final Pattern CLASS = Pattern.compile("`([A-Z][a-z]+[A-Za-z]*)`");

  /** Packages that may use a client, by the prefix of the client's package names. */
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
    assertTrue(imports.size() >= 10, "sources found");
    return imports;
  }

  /** The order of the packages as README.md states it, from the bottom up. */
  private static List<Set<String>> layers() throws IOException {
    List<Set<String>> layers = new ArrayList<>();
    Matcher row = ROW.matcher(Files.readString(README));
    while (row.find()) {
      layers.add(Set.of(row.group(1).replace("`", "").split(", ")));
    }
    return layers;
  }

  private static int layer(List<Set<String>> layers, String name) {
    for (int layer = 0; layer < layers.size(); layer++) {
      if (layers.get(layer).contains(name)) {
        return layer;
      }
    }
    throw new AssertionError("arena." + name + " is missing in the table of " + README);
  }

  @Test
  void readmeListsEveryPackageOnce() throws IOException {
    List<String> listed = layers().stream().flatMap(Set::stream).sorted().toList();
    try (Stream<Path> folders = Files.list(SOURCES)) {
      assertEquals(
          folders.map(folder -> folder.getFileName().toString()).sorted().toList(), listed);
    }
  }

  @Test
  void readmeNamesExistingClasses() throws IOException {
    Set<String> classes = new TreeSet<>();
    for (Path sources : List.of(Path.of("src"), FUNCTIONS)) {
      try (Stream<Path> files = Files.walk(sources)) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> name.endsWith(".java"))
            .forEach(name -> classes.add(name.replace(".java", "")));
      }
    }
    Set<String> missing = new TreeSet<>();
    Matcher name = CLASS.matcher(Files.readString(README));
    while (name.find()) {
      if (!classes.contains(name.group(1))) {
        missing.add(name.group(1));
      }
    }
    assertEquals(Set.of(), missing);
  }

  @Test
  void packagesDependDownwardsOnly() throws IOException {
    List<Set<String>> layers = layers();
    List<String> upwards = new ArrayList<>();
    imports()
        .forEach(
            (from, all) -> {
              for (String imported : all) {
                if (!imported.startsWith("arena.")) {
                  continue;
                }
                String to = imported.replaceFirst("^arena\\.(\\w+).*$", "$1");
                if (!to.equals(from) && layer(layers, to) >= layer(layers, from)) {
                  upwards.add(from + " -> " + to);
                }
              }
            });
    assertEquals(List.of(), upwards);
  }

  @Test
  void domainUsesOnlyTheJdk() throws IOException {
    Map<String, Set<String>> imports = imports();
    for (String name : List.of("error", "world", "event", "run", "statistics", "ranking")) {
      List<String> others =
          imports.get(name).stream()
              .filter(
                  imported ->
                      !imported.startsWith("java.util")
                          && !imported.startsWith("java.time")
                          && !imported.equals("org.jspecify.annotations")
                          && !imported.startsWith("arena."))
              .toList();
      assertEquals(List.of(), others, "arena." + name);
    }
  }

  @Test
  void codecsUseOnlyTheJsonParser() throws IOException {
    List<String> others =
        imports().get("codec").stream()
            .filter(
                imported ->
                    !imported.startsWith("java.")
                        && !imported.startsWith("arena.")
                        && !imported.startsWith("com.fasterxml.jackson.core")
                        && !imported.equals("org.jspecify.annotations"))
            .toList();
    assertEquals(List.of(), others);
  }

  @Test
  void clientsAreUsedInTheirPackagesOnly() throws IOException {
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
