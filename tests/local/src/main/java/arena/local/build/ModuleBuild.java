package arena.local.build;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * Brings the class files of one module up to date. If only files changed that were there before, it
 * compiles those; if that changes no interface, the rest stays as it is. Otherwise it compiles the
 * module whole.
 */
final class ModuleBuild {
  private static final int RELEASE = 25;
  private static final String JAVA = ".java";

  private final Path root;
  private final Module module;
  private final String against;

  /** A build against what the modules that this one uses are now. */
  ModuleBuild(Path root, Module module, Map<Module, State> states) throws IOException {
    this.root = root;
    this.module = module;
    StringBuilder text = new StringBuilder(Files.readString(module.libraries()));
    module.uses().forEach(used -> text.append('\n').append(states.get(used).interfaceDigest()));
    against = State.digest(text.toString());
  }

  /**
   * What a build came to.
   *
   * @param state the module's state now
   * @param compiled how many sources were compiled
   * @param changed whether class files or resources changed
   */
  record Result(State state, int compiled, boolean changed) {}

  /** Builds the module. */
  Result run() throws IOException, CompileFailed {
    Optional<State> before = State.read(module.state());
    Map<String, String> files = scan();
    if (before.isEmpty()
        || !before.get().against().equals(against)
        || !Files.isDirectory(module.classes())) {
      return whole(files);
    }
    Map<String, String> known = before.get().files();
    if (known.equals(files)) {
      return new Result(before.get(), 0, false);
    }
    if (!known.keySet().equals(files.keySet())) {
      return whole(files);
    }
    List<Path> changed =
        files.entrySet().stream()
            .filter(file -> !file.getValue().equals(known.get(file.getKey())))
            .map(file -> root.resolve(file.getKey()))
            .toList();
    Optional<Result> result = changedOnly(changed, before.get(), files);
    return result.isPresent() ? result.get() : whole(files);
  }

  /**
   * Takes the class files as they are, after another build. A source that is newer than its class
   * counts as changed.
   */
  void adopt() throws IOException {
    if (!Files.isDirectory(module.classes())) {
      Files.deleteIfExists(module.state());
      return;
    }
    Map<String, String> files = scan();
    for (Path folder : module.sources()) {
      for (Path source : sources(folder)) {
        String name = folder.relativize(source).toString();
        Path classFile =
            module.classes().resolve(name.substring(0, name.length() - JAVA.length()) + ".class");
        boolean built =
            source.endsWith("package-info.java")
                || (Files.exists(classFile)
                    && Files.getLastModifiedTime(classFile)
                            .compareTo(Files.getLastModifiedTime(source))
                        >= 0);
        if (!built) {
          files.put(name(source), "changed");
        }
      }
    }
    new State(against, files, interfaces(module.classes())).write(module.state());
  }

  private Optional<Result> changedOnly(List<Path> changed, State before, Map<String, String> files)
      throws IOException, CompileFailed {
    List<Path> sources = changed.stream().filter(ModuleBuild::isSource).toList();
    Map<String, String> interfaces = new TreeMap<>(before.interfaces());
    if (!sources.isEmpty()) {
      Path made = fresh("changed");
      compile(sources, made, true);
      Map<String, String> now = interfaces(made);
      for (Map.Entry<String, String> type : now.entrySet()) {
        if (!type.getValue().equals(interfaces.get(type.getKey()))) {
          delete(made);
          return Optional.empty();
        }
      }
      unnote();
      copy(made, made, module.classes());
      delete(made);
    }
    copyResources(module.classes());
    State state = new State(before.against(), files, interfaces);
    state.write(module.state());
    return Optional.of(new Result(state, sources.size(), true));
  }

  private Result whole(Map<String, String> files) throws IOException, CompileFailed {
    List<Path> sources = new ArrayList<>();
    for (Path folder : module.sources()) {
      sources.addAll(sources(folder));
    }
    Path made = fresh("new");
    if (!sources.isEmpty()) {
      compile(sources, made, false);
    }
    copyResources(made);
    unnote();
    Files.deleteIfExists(module.state());
    delete(module.classes());
    Files.move(made, module.classes());
    State state = new State(against, files, interfaces(module.classes()));
    state.write(module.state());
    return new Result(state, sources.size(), true);
  }

  /** Has Maven compile the module, with the checks, when it builds next. */
  private void unnote() throws IOException {
    delete(module.mavenStatus());
  }

  private void compile(List<Path> sources, Path output, boolean part)
      throws IOException, CompileFailed {
    List<String> classPath = new ArrayList<>();
    if (part) {
      classPath.add(module.classes().toString());
    }
    module.uses().forEach(used -> classPath.add(used.classes().toString()));
    classPath.add(Files.readString(module.libraries()).strip());
    List<String> options =
        new ArrayList<>(
            List.of(
                "-d",
                output.toString(),
                "-cp",
                String.join(File.pathSeparator, classPath),
                "-encoding",
                "UTF-8",
                "-g",
                "-parameters",
                "-proc:none",
                "-implicit:none",
                "-Xlint:none",
                "-nowarn"));
    if (Runtime.version().feature() != RELEASE) {
      options.addAll(List.of("--release", String.valueOf(RELEASE)));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager manager = compiler.getStandardFileManager(null, null, null)) {
      boolean compiled =
          compiler
              .getTask(
                  messages,
                  manager,
                  null,
                  options,
                  null,
                  manager.getJavaFileObjectsFromPaths(sources))
              .call();
      if (!compiled) {
        delete(output);
        throw new CompileFailed(messages.toString().strip());
      }
    }
  }

  private void copyResources(Path output) throws IOException {
    for (Module.Resource resource : module.resources()) {
      copy(resource.from(), resource.base(), output.resolve(resource.to()));
    }
  }

  private Path fresh(String kind) throws IOException {
    Path folder = module.classes().resolveSibling(module.classes().getFileName() + "." + kind);
    delete(folder);
    return Files.createDirectories(folder);
  }

  /** Every source and resource, with its time and size. */
  private Map<String, String> scan() throws IOException {
    Map<String, String> files = new TreeMap<>();
    List<Path> folders = new ArrayList<>(module.sources());
    module.resources().forEach(resource -> folders.add(resource.from()));
    for (Path folder : folders) {
      for (Path file : files(folder)) {
        BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
        files.put(name(file), attributes.lastModifiedTime().toMillis() + ":" + attributes.size());
      }
    }
    return files;
  }

  private String name(Path file) {
    return root.relativize(file).toString();
  }

  private static boolean isSource(Path file) {
    return file.toString().endsWith(JAVA);
  }

  private static List<Path> sources(Path folder) throws IOException {
    return files(folder).stream().filter(ModuleBuild::isSource).toList();
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).collect(Collectors.toCollection(ArrayList::new));
    }
  }

  private static Map<String, String> interfaces(Path classes) throws IOException {
    Map<String, String> interfaces = new TreeMap<>();
    for (Path file : files(classes)) {
      if (file.toString().endsWith(".class")) {
        ClassInterface.of(file)
            .ifPresent(
                text -> interfaces.put(classes.relativize(file).toString(), State.digest(text)));
      }
    }
    return interfaces;
  }

  private static void copy(Path from, Path base, Path to) throws IOException {
    for (Path file : files(from)) {
      Path copy = to.resolve(base.relativize(file).toString());
      Files.createDirectories(copy.getParent());
      // A file is never seen half written.
      Path written = copy.resolveSibling(copy.getFileName() + ".new");
      Files.copy(file, written, StandardCopyOption.REPLACE_EXISTING);
      Files.move(written, copy, StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private static void delete(Path folder) throws IOException {
    if (!Files.exists(folder)) {
      return;
    }
    Collection<Path> all;
    try (Stream<Path> files = Files.walk(folder)) {
      all = files.sorted(Comparator.reverseOrder()).toList();
    }
    for (Path file : all) {
      Files.delete(file);
    }
  }
}
