package arena.simulation.mutations;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Mutation testing of selected lines: {@code ./arena mutate}. Compiles each mutation into a
 * temporary folder that precedes the class path, and runs the test that must fail. The sources are
 * not changed. Every test is run without a mutation first: one that fails for another reason would
 * kill all mutations.
 */
public final class Main {
  private static final int SEEDS = 6_000;

  /** Seeds of the simulation without a mutation. */
  private static final int CONTROL_SEEDS = 500;

  private static final int MINUTES = 6;

  private final Path root = Path.of("").toAbsolutePath();
  private final MutatedClasses classes = new MutatedClasses(root);

  private Main() throws IOException {}

  /** Tries all mutations, or the named ones. */
  public static void main(String[] names) throws IOException, InterruptedException {
    List<String> known = Mutations.ALL.stream().map(Mutation::name).toList();
    for (String name : names) {
      if (!known.contains(name)) {
        System.err.printf(Locale.ROOT, "arena: unknown mutation '%s'; known: %s%n", name, known);
        System.exit(2);
      }
    }
    List<Mutation> chosen =
        Mutations.ALL.stream()
            .filter(mutation -> names.length == 0 || List.of(names).contains(mutation.name()))
            .toList();
    Main main = new Main();
    for (Optional<String> test :
        new LinkedHashSet<>(chosen.stream().map(Mutation::test).toList())) {
      String name = test.orElse("the simulation");
      System.out.printf(Locale.ROOT, "%-28s %s%n", "no mutation", name);
      if (main.fails(test, CONTROL_SEEDS)) {
        System.err.printf(
            Locale.ROOT, "arena: %s fails without a mutation; mend that first%n", name);
        System.exit(1);
      }
    }
    List<Mutation> survivors = new ArrayList<>();
    for (Mutation mutation : chosen) {
      System.out.printf(Locale.ROOT, "%-28s %s%n", mutation.name(), mutation.description());
      long startedAt = System.nanoTime();
      boolean killed = main.isKilled(mutation);
      System.out.printf(
          Locale.ROOT,
          "%-28s %s by %s after %d s%n",
          "",
          killed ? "killed" : "SURVIVED",
          mutation.test().orElse("the simulation"),
          TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - startedAt));
      if (!killed) {
        survivors.add(mutation);
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%d of %d mutations killed%n",
        chosen.size() - survivors.size(),
        chosen.size());
    System.exit(survivors.isEmpty() ? 0 : 1);
  }

  private boolean isKilled(Mutation mutation) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("arena-mutation");
    try {
      classes.place(List.of(mutation), folder);
      return fails(mutation.test(), SEEDS, folder);
    } finally {
      delete(folder);
    }
  }

  /** Returns whether the test fails without a mutation. */
  private boolean fails(Optional<String> test, int seeds) throws IOException, InterruptedException {
    Path folder = Files.createTempDirectory("arena-mutation");
    try {
      return fails(test, seeds, folder);
    } finally {
      delete(folder);
    }
  }

  private static List<String> simulation(int seeds) {
    return List.of(
        "-Darena.log.level=OFF", "arena.simulation.Main", "--seeds", String.valueOf(seeds));
  }

  private static List<String> test(String test) {
    return List.of(
        "org.junit.platform.console.ConsoleLauncher",
        "execute",
        "--select-class",
        test,
        "--details",
        "none",
        "--fail-if-no-tests");
  }

  /** Returns whether the test fails, as opposed to passing or not running. */
  private boolean fails(Optional<String> test, int seeds, Path folder)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Djdk.virtualThreadScheduler.parallelism=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                folder + File.pathSeparator + classes.classPath()));
    command.addAll(test.map(Main::test).orElseGet(() -> simulation(seeds)));
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .directory(root.resolve(folder(test)).toFile())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly().waitFor();
      throw new IllegalStateException(
          String.format(Locale.ROOT, "no result after %d minutes", MINUTES));
    }
    List<String> lines = Files.readAllLines(output);
    Optional<String> reason =
        lines.stream()
            .filter(line -> line.startsWith("violation:") || line.contains("=> "))
            .findFirst();
    if (process.exitValue() > 1 || (process.exitValue() == 1 && reason.isEmpty())) {
      throw new IllegalStateException(
          "failed to run the test: %s".formatted(String.join(System.lineSeparator(), lines)));
    }
    reason.ifPresent(line -> System.out.printf(Locale.ROOT, "%-28s %s%n", "", line.strip()));
    return process.exitValue() == 1;
  }

  /** The folder in which a test expects to run: that of its suite, for the simulation the root. */
  private static String folder(Optional<String> test) {
    if (test.isEmpty()) {
      return "";
    }
    return test.get().startsWith(Mutation.CONTRACTS) ? "tests/contract" : "tests/simulation";
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
