package arena.packaged;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** A packaged function with the runtime interface emulator of AWS, {@code aws-lambda-rie}. */
final class Emulator implements FunctionRuntime {
  /** The emulator's name in the folder of the runtime's libraries. */
  static final String PROGRAM = "aws-lambda-rie";

  private static final Duration READY = Duration.ofMinutes(1);
  private static final Duration START_ALLOWANCE = Duration.ofMinutes(2);
  private static final int POLL_MILLIS = 20;
  private static final String PATH = "/2015-03-31/functions/function/invocations";

  private final Process process;
  private final URI uri;
  private final Duration timeout;
  private final HttpClient http = HttpClient.newHttpClient();

  private Emulator(Process process, int port, Duration timeout) {
    this.process = process;
    uri = URI.create("http://127.0.0.1:" + port + PATH);
    this.timeout = timeout;
  }

  /** Starts the emulator, which starts the function with its first event. */
  static Emulator start(
      FunctionImage image,
      RuntimeLibraries libraries,
      Isolation isolation,
      Map<String, String> stack,
      Consumer<String> output)
      throws IOException {
    List<Integer> ports = freePorts();
    String runtimeApi = "127.0.0.1:" + ports.getLast();
    Isolation.Places places = isolation.places(image, libraries);
    List<String> command = new ArrayList<>();
    command.add(places.libraries() + "/" + PROGRAM);
    command.addAll(
        List.of(
            "--runtime-interface-emulator-address",
            "127.0.0.1:" + ports.getFirst(),
            "--runtime-api-address",
            runtimeApi));
    LambdaJvm.Start start = LambdaJvm.Start.ON_DEMAND;
    command.addAll(LambdaJvm.command(image.function(), stack, libraries, places, start));
    Map<String, String> environment =
        LambdaJvm.environment(image.function(), stack, places, start, runtimeApi);
    environment.put(
        "AWS_LAMBDA_FUNCTION_TIMEOUT",
        Long.toString(image.function().timeout().plus(START_ALLOWANCE).toSeconds()));
    Process process =
        isolation.builder(image, libraries, command, environment).redirectErrorStream(true).start();
    FunctionProcess.readLines(process, output);
    Emulator emulator = new Emulator(process, ports.getFirst(), image.function().timeout());
    try {
      emulator.awaitPort(ports.getFirst());
    } catch (IOException e) {
      emulator.close();
      throw e;
    }
    return emulator;
  }

  /** Returns two ports; both are free when this returns. */
  private static List<Integer> freePorts() throws IOException {
    try (ServerSocket first = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket second = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return List.of(first.getLocalPort(), second.getLocalPort());
    }
  }

  private void awaitPort(int port) throws IOException {
    long deadline = System.nanoTime() + READY.toNanos();
    while (true) {
      try (Socket _ = new Socket(InetAddress.getLoopbackAddress(), port)) {
        return;
      } catch (IOException e) {
        if (!process.isAlive() || System.nanoTime() > deadline) {
          throw new IOException("the emulator did not start", e);
        }
        pause();
      }
    }
  }

  private static void pause() throws IOException {
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  @Override
  public Answer invoke(String event) {
    try {
      HttpResponse<String> response =
          http.send(
              HttpRequest.newBuilder(uri)
                  .timeout(timeout.plus(START_ALLOWANCE))
                  .POST(HttpRequest.BodyPublishers.ofString(event))
                  .build(),
              HttpResponse.BodyHandlers.ofString());
      // The emulator marks an error by its document alone.
      String payload = response.body();
      return new Answer(payload, response.statusCode() != 200 || isError(payload));
    } catch (IOException e) {
      throw new IllegalStateException("no answer of the emulator", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while waiting for the emulator", e);
    }
  }

  private static boolean isError(String payload) {
    return payload.startsWith("{\"errorMessage\"") || payload.startsWith("{\"errorType\"");
  }

  @Override
  public OptionalLong peakBytes() {
    return process
        .descendants()
        .mapToLong(ProcessHandle::pid)
        .mapToObj(FunctionProcess::peakBytes)
        .flatMapToLong(OptionalLong::stream)
        .max();
  }

  @Override
  public void close() {
    List<ProcessHandle> started = process.descendants().toList();
    process.destroyForcibly();
    started.forEach(ProcessHandle::destroyForcibly);
    http.close();
  }

  /** Returns the emulator's file of this machine's architecture in the folder that has both. */
  static Path file(Path folder) {
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    return folder.resolve(PROGRAM + (arm ? "-arm64" : "-x86_64"));
  }
}
