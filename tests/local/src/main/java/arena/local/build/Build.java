package arena.local.build;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;

/** Brings class files and functions' jars up to date with their sources. */
public final class Build {
  private final Path root;
  private final Project project;

  private Build(Path root) throws IOException {
    this.root = root.toAbsolutePath().normalize();
    this.project = Project.in(this.root);
  }

  /** A build of the project in this folder. */
  public static Build of(Path root) throws IOException {
    return new Build(root);
  }

  /**
   * Builds what a goal needs; modules that do not use each other at the same time.
   *
   * @param goal {@code stack}, {@code tools} (also benchmarks and simulation), {@code all}, or a
   *     folder whose tests are to run, such as {@code tests/contract}
   * @return a line for each module that was compiled
   * @throws CompileFailed if a source does not compile; class files stay as they were then
   */
  public List<String> run(String goal) throws IOException, CompileFailed {
    return run(project.forGoal(goal));
  }

  /**
   * Builds what a running stack can replace: layer and functions.
   *
   * @return a line for each module that was compiled
   * @throws CompileFailed if a source does not compile; class files stay as they were then
   */
  public List<String> runReloadable() throws IOException, CompileFailed {
    return run(project.reloadable());
  }

  private List<String> run(Collection<Module> modules) throws IOException, CompileFailed {
    Map<Module, State> states = new ConcurrentHashMap<>();
    Map<Module, CompletableFuture<List<String>>> builds = new HashMap<>();
    for (Module module : modules) {
      CompletableFuture<?>[] used =
          module.uses().stream().map(builds::get).toArray(CompletableFuture[]::new);
      builds.put(module, CompletableFuture.allOf(used).thenApplyAsync(_ -> build(module, states)));
    }
    List<String> lines = new ArrayList<>();
    CompileFailed failed = null;
    for (Module module : modules) {
      try {
        lines.addAll(builds.get(module).join());
      } catch (CompletionException e) {
        if (e.getCause() instanceof Stopped stopped) {
          failed = failed == null ? stopped.reason : failed;
        } else if (e.getCause() instanceof UncheckedIOException io) {
          throw io.getCause();
        } else {
          throw e;
        }
      }
    }
    if (failed != null) {
      throw failed;
    }
    return lines;
  }

  private List<String> build(Module module, Map<Module, State> states) {
    try {
      long start = System.nanoTime();
      ModuleBuild.Result result = new ModuleBuild(root, module, states).run();
      states.put(module, result.state());
      if (module.equals(project.functions())) {
        FunctionJars.write(module, result.changed());
      }
      return result.changed()
          ? List.of(
              String.format(
                  Locale.ROOT,
                  "%s: %d files compiled in %d ms",
                  module.name(),
                  result.compiled(),
                  (System.nanoTime() - start) / 1_000_000))
          : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (CompileFailed e) {
      throw new Stopped(e);
    }
  }

  /** Takes all class files as they are, after Maven's build. */
  public void adopt() throws IOException {
    Map<Module, State> states = new HashMap<>();
    for (Module module : project.modules()) {
      new ModuleBuild(root, module, states).adopt();
      states.put(
          module,
          State.read(module.state()).orElse(new State("", new HashMap<>(), new HashMap<>())));
    }
  }

  private static final class Stopped extends RuntimeException {
    private final transient CompileFailed reason;

    Stopped(CompileFailed reason) {
      super(reason);
      this.reason = reason;
    }
  }
}
