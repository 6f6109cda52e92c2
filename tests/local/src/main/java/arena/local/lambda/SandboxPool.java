package arena.local.lambda;

import arena.local.iam.Credentials;
import arena.local.log.LogFile;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * The sandboxes of one function, up to a maximum. An invocation gets an idle sandbox or a new one.
 * Thread-safe.
 */
final class SandboxPool implements Sandbox.Owner {
  /** How long an invocation waits for a sandbox at most. */
  static final Duration MAX_WAIT = Duration.ofSeconds(5);

  private static final int MAX_WAITING_CALLERS = 512;

  private final FunctionDefinition function;
  private final LogFile log;
  private final FunctionHost.InProcess inProcess;
  private final Map<String, String> settings;
  private final Optional<Credentials> credentials;
  private final ScheduledExecutorService timer;
  private final Semaphore permits;

  /** The concurrency of all functions. */
  private final Semaphore account;

  private final Deque<Sandbox> idle = new ArrayDeque<>();
  private final Set<Sandbox> all = new HashSet<>();

  /** Formerly idle sandboxes, which have no permit, that end because code was loaded again. */
  private final Set<Sandbox> replaced = new HashSet<>();

  private ClassLoader layers = SandboxPool.class.getClassLoader();
  private boolean closed;

  /**
   * Creates a pool without sandboxes.
   *
   * @param maximum most sandboxes
   * @param account the concurrency of all functions
   * @param inProcess which invocations run in a separate process
   * @param settings environment variables of such a process, in addition to the function's
   * @param credentials the function's; if it has none, it uses those of this process
   * @param timer runs the timeouts of invocations
   */
  SandboxPool(
      FunctionDefinition function,
      LogFile log,
      int maximum,
      Semaphore account,
      FunctionHost.InProcess inProcess,
      Map<String, String> settings,
      Optional<Credentials> credentials,
      ScheduledExecutorService timer) {
    this.function = function;
    this.log = log;
    this.inProcess = inProcess;
    this.settings = settings;
    this.credentials = credentials;
    this.timer = timer;
    this.account = account;
    permits = new Semaphore(maximum, true);
  }

  FunctionDefinition function() {
    return function;
  }

  LogFile log() {
    return log;
  }

  /**
   * Starts an invocation.
   *
   * @param patience how long the caller waits for a sandbox, at most {@link #MAX_WAIT}
   * @throws InvokeFault if all sandboxes are in use, the account's concurrency is reached, or the
   *     pool is closed
   */
  CompletableFuture<Invocation> start(String requestId, String payload, Duration patience)
      throws InterruptedException {
    if (!account.tryAcquire()) {
      throw new InvokeFault(
          InvokeFault.Code.TOO_MANY_REQUESTS,
          "Rate Exceeded: the concurrency of the account is in use");
    }
    boolean started = false;
    try {
      CompletableFuture<Invocation> running = startInSandbox(requestId, payload, patience);
      started = true;
      return running.whenComplete((_, _) -> account.release());
    } finally {
      if (!started) {
        account.release();
      }
    }
  }

  private CompletableFuture<Invocation> startInSandbox(
      String requestId, String payload, Duration patience) throws InterruptedException {
    Duration wait = patience.compareTo(MAX_WAIT) < 0 ? patience : MAX_WAIT;
    if (!permits.tryAcquire()
        && (permits.getQueueLength() >= MAX_WAITING_CALLERS
            || !permits.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS))) {
      throw new InvokeFault(
          InvokeFault.Code.TOO_MANY_REQUESTS,
          "Rate Exceeded: all sandboxes of " + function.name() + " are in use");
    }
    return take(inProcess.test(function.name(), payload)).run(requestId, payload);
  }

  private synchronized Sandbox take(boolean process) {
    if (closed) {
      permits.release();
      throw new InvokeFault(InvokeFault.Code.SERVICE, "the function host is closed");
    }
    for (Sandbox sandbox : idle) {
      if (sandbox.process() == process) {
        idle.remove(sandbox);
        return sandbox;
      }
    }
    Sandbox created =
        new Sandbox(
            function,
            environment(process),
            credentials,
            process ? Optional.of(inProcess) : Optional.empty(),
            layers,
            log,
            timer,
            this);
    all.add(created);
    return created;
  }

  /** Returns the environment variables of a sandbox, by whether it is a separate process. */
  Map<String, String> environment(boolean process) {
    Map<String, String> environment = new HashMap<>(function.environment());
    environment.put("AWS_REGION", "us-east-1");
    environment.put("AWS_DEFAULT_REGION", "us-east-1");
    environment.put("AWS_LAMBDA_FUNCTION_NAME", function.name());
    environment.put("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST");
    environment.put(
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE", Integer.toString(function.memoryMegabytes()));
    environment.put("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/" + function.name());
    environment.put("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand");
    environment.put("_HANDLER", function.handler());
    if (process) {
      environment.putAll(settings);
    }
    credentials.map(Credentials::environment).ifPresent(environment::putAll);
    return Map.copyOf(environment);
  }

  @Override
  public void idle(Sandbox sandbox) {
    synchronized (this) {
      if (!sandbox.layers().equals(layers)) {
        // Its permit is released when its thread has ended.
        sandbox.retire();
        return;
      }
      idle.addFirst(sandbox);
    }
    permits.release();
  }

  /** A discarded sandbox holds its permit until its thread has ended. */
  @Override
  public void ended(Sandbox sandbox) {
    boolean wasIdle;
    synchronized (this) {
      wasIdle = idle.remove(sandbox) || replaced.remove(sandbox);
      all.remove(sandbox);
    }
    if (!wasIdle) {
      permits.release();
    }
  }

  /**
   * Kills the processes that handle such events.
   *
   * @return the number of killed processes
   */
  int kill(Predicate<String> event) {
    List<Sandbox> sandboxes;
    synchronized (this) {
      sandboxes = List.copyOf(all);
    }
    return (int) sandboxes.stream().filter(sandbox -> sandbox.kill(event)).count();
  }

  /** Returns the largest resident set of all processes of the function that run, in bytes. */
  synchronized OptionalLong peakBytes() {
    return all.stream().map(Sandbox::peakBytes).flatMapToLong(OptionalLong::stream).max();
  }

  /** Sets the layers' classes of new sandboxes, and ends the others when they are idle. */
  synchronized void reload(ClassLoader changedLayers) {
    layers = changedLayers;
    replaced.addAll(idle);
    idle.clear();
    replaced.forEach(Sandbox::discard);
  }

  /** Discards all sandboxes and rejects further invocations. */
  synchronized void close() {
    closed = true;
    all.forEach(Sandbox::discard);
  }

  /** Waits for the sandboxes to end, until a deadline. */
  void awaitEnd(Instant deadline) throws InterruptedException {
    List<Sandbox> ending;
    synchronized (this) {
      ending = List.copyOf(all);
    }
    for (Sandbox sandbox : ending) {
      Duration remaining = Duration.between(Instant.now(), deadline);
      sandbox.awaitEnd(remaining.isPositive() ? remaining : Duration.ofMillis(1));
    }
  }
}
