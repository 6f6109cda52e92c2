package arena.packaged;

import arena.local.LocalStack;
import arena.local.Options;
import arena.local.TemporaryFolder;
import arena.local.lambda.FunctionDefinition;
import arena.local.log.LogFile;
import arena.local.log.ProcessOutput;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Implements {@code ./arena invoke}: runs a packaged function with an event, and prints its answer.
 * What the function logs, and how it was run, goes to the standard error output.
 */
public final class Main {
  private static final int MISUSE = 2;
  private static final double MEGABYTE = 1024 * 1024;

  private Main() {}

  /**
   * Invokes a function. The exit status is 0 if it answers without an error.
   *
   * @param arguments the folder that EVENT is relative to, FUNCTION and EVENT
   */
  public static void main(String[] arguments) {
    PrintStream console = ProcessOutput.console();
    PrintStream errors = System.err;
    ProcessOutput.install();
    TemporaryFolder.deleteAtExit();
    if (arguments.length != 3) {
      errors.println("usage: ./arena invoke FUNCTION EVENT");
      System.exit(MISUSE);
    }
    System.exit(run(Path.of(arguments[0]), arguments[1], arguments[2], console, errors));
  }

  private static int run(
      Path from, String name, String file, PrintStream console, PrintStream errors) {
    Optional<Path> event = event(from, file);
    if (event.isEmpty()) {
      errors.println("arena: no event " + file + ", neither in the current folder nor in events/");
      return MISUSE;
    }
    LogFile rest = new LogFile(Options.home(System.getenv()).resolve("logs/invoke.log"));
    ProcessOutput.redirectOthers(rest);
    try (rest;
        SampleStack samples = SampleStack.start(_ -> {}, UnaryOperator.identity())) {
      LocalStack stack = samples.stack();
      List<FunctionDefinition> functions = stack.plan().functions();
      Optional<FunctionDefinition> function =
          functions.stream()
              .filter(found -> found.name().equals(name) || found.name().equals("arena-" + name))
              .findFirst();
      if (function.isEmpty()) {
        errors.println(
            "arena: no function "
                + name
                + "; there are "
                + functions.stream()
                    .map(found -> found.name().replaceFirst("^arena-", ""))
                    .collect(Collectors.joining(", ")));
        return MISUSE;
      }
      return invoke(samples, function.get(), Files.readString(event.get()), console, errors);
    } catch (IOException | RuntimeException e) {
      errors.println("arena: the function was not invoked: " + e.getMessage());
      return 1;
    }
  }

  private static Optional<Path> event(Path from, String file) {
    return List.of(from.resolve(file), Path.of("events", file), Path.of("events", file + ".json"))
        .stream()
        .filter(Files::isRegularFile)
        .findFirst();
  }

  private static int invoke(
      SampleStack samples,
      FunctionDefinition function,
      String sample,
      PrintStream console,
      PrintStream errors)
      throws IOException {
    String event = sample;
    if (sample.contains(Samples.RUN)) {
      boolean open = function.name().endsWith("-replay-turn");
      event = sample.replace(Samples.RUN, open ? samples.openRun() : samples.finishedRun());
    }
    PackagedFunctions packaged =
        PackagedFunctions.isolated(
            Path.of(""), Files.createTempDirectory("packaged-"), Optional.empty());
    errors.println(packaged.description());
    long start = System.nanoTime();
    try (FunctionProcess process =
        packaged.start(function, samples.stack().environment(function.name()), errors::println)) {
      Answer answer = process.invoke(event);
      double millis = (System.nanoTime() - start) / 1e6;
      errors.printf(
          Locale.ROOT,
          "%s after %.0f ms from its start, peak memory %.0f of %d MB%n",
          answer.failed() ? "error" : "answer",
          millis,
          process.peakBytes().orElse(0) / MEGABYTE,
          function.memoryMegabytes());
      console.println(answer.payload());
      return answer.failed() ? 1 : 0;
    }
  }
}
