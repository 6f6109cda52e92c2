package arena.packaged;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.stream.Stream;

/** A process of a packaged function, with our Runtime API. It handles one event at a time. */
public final class FunctionProcess implements FunctionRuntime {
  private static final int END_SECONDS = 5;
  private static final int INIT_SECONDS = 60;
  private static final long KILOBYTE = 1024;

  private final RuntimeApi api;
  private final Process process;
  private final long timeoutSeconds;

  private FunctionProcess(RuntimeApi api, Process process, long timeoutSeconds) {
    this.api = api;
    this.process = process;
    this.timeoutSeconds = timeoutSeconds;
  }

  /**
   * Starts a process; it is initializing when this returns.
   *
   * @param stack the environment variables of the function in the local stack
   * @param output receives the lines that it prints
   */
  static FunctionProcess start(
      FunctionImage image,
      RuntimeLibraries libraries,
      Isolation isolation,
      LambdaJvm.Start start,
      Map<String, String> stack,
      Consumer<String> output)
      throws IOException {
    RuntimeApi api = RuntimeApi.start(image.function(), stack);
    try {
      Isolation.Places places = isolation.places(image, libraries);
      List<String> command = LambdaJvm.command(image.function(), stack, libraries, places, start);
      Map<String, String> environment =
          LambdaJvm.environment(image.function(), stack, places, start, api.address());
      Process process =
          isolation
              .builder(image, libraries, command, environment)
              .redirectErrorStream(true)
              .start();
      readLines(process, output);
      return new FunctionProcess(api, process, image.function().timeout().toSeconds());
    } catch (IOException e) {
      api.close();
      throw e;
    }
  }

  /** Passes the lines that a process prints to a consumer, until its end. */
  static void readLines(Process process, Consumer<String> output) {
    // Not a virtual thread: reading a pipe blocks its carrier.
    Thread.ofPlatform()
        .daemon()
        .name("output-of-" + process.pid())
        .start(
            () -> {
              try (BufferedReader lines =
                  new BufferedReader(
                      new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
                lines.lines().forEach(output);
              } catch (IOException | UncheckedIOException e) {
                output.accept("failed to read the output of a process: " + e);
              }
            });
  }

  /**
   * Waits until the process is ready for its snapshot: its handler exists and its hooks have run.
   *
   * @throws IllegalStateException if the initialization fails
   */
  public void awaitCheckpoint() {
    await(CompletableFuture.anyOf(api.checkpoint(), api.answer()), INIT_SECONDS);
    if (!api.checkpoint().isDone()) {
      throw new IllegalStateException(
          "the function failed before its snapshot: " + api.answer().join().payload());
    }
  }

  /** Continues the process as a restore of its snapshot does. */
  public void restore() {
    api.restore();
  }

  @Override
  public Answer invoke(String event) {
    CompletableFuture<Answer> answer = api.next(event);
    await(answer, INIT_SECONDS + timeoutSeconds);
    return answer.join();
  }

  private void await(CompletableFuture<?> awaited, long seconds) {
    try {
      CompletableFuture.anyOf(awaited, process.onExit()).get(seconds, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("no answer of the function within " + seconds + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for a function", e);
    }
    if (!awaited.isDone()) {
      throw new IllegalStateException(
          "the function's process exited with status " + process.exitValue());
    }
  }

  /** Returns the CPU time so far; zero where the system does not report it. */
  public Duration cpuTime() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  @Override
  public OptionalLong peakBytes() {
    return peakBytes(process.pid());
  }

  /** Returns the largest resident set of a process so far, or empty if it is not known. */
  static OptionalLong peakBytes(long pid) {
    try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> KILOBYTE * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      process.onExit().get(END_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("process " + process.pid() + " did not end", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      api.close();
    }
  }
}
