package arena.packaged;

import arena.local.LocalStack;
import arena.local.TemporaryFolder;
import arena.local.client.Envelope;
import arena.local.lambda.ExternalHandler;
import arena.local.lambda.FunctionDefinition;
import arena.local.lambda.FunctionHost;
import arena.local.lambda.Invocation;
import arena.local.log.LogFile;
import arena.local.log.ProcessOutput;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * Compares packaged functions with the handlers of the local stack, over its services: {@code
 * tests/runtime/run}. Every sample event with the emulator of AWS, with the oldest
 * aws-lambda-java-core that a runtime may have, and after the restore of a snapshot; then a fork of
 * which every function runs with the emulator.
 */
public final class Verification {
  private static final Duration BOUND = Duration.ofMinutes(5);
  private static final double MEGABYTE = 1024 * 1024;

  private final PrintStream console;
  private final Path emulator;
  private final Path core;
  private final LogFile output;
  private final List<String> faults = new ArrayList<>();
  private final AtomicBoolean emulated = new AtomicBoolean();
  private PackagedFunctions packaged;

  private Verification(PrintStream console, Path emulator, Path core, LogFile output) {
    this.console = console;
    this.emulator = emulator;
    this.core = core;
    this.output = output;
  }

  /**
   * Verifies all functions. The exit status is 0 if no answer differs.
   *
   * @param arguments the folder of the emulators, the jar of the oldest core, and the log file
   */
  public static void main(String[] arguments) {
    PrintStream console = ProcessOutput.console();
    ProcessOutput.install();
    TemporaryFolder.deleteAtExit();
    LogFile output = new LogFile(Path.of(arguments[2]));
    ProcessOutput.redirectOthers(output);
    try (output) {
      Verification verification =
          new Verification(
              console, Emulator.file(Path.of(arguments[0])), Path.of(arguments[1]), output);
      try {
        verification.run();
      } catch (IOException | RuntimeException e) {
        verification.faults.add("the comparison ended early: " + e);
      }
      verification.faults.forEach(fault -> console.println("WRONG " + fault));
      System.exit(verification.faults.isEmpty() ? 0 : 1);
    }
  }

  /** Starts a process of a function. */
  @FunctionalInterface
  private interface Starter {
    FunctionRuntime start(FunctionDefinition function, Map<String, String> environment)
        throws IOException;
  }

  private void run() throws IOException {
    packaged = prepared(Optional.empty());
    console.println(packaged.description());
    PackagedFunctions old = prepared(Optional.of(core));
    Consumer<String> log = output::line;
    FunctionHost.InProcess inEmulator =
        new FunctionHost.InProcess() {
          @Override
          public boolean test(String function, String event) {
            return emulated.get();
          }

          @Override
          public Optional<ExternalHandler> start(
              FunctionDefinition function, Map<String, String> environment) throws IOException {
            return Optional.of(external(packaged.emulate(function, environment, log)));
          }
        };
    try (SampleStack samples =
        SampleStack.start(_ -> {}, options -> options.inProcess(inEmulator))) {
      Compared compared = new Compared(samples);
      compared.all("emulator", false, (f, env) -> packaged.emulate(f, env, log));
      compared.all(core.getFileName().toString(), false, (f, env) -> old.emulate(f, env, log));
      compared.all("restored snapshot", true, (f, env) -> restored(f, env, log));
      fork(samples);
    }
  }

  private PackagedFunctions prepared(Optional<Path> coreJar) throws IOException {
    PackagedFunctions prepared =
        PackagedFunctions.isolated(Path.of(""), Files.createTempDirectory("packaged-"), coreJar);
    prepared.useEmulator(emulator);
    return prepared;
  }

  private FunctionRuntime restored(
      FunctionDefinition function, Map<String, String> environment, Consumer<String> log)
      throws IOException {
    FunctionProcess process = packaged.startForSnapshot(function, environment, log);
    try {
      process.awaitCheckpoint();
      process.restore();
      return process;
    } catch (IllegalStateException e) {
      process.close();
      throw e;
    }
  }

  private static ExternalHandler external(FunctionRuntime runtime) {
    return new ExternalHandler() {
      @Override
      public Outcome handle(String event) {
        Answer answer = runtime.invoke(event);
        return new Outcome(answer.payload(), answer.failed());
      }

      @Override
      public void close() {
        runtime.close();
      }
    };
  }

  /** The samples whose comparisons are estimated and not started. */
  private static final Set<String> ESTIMATED =
      Set.of("create-comparison-experiment.json", "create-comparison-race.json");

  /** The sample events, in both runtimes. */
  private final class Compared {
    private final SampleStack samples;
    private final LocalStack stack;
    private final String finished;
    private final String other;

    Compared(SampleStack samples) {
      this.samples = samples;
      stack = samples.stack();
      finished = samples.finishedRun();
      other = samples.finishedRun();
    }

    void all(String variant, boolean snapStartOnly, Starter starter) {
      long begin = System.nanoTime();
      int answers = 0;
      double peak = 0;
      for (FunctionDefinition function : stack.plan().functions()) {
        if (snapStartOnly && !function.packaging().snapStart()) {
          continue;
        }
        String name = function.name().replaceFirst("^arena-", "");
        Map<String, String> environment = stack.environment(function.name());
        try (FunctionRuntime runtime = starter.start(function, environment)) {
          for (String sample : Samples.names()) {
            if (Samples.function(sample).equals(name)) {
              compare(variant + ", " + sample, name, sample, runtime);
              answers++;
            }
          }
          double megabytes = runtime.peakBytes().orElse(0) / MEGABYTE;
          peak = Math.max(peak, megabytes);
          if (megabytes > function.memoryMegabytes()) {
            faults.add(
                String.format(
                    Locale.ROOT,
                    "%s, %s: peak memory %.0f of %d MB",
                    variant,
                    name,
                    megabytes,
                    function.memoryMegabytes()));
          }
        } catch (IOException | IllegalStateException e) {
          faults.add(variant + ", " + name + ": " + e.getMessage());
        }
      }
      console.printf(
          Locale.ROOT,
          "%s: %d answers compared, largest peak memory %.0f MB, %d s%n",
          variant,
          answers,
          peak,
          Duration.ofNanos(System.nanoTime() - begin).toSeconds());
    }

    private void compare(String what, String function, String sample, FunctionRuntime runtime) {
      Answer answer = runtime.invoke(event(sample));
      try {
        Invocation local = stack.invoke(function, event(sample));
        if (answer.failed() != local.functionError().isPresent()) {
          faults.add(what + ": " + answer.payload() + ", in the local stack " + local.payload());
          return;
        }
        Masked.differences(answer.payload(), local.payload())
            .forEach(difference -> faults.add(what + difference));
      } catch (TimeoutException e) {
        faults.add(what + ": no answer in the local stack");
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }

    /** An event about another open run each time, where it changes its run. */
    private String event(String sample) {
      boolean changes =
          sample.equals("replay-turn.json")
              || sample.equals("finalize-run-failed.json")
              || sample.equals("diagnose-run-stop.json");
      String event = Samples.about(sample, changes ? samples.openRun() : finished, other);
      // A comparison would go on, and change what the functions that read are asked for next.
      return ESTIMATED.contains(sample)
          ? event.replace("\"body\": \"{", "\"body\": \"{\\\"dry_run\\\":true,")
          : event;
    }
  }

  /** A run and a fork of it, of which all functions run with the emulator. */
  private void fork(SampleStack samples) {
    long begin = System.nanoTime();
    String parent = samples.finishedRun();
    List<Envelope> events = samples.client().events(parent, 1);
    emulated.set(true);
    try {
      String fork =
          samples
              .client()
              .startFork(
                  String.format(
                      Locale.ROOT,
                      "{\"parent_run_id\":\"%s\",\"parent_t\":4,\"mutation\":{\"food\":1500},"
                          + "\"n_turns\":3}",
                      parent));
      samples.client().awaitEnd(fork, BOUND);
      List<Envelope> forked = samples.client().events(fork, 1);
      if (forked.isEmpty() || forked.size() >= events.size() * 2) {
        faults.add("fork: " + forked.size() + " events of a parent with " + events.size());
      }
      console.printf(
          Locale.ROOT,
          "a fork end to end with the emulator: %d events, %d s%n",
          forked.size(),
          Duration.ofNanos(System.nanoTime() - begin).toSeconds());
    } catch (RuntimeException | AssertionError e) {
      faults.add("fork: " + e.getMessage());
    } finally {
      emulated.set(false);
    }
  }
}
