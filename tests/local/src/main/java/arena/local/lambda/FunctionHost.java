package arena.local.lambda;

import arena.local.clock.StackClock;
import arena.local.log.LogFile;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.MalformedURLException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/**
 * Runs functions as Lambda does: each in sandboxes of its own, which are made when none is idle, up
 * to a bound.
 */
public final class FunctionHost implements AutoCloseable {
  /** Sandboxes a function, unless said otherwise. */
  public static final int DEFAULT_SANDBOXES = 32;

  /** Largest event of an invocation that is waited for, in bytes. */
  public static final int MAX_REQUEST_BYTES = 6_291_456;

  /** Largest event of an invocation in the background, in bytes. */
  public static final int MAX_EVENT_BYTES = 1_048_576;

  /** Most events that wait for their invocation in the background, or for a retry of it. */
  public static final int MAX_WAITING_EVENTS = 10_000;

  private static final int MAX_WAITING_CALLERS = 512;
  private static final Duration MAX_WAIT_FOR_SANDBOX = Duration.ofSeconds(5);
  private static final Duration MAX_BACKOFF = Duration.ofMinutes(5);
  private static final Duration END_PATIENCE = Duration.ofSeconds(3);
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Which invocations run in a process of their own, that can be killed. Others run in this one,
   * which is quicker.
   */
  @FunctionalInterface
  public interface InProcess {
    /** Whether this one does, of this function with this event. */
    boolean test(String function, String event);

    /** None. */
    InProcess NONE = (function, event) -> false;
  }

  private final Map<String, Pool> pools = new TreeMap<>();
  private final InProcess inProcess;
  private final Map<String, String> settings;
  private final StackClock clock;
  private final ScheduledThreadPoolExecutor timer;
  private final AtomicInteger waitingEvents = new AtomicInteger();
  private volatile ClassLoader layers = FunctionHost.class.getClassLoader();
  private volatile boolean closed;

  /**
   * Hosts these functions.
   *
   * @param logs the folder for each function's log, {@code <function>.log}
   * @param clock times the retries of background invocations; a function's time-out is in the
   *     machine's own time
   * @param maximumSandboxes most sandboxes of one function
   */
  public FunctionHost(
      Collection<FunctionDefinition> functions, Path logs, StackClock clock, int maximumSandboxes) {
    this(functions, logs, clock, maximumSandboxes, InProcess.NONE, Map.of());
  }

  /**
   * Hosts these functions, some of whose invocations run in processes.
   *
   * @param logs the folder for each function's log, {@code <function>.log}
   * @param clock times the retries of background invocations; a function's time-out is in the
   *     machine's own time
   * @param maximumSandboxes most sandboxes of one function
   * @param inProcess which invocations run in a process of their own
   * @param settings environment variables that such a process needs, beside its function's
   */
  public FunctionHost(
      Collection<FunctionDefinition> functions,
      Path logs,
      StackClock clock,
      int maximumSandboxes,
      InProcess inProcess,
      Map<String, String> settings) {
    this.clock = clock;
    this.inProcess = inProcess;
    this.settings = Map.copyOf(settings);
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("lambda-time-outs").factory());
    timer.setRemoveOnCancelPolicy(true);
    for (FunctionDefinition function : functions) {
      Path log = logs.resolve(function.name() + ".log");
      if (pools.put(function.name(), new Pool(function, new LogFile(log), maximumSandboxes))
          != null) {
        throw new IllegalArgumentException("two functions are called " + function.name());
      }
    }
  }

  /** The functions' names, in alphabetical order. */
  public List<String> names() {
    return List.copyOf(pools.keySet());
  }

  /** A function's definition, if there is one of this name or ARN. */
  public Optional<FunctionDefinition> find(String nameOrArn) {
    return Optional.ofNullable(pools.get(name(nameOrArn))).map(pool -> pool.function);
  }

  /**
   * Loads code again: sandboxes that are made from now on have the functions' code as it is now,
   * and the layers' from this folder, which must not change. Idle sandboxes end, others after their
   * invocation.
   */
  public void reload(Path layerClasses) {
    try {
      layers =
          new ChildFirstClassLoader(
              layerClasses.toUri().toURL(), FunctionHost.class.getClassLoader());
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("not a folder of classes: " + layerClasses, e);
    }
    pools.values().forEach(Pool::discardIdle);
  }

  /** Every function's log, by its name. */
  public Map<String, LogFile> logs() {
    Map<String, LogFile> logs = new TreeMap<>();
    pools.forEach((name, pool) -> logs.put(name, pool.log));
    return logs;
  }

  /** Where a function's log is. */
  public Path log(String nameOrArn) {
    return pool(nameOrArn).log.path();
  }

  /**
   * Invokes a function and waits for its answer. A failure of the function's code, its time-out
   * included, is an answer. If the caller's patience ends first, the function goes on, as in
   * Lambda.
   *
   * @param payloadJson the event; empty counts as {@code {}}
   * @param timeout the caller's patience
   * @throws InvokeFault if the function does not run
   * @throws TimeoutException if there is no answer within {@code timeout}
   * @throws InterruptedException if the caller is interrupted meanwhile
   */
  public Invocation invoke(String nameOrArn, String payloadJson, Duration timeout)
      throws TimeoutException, InterruptedException {
    Pool pool = pool(nameOrArn);
    String payload = check(payloadJson, MAX_REQUEST_BYTES);
    long deadline = System.nanoTime() + timeout.toNanos();
    CompletableFuture<Invocation> running =
        pool.start(UUID.randomUUID().toString(), payload, timeout);
    try {
      return running.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (ExecutionException e) {
      throw new IllegalStateException("an invocation ended without an outcome", e);
    }
  }

  /**
   * Invokes a function in the background. If it fails it is tried twice more, after 1 and 2
   * minutes; while no sandbox is free it is tried for up to 6 hours. Then the event is dropped, and
   * its function's log says so. Events that wait when the stack stops are lost.
   *
   * @param payloadJson the event; empty counts as {@code {}}
   * @return the request's id
   * @throws InvokeFault if there is no such function, the event cannot be taken, or {@link
   *     #MAX_WAITING_EVENTS} wait already
   */
  public String invokeInBackground(String nameOrArn, String payloadJson) {
    Pool pool = pool(nameOrArn);
    String payload = check(payloadJson, MAX_EVENT_BYTES);
    if (waitingEvents.incrementAndGet() > MAX_WAITING_EVENTS) {
      waitingEvents.decrementAndGet();
      throw new InvokeFault(
          InvokeFault.Code.TOO_MANY_REQUESTS,
          "Rate Exceeded: " + MAX_WAITING_EVENTS + " events wait already");
    }
    Event event = new Event(pool, UUID.randomUUID().toString(), payload, clock.now());
    Thread.ofVirtual().name("lambda-event").start(() -> attempt(event, 0, 0));
    return event.requestId();
  }

  /** How many events wait for their invocation in the background, or for a retry of it. */
  public int waitingEvents() {
    return waitingEvents.get();
  }

  /**
   * Kills the processes in which a function is at work on such events; they are no more when this
   * returns.
   *
   * @return how many were killed
   */
  public int kill(String nameOrArn, Predicate<String> event) {
    return pool(nameOrArn).kill(event);
  }

  private record Event(Pool pool, String requestId, String payload, Instant at) {}

  private void attempt(Event event, int retries, int throttles) {
    if (closed) {
      waitingEvents.decrementAndGet();
      return;
    }
    FunctionDefinition.Background policy = event.pool().function.background();
    String fault;
    Duration backoff;
    boolean again;
    try {
      Invocation outcome =
          event
              .pool()
              .start(event.requestId(), event.payload(), MAX_WAIT_FOR_SANDBOX)
              .get(FunctionDefinition.MAX_TIMEOUT.toSeconds() + 60, TimeUnit.SECONDS);
      if (outcome.functionError().isEmpty()) {
        waitingEvents.decrementAndGet();
        return;
      }
      fault = outcome.payload();
      backoff = Duration.ofMinutes(retries + 1);
      again = retries < policy.maximumRetries() && young(event);
      retries++;
    } catch (InvokeFault e) {
      fault = e.getMessage();
      backoff = Duration.ofSeconds(1L << Math.min(throttles, 20));
      again = !closed && young(event);
      throttles++;
    } catch (ExecutionException | TimeoutException e) {
      fault = "no outcome: " + e;
      backoff = Duration.ZERO;
      again = false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      waitingEvents.decrementAndGet();
      return;
    }
    if (!again) {
      event.pool().log.line(dropped(event, fault));
      waitingEvents.decrementAndGet();
      return;
    }
    int nextRetries = retries;
    int nextThrottles = throttles;
    clock.after(
        backoff.compareTo(MAX_BACKOFF) > 0 ? MAX_BACKOFF : backoff,
        () -> Thread.ofVirtual().start(() -> attempt(event, nextRetries, nextThrottles)));
  }

  private String dropped(Event event, String fault) {
    ObjectNode line = JSON.createObjectNode();
    line.put("time", clock.now().toString()).put("type", "local.eventDropped");
    line.putObject("record").put("requestId", event.requestId()).put("lastFailure", fault);
    return line.toString();
  }

  private boolean young(Event event) {
    Duration most = event.pool().function.background().maximumAge();
    return clock.now().isBefore(event.at().plus(most));
  }

  private static String check(String payloadJson, int maximumBytes) {
    String payload = payloadJson.isEmpty() ? "{}" : payloadJson;
    byte[] bytes = payload.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > maximumBytes) {
      throw new InvokeFault(
          InvokeFault.Code.REQUEST_TOO_LARGE,
          "Request must be smaller than "
              + maximumBytes
              + " bytes for the InvokeFunction operation");
    }
    try (JsonParser parser = JSON.createParser(bytes)) {
      int values = 0;
      while (parser.nextToken() != null) {
        parser.skipChildren();
        values++;
      }
      if (values != 1) {
        throw new InvokeFault(
            InvokeFault.Code.INVALID_REQUEST_CONTENT,
            "Could not parse request body into json: " + values + " values instead of one");
      }
    } catch (IOException e) {
      throw new InvokeFault(
          InvokeFault.Code.INVALID_REQUEST_CONTENT,
          "Could not parse request body into json: " + e.getMessage());
    }
    return payload;
  }

  private static String name(String nameOrArn) {
    String name =
        nameOrArn.startsWith(FunctionDefinition.ARN_PREFIX)
            ? nameOrArn.substring(FunctionDefinition.ARN_PREFIX.length())
            : nameOrArn;
    int qualifier = name.indexOf(':');
    return qualifier < 0 ? name : name.substring(0, qualifier);
  }

  private Pool pool(String nameOrArn) {
    if (closed) {
      throw new InvokeFault(InvokeFault.Code.SERVICE, "the function host is closed");
    }
    Pool pool = pools.get(name(nameOrArn));
    if (pool == null) {
      throw new InvokeFault(
          InvokeFault.Code.RESOURCE_NOT_FOUND,
          "Function not found: " + FunctionDefinition.ARN_PREFIX + name(nameOrArn));
    }
    return pool;
  }

  /** Interrupts what runs, and waits a few seconds for it to end. Events that wait are lost. */
  @Override
  public void close() {
    closed = true;
    pools.values().forEach(Pool::discard);
    Instant end = Instant.now().plus(END_PATIENCE);
    try {
      for (Pool pool : pools.values()) {
        pool.awaitEnd(end);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      timer.shutdownNow();
      pools.values().forEach(pool -> pool.log.close());
    }
  }

  /** A function's sandboxes. */
  private final class Pool implements Sandbox.Owner {
    private final FunctionDefinition function;
    private final LogFile log;
    private final Semaphore places;
    private final Deque<Sandbox> idle = new ArrayDeque<>();
    private final Set<Sandbox> all = new HashSet<>();

    /** Idle sandboxes, which have no place, that end because code was loaded again. */
    private final Set<Sandbox> replaced = new HashSet<>();

    private boolean discarded;

    Pool(FunctionDefinition function, LogFile log, int maximumSandboxes) {
      this.function = function;
      this.log = log;
      places = new Semaphore(maximumSandboxes, true);
    }

    CompletableFuture<Invocation> start(String requestId, String payload, Duration patience)
        throws InterruptedException {
      Duration wait =
          patience.compareTo(MAX_WAIT_FOR_SANDBOX) < 0 ? patience : MAX_WAIT_FOR_SANDBOX;
      if (!places.tryAcquire()
          && (places.getQueueLength() >= MAX_WAITING_CALLERS
              || !places.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS))) {
        throw new InvokeFault(
            InvokeFault.Code.TOO_MANY_REQUESTS,
            "Rate Exceeded: all sandboxes of " + function.name() + " are taken");
      }
      return take(inProcess.test(function.name(), payload)).run(requestId, payload);
    }

    private synchronized Sandbox take(boolean process) {
      if (discarded) {
        places.release();
        throw new InvokeFault(InvokeFault.Code.SERVICE, "the function host is closed");
      }
      for (Sandbox free : idle) {
        if (free.process() == process) {
          idle.remove(free);
          return free;
        }
      }
      Sandbox made = new Sandbox(function, environment(process), process, layers, log, timer, this);
      all.add(made);
      return made;
    }

    private Map<String, String> environment(boolean process) {
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
      return Map.copyOf(environment);
    }

    @Override
    public void idle(Sandbox sandbox) {
      synchronized (this) {
        if (!sandbox.layers().equals(layers)) {
          // Its place is free when its thread has ended.
          sandbox.retire();
          return;
        }
        idle.addFirst(sandbox);
      }
      places.release();
    }

    /** A sandbox that was discarded keeps its place until its thread has really ended. */
    @Override
    public void ended(Sandbox sandbox) {
      boolean wasIdle;
      synchronized (this) {
        wasIdle = idle.remove(sandbox) || replaced.remove(sandbox);
        all.remove(sandbox);
      }
      if (!wasIdle) {
        places.release();
      }
    }

    int kill(Predicate<String> event) {
      List<Sandbox> sandboxes;
      synchronized (this) {
        sandboxes = List.copyOf(all);
      }
      return (int) sandboxes.stream().filter(sandbox -> sandbox.kill(event)).count();
    }

    synchronized void discardIdle() {
      replaced.addAll(idle);
      idle.clear();
      replaced.forEach(Sandbox::discard);
    }

    synchronized void discard() {
      discarded = true;
      all.forEach(Sandbox::discard);
    }

    void awaitEnd(Instant end) throws InterruptedException {
      List<Sandbox> ending;
      synchronized (this) {
        ending = List.copyOf(all);
      }
      for (Sandbox sandbox : ending) {
        Duration left = Duration.between(Instant.now(), end);
        sandbox.awaitEnd(left.isPositive() ? left : Duration.ofMillis(1));
      }
    }
  }
}
