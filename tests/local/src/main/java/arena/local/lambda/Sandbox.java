package arena.local.lambda;

import arena.local.iam.Credentials;
import arena.local.log.LogFile;
import arena.local.log.ProcessOutput;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;

/**
 * A sandbox: a handler with its thread, which runs one invocation at a time. It ends when an
 * invocation times out, when the handler cannot be initialized, when its process exits, or when it
 * is discarded.
 */
final class Sandbox {
  /** Lambda's largest response, in bytes. */
  private static final int MAX_RESPONSE_BYTES = 6_291_556;

  /**
   * The factor of the timeout in a separate process. The process starts cold and shares the
   * machine, where Lambda has a snapshot and a dedicated vCPU.
   */
  private static final int PROCESS_TIMEOUT_FACTOR = 3;

  private static final String TEMPORARY = "java.io.tmpdir";
  private static final String UNHANDLED = "Unhandled";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The pool of a sandbox. */
  interface Owner {
    /** Called when the sandbox can run another invocation. */
    void idle(Sandbox sandbox);

    /** Called when the sandbox's thread has ended and its resources are released. */
    void ended(Sandbox sandbox);
  }

  private record Work(
      String requestId,
      String payload,
      AtomicBoolean settled,
      CompletableFuture<Invocation> result) {}

  private final FunctionDefinition function;
  private final Map<String, String> environment;
  private final Optional<Credentials> credentials;
  private final Optional<FunctionHost.InProcess> inProcess;
  private final ClassLoader layers;
  private final LogFile log;
  private final ScheduledExecutorService timer;
  private final Owner owner;
  private final String stream;
  private final BlockingQueue<Work> inbox = new ArrayBlockingQueue<>(1);
  private final Thread thread;
  private volatile boolean discarded;
  private volatile HandlerProcess handlerProcess;
  private volatile String payload;

  Sandbox(
      FunctionDefinition function,
      Map<String, String> environment,
      Optional<Credentials> credentials,
      Optional<FunctionHost.InProcess> inProcess,
      ClassLoader layers,
      LogFile log,
      ScheduledExecutorService timer,
      Owner owner) {
    this.function = function;
    this.environment = environment;
    this.credentials = credentials;
    this.inProcess = inProcess;
    this.layers = layers;
    this.log = log;
    this.timer = timer;
    this.owner = owner;
    String id = UUID.randomUUID().toString().replace("-", "");
    stream = "[$LATEST]" + id;
    thread =
        Thread.ofPlatform()
            .daemon()
            .name("lambda-" + function.name() + "-" + id.substring(0, 8))
            .unstarted(this::live);
    thread.start();
  }

  /** Runs one invocation; the sandbox must be idle. */
  CompletableFuture<Invocation> run(String requestId, String event) {
    Work work = new Work(requestId, event, new AtomicBoolean(), new CompletableFuture<>());
    inbox.add(work);
    return work.result();
  }

  /** Returns the class loader of the layers' classes. */
  ClassLoader layers() {
    return layers;
  }

  /** Ends the sandbox after the invocation whose thread calls this. */
  void retire() {
    discarded = true;
  }

  /** Ends the sandbox; a running handler is interrupted. */
  void discard() {
    discarded = true;
    thread.interrupt();
  }

  /** Returns whether the handler runs in a separate process. */
  boolean process() {
    return inProcess.isPresent();
  }

  /**
   * Kills the handler's process if it handles such an event; it has ended when this returns.
   *
   * @return whether the process was killed
   */
  boolean kill(Predicate<String> event) {
    HandlerProcess killed = handlerProcess;
    String current = payload;
    if (killed == null || current == null || !event.test(current)) {
      return false;
    }
    killed.kill();
    return true;
  }

  /** Returns the largest resident set of the handler's process; see {@link HandlerProcess}. */
  OptionalLong peakBytes() {
    HandlerProcess current = handlerProcess;
    return current == null ? OptionalLong.empty() : current.peakBytes();
  }

  /** Waits for the sandbox's thread to end. */
  void awaitEnd(Duration atMost) throws InterruptedException {
    thread.join(atMost);
  }

  private void live() {
    ProcessOutput.redirectThread(log);
    ThreadProperties.set(properties());
    HandlerRunner handler = null;
    Work work = null;
    try {
      while (!discarded) {
        work = inbox.take();
        if (handler == null) {
          handler = initialize(work);
        }
        if (handler != null) {
          invoke(handler, work);
        }
      }
    } catch (InterruptedException e) {
      discarded = true;
    } finally {
      settleRemaining(work);
      close(handler);
      ProcessOutput.flushThread();
      owner.ended(this);
    }
  }

  /**
   * The credentials, and the folder that is the function's disk; as in Lambda, others have another.
   */
  private Map<String, String> properties() {
    Map<String, String> properties = new HashMap<>();
    properties.put(TEMPORARY, Path.of(System.getProperty(TEMPORARY), function.name()).toString());
    credentials.map(Credentials::properties).ifPresent(properties::putAll);
    return properties;
  }

  private void settleRemaining(Work last) {
    Work queued = inbox.poll();
    for (Work work : new Work[] {last, queued}) {
      if (work != null && work.settled().compareAndSet(false, true)) {
        work.result()
            .complete(failed(work, "Runtime.ExitError", "Error: Runtime exited without a reason"));
      }
    }
  }

  private HandlerRunner initialize(Work work) {
    long start = System.nanoTime();
    try {
      HandlerRunner handler = load();
      ObjectNode record = JSON.createObjectNode();
      record.put("initializationType", "on-demand").put("status", "success");
      record.putObject("metrics").put("durationMs", milliseconds(start));
      platform("platform.initReport", record);
      return handler;
    } catch (InvalidHandler e) {
      discarded = true;
      settle(work, failed(work, "Runtime.HandlerNotFound", e.getMessage()), start, "error");
    } catch (Throwable e) {
      discarded = true;
      settle(work, failed(work, e), start, "error");
    }
    return null;
  }

  private HandlerRunner load() throws Throwable {
    if (inProcess.isEmpty()) {
      return Handler.load(function, environment, layers);
    }
    Optional<ExternalHandler> external = inProcess.get().start(function, environment);
    if (external.isPresent()) {
      return new ExternalRunner(external.get());
    }
    handlerProcess = HandlerProcess.start(function, environment, log);
    return handlerProcess;
  }

  private void invoke(HandlerRunner handler, Work work) {
    payload = work.payload();
    long start = System.nanoTime();
    ObjectNode record = JSON.createObjectNode();
    platform("platform.start", record.put("requestId", work.requestId()).put("version", "$LATEST"));
    ScheduledFuture<?> timeout =
        timer.schedule(() -> timeOut(work, start), timeout().toNanos(), TimeUnit.NANOSECONDS);
    Invocation outcome;
    try {
      InvocationContext context =
          new InvocationContext(
              function, work.requestId(), stream, traceId(), log, start + timeout().toNanos());
      byte[] response = handler.handle(work.payload(), context);
      outcome =
          response.length > MAX_RESPONSE_BYTES
              ? failed(
                  work,
                  "Function.ResponseSizeTooLarge",
                  "Response payload size exceeded maximum allowed payload size ("
                      + MAX_RESPONSE_BYTES
                      + " bytes).")
              : new Invocation(
                  work.requestId(), new String(response, StandardCharsets.UTF_8), Optional.empty());
    } catch (ProcessExited e) {
      discarded = true;
      String message = "RequestId: " + work.requestId() + " " + e.getMessage();
      outcome = failed(work, "Runtime.ExitError", message);
    } catch (HandlerFailure e) {
      outcome = new Invocation(work.requestId(), e.document(), Optional.of(UNHANDLED));
    } catch (VirtualMachineError e) {
      discarded = true;
      outcome = failed(work, e);
    } catch (Throwable e) {
      outcome = failed(work, e);
    }
    timeout.cancel(false);
    payload = null;
    // An interrupt must not affect the next invocation.
    Thread.interrupted();
    settle(work, outcome, start, outcome.functionError().isPresent() ? "error" : "success");
  }

  private Duration timeout() {
    return inProcess.isPresent()
        ? function.timeout().multipliedBy(PROCESS_TIMEOUT_FACTOR)
        : function.timeout();
  }

  /** Runs on the timer's thread. */
  private void timeOut(Work work, long start) {
    if (!work.settled().compareAndSet(false, true)) {
      return;
    }
    discard();
    String message =
        String.format(
            Locale.ROOT,
            "RequestId: %s Error: Task timed out after %.2f seconds",
            work.requestId(),
            timeout().toMillis() / 1000.0);
    report(work, start, "timeout");
    work.result().complete(failed(work, "Sandbox.Timedout", message));
  }

  private void settle(Work work, Invocation outcome, long start, String status) {
    if (!work.settled().compareAndSet(false, true)) {
      return;
    }
    report(work, start, status);
    if (!discarded) {
      // Before the result is completed, so that the caller's next invocation finds this sandbox.
      owner.idle(this);
    }
    work.result().complete(outcome);
  }

  private void report(Work work, long start, String status) {
    ObjectNode record = JSON.createObjectNode();
    record.put("requestId", work.requestId()).put("status", status);
    record
        .putObject("metrics")
        .put("durationMs", milliseconds(start))
        .put("memorySizeMB", function.memoryMegabytes());
    platform("platform.report", record);
  }

  private void platform(String type, ObjectNode record) {
    ObjectNode line = JSON.createObjectNode();
    line.put("time", Instant.now().toString()).put("type", type).set("record", record);
    log.line(line.toString());
  }

  private static double milliseconds(long startNanos) {
    return Math.round((System.nanoTime() - startNanos) / 1e4) / 1e2;
  }

  private static String traceId() {
    String id = UUID.randomUUID().toString().replace("-", "");
    return "Root=1-"
        + String.format(Locale.ROOT, "%08x", Instant.now().getEpochSecond())
        + "-"
        + id.substring(0, 24)
        + ";Sampled=0";
  }

  private static Invocation failed(Work work, String type, String message) {
    ObjectNode error = JSON.createObjectNode().put("errorType", type).put("errorMessage", message);
    return new Invocation(work.requestId(), error.toString(), Optional.of(UNHANDLED));
  }

  /** Returns the error document of Lambda's Java runtime for an exception. */
  private static Invocation failed(Work work, Throwable thrown) {
    String message = thrown.getLocalizedMessage();
    ObjectNode error = JSON.createObjectNode();
    error.put("errorMessage", message == null ? thrown.getClass().getName() : message);
    error.put("errorType", thrown.getClass().getName());
    ArrayNode trace = error.putArray("stackTrace");
    for (StackTraceElement element : thrown.getStackTrace()) {
      if (element.getClassName().equals(Handler.class.getName())) {
        break;
      }
      trace.add(element.toString());
    }
    return new Invocation(work.requestId(), error.toString(), Optional.of(UNHANDLED));
  }

  private void close(HandlerRunner handler) {
    if (handler == null) {
      return;
    }
    try {
      handler.close();
    } catch (Exception e) {
      platform("local.closeFailed", JSON.createObjectNode().put("lastFailure", String.valueOf(e)));
    }
  }

  private record ExternalRunner(ExternalHandler handler) implements HandlerRunner {
    @Override
    public byte[] handle(String event, InvocationContext context) throws HandlerFailure {
      ExternalHandler.Outcome outcome = handler.handle(event);
      if (outcome.failed()) {
        throw new HandlerFailure(outcome.payload());
      }
      return outcome.payload().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() {
      handler.close();
    }
  }
}
