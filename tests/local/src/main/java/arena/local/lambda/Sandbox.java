package arena.local.lambda;

import arena.local.log.LogFile;
import arena.local.log.ProcessOutput;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
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
 * One sandbox: a handler and the one thread that runs it, one invocation at a time. It ends when an
 * invocation runs out of time, when the handler cannot be made, when its process ends, or when it
 * is told to.
 */
final class Sandbox {
  /** Largest answer of a function, in bytes, as Lambda has it. */
  private static final int MAX_RESPONSE_BYTES = 6_291_556;

  /**
   * By how much a process's time-out is longer. It is new, and the machine's other programs are in
   * its way, where Lambda would have a snapshot and a processor of its own.
   */
  private static final int PROCESS_PATIENCE = 3;

  private static final String UNHANDLED = "Unhandled";
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Who lends sandboxes out, and wants to know what becomes of them. */
  interface Owner {
    /** The sandbox can take another invocation. */
    void idle(Sandbox sandbox);

    /** The sandbox's thread has ended, and with it all that it held. */
    void ended(Sandbox sandbox);
  }

  private record Work(
      String requestId,
      String payload,
      AtomicBoolean settled,
      CompletableFuture<Invocation> result) {}

  private final FunctionDefinition function;
  private final Map<String, String> environment;
  private final boolean process;
  private final ClassLoader layers;
  private final LogFile log;
  private final ScheduledExecutorService timer;
  private final Owner owner;
  private final String stream;
  private final BlockingQueue<Work> inbox = new ArrayBlockingQueue<>(1);
  private final Thread thread;
  private volatile boolean discarded;
  private volatile HandlerProcess working;
  private volatile String payload;

  Sandbox(
      FunctionDefinition function,
      Map<String, String> environment,
      boolean process,
      ClassLoader layers,
      LogFile log,
      ScheduledExecutorService timer,
      Owner owner) {
    this.function = function;
    this.environment = environment;
    this.process = process;
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

  /** The class loader of the layers' classes. */
  ClassLoader layers() {
    return layers;
  }

  /** Ends the sandbox after the invocation whose thread calls this. */
  void retire() {
    discarded = true;
  }

  /** Ends the sandbox: the handler is interrupted if it works. */
  void discard() {
    discarded = true;
    thread.interrupt();
  }

  /** Whether the handler is in a process of its own. */
  boolean process() {
    return process;
  }

  /**
   * Kills the handler's process if it is at work on such an event; it is no more when this returns.
   *
   * @return whether it was killed
   */
  boolean kill(Predicate<String> event) {
    HandlerProcess killed = working;
    String at = payload;
    if (killed == null || at == null || !event.test(at)) {
      return false;
    }
    killed.kill();
    return true;
  }

  /** Waits for the sandbox's thread to end. */
  void awaitEnd(Duration atMost) throws InterruptedException {
    thread.join(atMost);
  }

  private void live() {
    ProcessOutput.thisThreadTo(log);
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
      settleLeftOver(work);
      close(handler);
      ProcessOutput.thisThreadEnds();
      owner.ended(this);
    }
  }

  private void settleLeftOver(Work last) {
    Work unseen = inbox.poll();
    for (Work work : new Work[] {last, unseen}) {
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
    } catch (HandlerFault e) {
      discarded = true;
      settle(work, failed(work, "Runtime.HandlerNotFound", e.getMessage()), start, "error");
    } catch (Throwable e) {
      discarded = true;
      settle(work, failed(work, e), start, "error");
    }
    return null;
  }

  private HandlerRunner load() throws Throwable {
    if (!process) {
      return Handler.load(function, environment, layers);
    }
    working = HandlerProcess.start(function, environment, log);
    return working;
  }

  private void invoke(HandlerRunner handler, Work work) {
    payload = work.payload();
    long start = System.nanoTime();
    ObjectNode record = JSON.createObjectNode();
    platform("platform.start", record.put("requestId", work.requestId()).put("version", "$LATEST"));
    ScheduledFuture<?> alarm =
        timer.schedule(() -> timeOut(work, start), timeout().toNanos(), TimeUnit.NANOSECONDS);
    Invocation outcome;
    try {
      InvocationContext context =
          new InvocationContext(
              function, work.requestId(), stream, traceId(), log, start + timeout().toNanos());
      byte[] answer = handler.handle(work.payload(), context);
      outcome =
          answer.length > MAX_RESPONSE_BYTES
              ? failed(
                  work,
                  "Function.ResponseSizeTooLarge",
                  "Response payload size exceeded maximum allowed payload size ("
                      + MAX_RESPONSE_BYTES
                      + " bytes).")
              : new Invocation(
                  work.requestId(), new String(answer, StandardCharsets.UTF_8), Optional.empty());
    } catch (ProcessEnded e) {
      discarded = true;
      String message = "RequestId: " + work.requestId() + " " + e.getMessage();
      outcome = failed(work, "Runtime.ExitError", message);
    } catch (HandlerError e) {
      outcome = new Invocation(work.requestId(), e.document(), Optional.of(UNHANDLED));
    } catch (VirtualMachineError e) {
      discarded = true;
      outcome = failed(work, e);
    } catch (Throwable e) {
      outcome = failed(work, e);
    }
    alarm.cancel(false);
    payload = null;
    // What the handler left of an interrupt is not the next invocation's.
    Thread.interrupted();
    settle(work, outcome, start, outcome.functionError().isPresent() ? "error" : "success");
  }

  private Duration timeout() {
    return process ? function.timeout().multipliedBy(PROCESS_PATIENCE) : function.timeout();
  }

  /** On the timer's thread. */
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
      // Before the caller knows, so that its next call finds this sandbox.
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

  /** As Lambda's Java runtime reports an exception. */
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
}
