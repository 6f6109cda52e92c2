package arena.local.lambda;

import arena.local.log.LogFile;
import arena.local.loopback.LoopbackFilter;
import com.amazonaws.services.lambda.runtime.api.client.AWSLambda;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;

/**
 * A handler in a separate process, which can be killed. The process runs Lambda's Java runtime
 * interface client; this class serves its Runtime API. Linux only, as that client.
 */
final class HandlerProcess implements HandlerRunner {
  private static final String API = "/2018-06-01/runtime/";
  private static final int ACCEPTED = 202;
  private static final int MAX_BODY_BYTES = 8 * 1024 * 1024;
  private static final long KILOBYTE = 1024;
  private static final int END_SECONDS = 5;
  private static final int INIT_SECONDS = 60;

  /**
   * The heap's share of a function's memory. Lambda's Java runtimes leave the rest to metaspace,
   * code and native memory.
   */
  private static final int HEAP_PERCENT = 85;

  /** Environment variables that the process inherits. */
  private static final List<String> INHERITED = List.of("PATH", "LANG", "LC_ALL", "LC_CTYPE");

  private static final String LIBRARY_PROPERTY =
      "com.amazonaws.services.lambda.runtime.api.client.runtimeapi.NativeClient.JNI";

  private static Path extracted;

  private record Event(String payload, InvocationContext context) {}

  private record Response(String body, boolean failed) {}

  private final BlockingQueue<Event> next = new ArrayBlockingQueue<>(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final HttpServer api;
  private final Process process;
  private final CompletableFuture<Boolean> ready = new CompletableFuture<>();
  private volatile CompletableFuture<Response> response = new CompletableFuture<>();

  private HandlerProcess(FunctionDefinition function, Map<String, String> environment, LogFile log)
      throws IOException {
    api = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    api.setExecutor(threads);
    api.createContext(API, this::serve).getFilters().add(new LoopbackFilter());
    api.start();
    try {
      process = builder(function, environment, log).start();
    } catch (IOException e) {
      api.stop(0);
      threads.shutdownNow();
      throw e;
    }
    // Not a virtual thread: reading a pipe blocks its carrier, and with as many processes as cores
    // no
    // virtual thread of the stack would run.
    Thread.ofPlatform().daemon().name("output-of-" + process.pid()).start(() -> copyOutput(log));
  }

  /**
   * Starts a function's process and waits until its handler is initialized, which is not part of
   * the first invocation's time in Lambda either.
   *
   * @param environment the process's environment variables
   * @param log receives the process's output
   */
  static HandlerProcess start(
      FunctionDefinition function, Map<String, String> environment, LogFile log)
      throws IOException, InterruptedException {
    HandlerProcess started = new HandlerProcess(function, environment, log);
    try {
      // The first invocation returns an error of the initialization.
      CompletableFuture.anyOf(started.ready, started.response, started.process.onExit())
          .get(INIT_SECONDS, TimeUnit.SECONDS);
      return started;
    } catch (ExecutionException | TimeoutException e) {
      started.close();
      throw new IOException("the process of " + function.name() + " did not start", e);
    } catch (InterruptedException e) {
      started.close();
      throw e;
    }
  }

  private ProcessBuilder builder(
      FunctionDefinition function, Map<String, String> environment, LogFile log)
      throws IOException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    String classPath = function.code() + File.pathSeparator + System.getProperty("java.class.path");
    ProcessBuilder builder =
        new ProcessBuilder(
            java,
            String.format(Locale.ROOT, "-XX:MaxRAM=%dm", function.memoryMegabytes()),
            String.format(Locale.ROOT, "-XX:MaxRAMPercentage=%d", HEAP_PERCENT),
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "--enable-native-access=ALL-UNNAMED",
            "-XX:-UsePerfData",
            "-Djava.io.tmpdir=" + System.getProperty("java.io.tmpdir"),
            "-XX:ErrorFile=" + log.path().resolveSibling("hs_err_%p.log"),
            "-D" + LIBRARY_PROPERTY + "=" + library(),
            "-cp",
            classPath,
            AWSLambda.class.getName(),
            function.handler());
    builder.redirectErrorStream(true);
    Map<String, String> variables = builder.environment();
    variables.keySet().retainAll(INHERITED);
    variables.putAll(environment);
    variables.put(
        "AWS_LAMBDA_RUNTIME_API",
        api.getAddress().getAddress().getHostAddress() + ":" + api.getAddress().getPort());
    return builder;
  }

  /**
   * Extracts the client's native library once. By default each process would overwrite the library
   * of the others, which would crash.
   */
  private static synchronized Path library() throws IOException {
    if (extracted == null) {
      boolean arm = System.getProperty("os.arch").equals("aarch64");
      String name = "/jni/libaws-lambda-jni.linux-%s.so".formatted(arm ? "aarch_64" : "x86_64");
      Path file = Files.createTempFile("arena-runtime-", ".so");
      file.toFile().deleteOnExit();
      try (InputStream in = AWSLambda.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IOException("the runtime interface client has no " + name);
        }
        Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
      }
      extracted = file;
    }
    return extracted;
  }

  private void copyOutput(LogFile log) {
    try (BufferedReader output =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        log.line(line);
      }
    } catch (IOException e) {
      log.line("failed to read the output of a process: " + e);
    }
  }

  @Override
  public byte[] handle(String event, InvocationContext context)
      throws ProcessExited, HandlerFailure, InterruptedException {
    if (!response.isDone()
        || ready.isDone()) { // an error before the first event stays the response
      response = new CompletableFuture<>();
    }
    next.add(new Event(event, context));
    try {
      CompletableFuture.anyOf(response, process.onExit()).get();
      if (!response.isDone()) {
        throw new ProcessExited(process.exitValue());
      }
      Response given = response.get();
      if (given.failed()) {
        throw new HandlerFailure(given.body());
      }
      return given.body().getBytes(StandardCharsets.UTF_8);
    } catch (ExecutionException e) {
      throw new IllegalStateException("neither a response nor an exit", e);
    }
  }

  private void serve(HttpExchange exchange) throws IOException {
    try (exchange) {
      String call = exchange.getRequestURI().getPath().substring(API.length());
      if (call.equals("invocation/next")) {
        sendNext(exchange);
      } else {
        // invocation/<id>/response, invocation/<id>/error or init/error
        byte[] body = exchange.getRequestBody().readNBytes(MAX_BODY_BYTES);
        exchange.sendResponseHeaders(ACCEPTED, -1);
        response.complete(
            new Response(new String(body, StandardCharsets.UTF_8), call.endsWith("/error")));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void sendNext(HttpExchange exchange) throws IOException, InterruptedException {
    ready.complete(true);
    Event event = next.take();
    InvocationContext context = event.context();
    Instant deadline = Instant.now().plusMillis(context.getRemainingTimeInMillis());
    exchange.getResponseHeaders().set("Lambda-Runtime-Aws-Request-Id", context.getAwsRequestId());
    exchange.getResponseHeaders().set("Lambda-Runtime-Trace-Id", context.getXrayTraceId());
    exchange
        .getResponseHeaders()
        .set("Lambda-Runtime-Invoked-Function-Arn", context.getInvokedFunctionArn());
    exchange
        .getResponseHeaders()
        .set("Lambda-Runtime-Deadline-Ms", String.valueOf(deadline.toEpochMilli()));
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    byte[] payload = event.payload().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(200, payload.length);
    exchange.getResponseBody().write(payload);
  }

  /**
   * Returns the process's largest resident set so far, in bytes; empty where the system does not
   * report it, or after the process's end.
   */
  OptionalLong peakBytes() {
    try (Stream<String> lines =
        Files.lines(Path.of("/proc", String.valueOf(process.pid()), "status"))) {
      return lines
          .filter(line -> line.startsWith("VmHWM:"))
          .mapToLong(line -> KILOBYTE * Long.parseLong(line.replaceAll("\\D", "")))
          .findFirst();
    } catch (IOException | UncheckedIOException e) {
      return OptionalLong.empty();
    }
  }

  /** Kills the process; it has ended when this returns. */
  void kill() {
    process.destroyForcibly();
    try {
      process.onExit().get(END_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("process " + process.pid() + " did not end", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    kill();
    api.stop(0);
    threads.shutdownNow();
  }
}
