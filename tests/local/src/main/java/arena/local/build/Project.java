package arena.local.build;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The modules of this project. */
final class Project {
  private final Path root;
  private final Module layer;
  private final Module layerTests;
  private final Module functions;
  private final Module local;
  private final Module localTests;
  private final Module tools;
  private final Module suites;

  private Project(Path root) throws IOException {
    this.root = root;
    Path layerFolder = root.resolve("layers/arena");
    Path localFolder = root.resolve("tests/local");
    Path functionsFolder = root.resolve("functions");
    Path testsFolder = root.resolve("tests");
    layer = main(layerFolder, List.of(layerFolder), layerFolder, List.of());
    layerTests = tests(layerFolder, List.of(layerFolder), List.of(layer));
    functions = main(functionsFolder, folders(functionsFolder), layerFolder, List.of(layer));
    local = main(localFolder, List.of(localFolder), localFolder, List.of(layer));
    localTests = tests(localFolder, List.of(localFolder), List.of(layer, local));
    List<Path> suiteFolders = new ArrayList<>(folders(testsFolder));
    suiteFolders.remove(localFolder);
    tools = main(testsFolder, suiteFolders, testsFolder, List.of(layer, local));
    suites = tests(testsFolder, suiteFolders, List.of(layer, local, tools));
  }

  /** The project in this folder. */
  static Project in(Path root) throws IOException {
    return new Project(root);
  }

  /** Every module, each after those that it uses. */
  List<Module> modules() {
    return List.of(layer, functions, local, tools, layerTests, localTests, suites);
  }

  /** The functions. */
  Module functions() {
    return functions;
  }

  /** The modules whose code a running stack can replace. */
  List<Module> reloadable() {
    return List.of(layer, functions);
  }

  /**
   * The modules that a goal needs.
   *
   * @param goal {@code stack}, {@code tools}, {@code all}, or a folder whose tests are to run
   */
  List<Module> forGoal(String goal) {
    List<Module> wanted =
        switch (goal) {
          case "stack" -> List.of(functions, local);
          case "tools" -> List.of(functions, local, tools);
          case "all" -> modules();
          case "layers/arena" -> List.of(layerTests);
          case "tests/local" -> List.of(functions, localTests);
          default -> List.of(functions, suites);
        };
    Set<Module> needed = new LinkedHashSet<>();
    collect(wanted, needed);
    return List.copyOf(needed);
  }

  private static void collect(Collection<Module> modules, Set<Module> needed) {
    for (Module module : modules) {
      collect(module.uses(), needed);
      needed.add(module);
    }
  }

  private Module main(Path folder, List<Path> parts, Path libraries, List<Module> uses) {
    return module(folder, parts, "main", "classes", "compile", libraries, uses);
  }

  private Module tests(Path folder, List<Path> parts, List<Module> uses) {
    return module(folder, parts, "test", "test-classes", "testCompile", folder, uses);
  }

  private Module module(
      Path folder,
      List<Path> parts,
      String kind,
      String classes,
      String goal,
      Path libraries,
      List<Module> uses) {
    Path target = folder.resolve("target");
    String name = root.relativize(folder) + (kind.equals("main") ? "" : ":" + kind);
    // The resources of a suite's tests stay where they are: those of the suites would be mixed.
    boolean shared = kind.equals("test") && parts.size() > 1;
    List<Module.Resource> resources = new ArrayList<>();
    existing(parts, "src/" + kind + "/resources")
        .forEach(from -> resources.add(new Module.Resource(from, "")));
    if (folder.equals(root.resolve("functions"))) {
      resources.addAll(console(folder));
    }
    return new Module(
        name,
        existing(parts, "src/" + kind + "/java"),
        shared ? List.of() : resources,
        target.resolve(classes),
        libraries.resolve("target/classpath.txt"),
        target.resolve("maven-status/maven-compiler-plugin").resolve(goal),
        uses);
  }

  /** The files of the console that are elsewhere, as functions/pom.xml lists them. */
  private static List<Module.Resource> console(Path functions) {
    return Stream.of(
            new Module.Resource(functions.resolve("target/vendor"), ""),
            new Module.Resource(
                functions.resolve("stream-events/client/arena-client.js"), "console/vendor"),
            new Module.Resource(functions.resolve("read-runs/openapi.yaml"), "console"))
        .filter(resource -> Files.exists(resource.from()))
        .toList();
  }

  private static List<Path> existing(List<Path> folders, String part) {
    return folders.stream().map(folder -> folder.resolve(part)).filter(Files::isDirectory).toList();
  }

  private static List<Path> folders(Path parent) throws IOException {
    try (Stream<Path> children = Files.list(parent)) {
      return children.filter(child -> Files.isDirectory(child.resolve("src"))).sorted().toList();
    }
  }
}
