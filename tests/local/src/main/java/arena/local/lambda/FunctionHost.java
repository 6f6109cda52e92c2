package arena.local.lambda;

import arena.local.clock.StackClock;
import arena.local.iam.Credentials;
import arena.local.log.LogFile;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.MalformedURLException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;

/**
 * Hosts functions as Lambda does: each has its own sandboxes, which are created when none is idle,
 * up to a maximum. Thread-safe.
 */
public final class FunctionHost implements AutoCloseable {
  /** Default maximum of sandboxes for each function. */
  public static final int DEFAULT_SANDBOXES = 32;

  /** Default maximum of concurrent invocations of all functions, as of an AWS account. */
  public static final int DEFAULT_CONCURRENCY = 1_000;

  /** Largest event of a synchronous invocation, in bytes. */
  public static final int MAX_REQUEST_BYTES = 6_291_456;

  /** Largest event of an asynchronous invocation, in bytes. */
  public static final int MAX_EVENT_BYTES = 1_048_576;

  /** Most events that wait for an asynchronous invocation or its retry. */
  public static final int MAX_WAITING_EVENTS = 10_000;

  private static final Duration END_PATIENCE = Duration.ofSeconds(3);
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * Selects the invocations that run in a separate process, which can be killed. All others run in
   * the stack's process, which is faster.
   */
  @FunctionalInterface
  public interface InProcess {
    /** Returns whether the invocation of this function with this event runs in a process. */
    boolean test(String function, String event);

    /**
     * Starts the handler of such a process in another runtime.
     *
     * @return empty for a process of the stack
     * @throws IOException if it cannot be started
     */
    default Optional<ExternalHandler> start(
        FunctionDefinition function, Map<String, String> environment) throws IOException {
      return Optional.empty();
    }

    /** Selects none. */
    InProcess NONE = (_, _) -> false;
  }

  private final Map<String, SandboxPool> pools = new TreeMap<>();
  private final Semaphore account;
  private final BackgroundInvocations background;
  private final ScheduledThreadPoolExecutor timer;
  private volatile boolean closed;

  /**
   * Creates a host whose invocations all run in this process.
   *
   * @param logs the folder of the functions' logs, {@code <function>.log}
   * @param clock the clock of retries; timeouts of functions use the system clock
   * @param maximumSandboxes most sandboxes of each function
   */
  public FunctionHost(
      Collection<FunctionDefinition> functions, Path logs, StackClock clock, int maximumSandboxes) {
    this(
        functions,
        logs,
        clock,
        maximumSandboxes,
        DEFAULT_CONCURRENCY,
        InProcess.NONE,
        Map.of(),
        Map.of());
  }

  /**
   * Creates a host.
   *
   * @param logs the folder of the functions' logs, {@code <function>.log}
   * @param clock the clock of retries; timeouts of functions use the system clock
   * @param maximumSandboxes most sandboxes of each function
   * @param concurrency most concurrent invocations of all functions; others are throttled
   * @param inProcess which invocations run in a separate process
   * @param settings environment variables of such a process, in addition to its function's
   * @param credentials the credentials of the functions, by name; others have those of this process
   */
  public FunctionHost(
      Collection<FunctionDefinition> functions,
      Path logs,
      StackClock clock,
      int maximumSandboxes,
      int concurrency,
      InProcess inProcess,
      Map<String, String> settings,
      Map<String, Credentials> credentials) {
    background = new BackgroundInvocations(clock);
    timer =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name("lambda-timeouts").factory());
    timer.setRemoveOnCancelPolicy(true);
    account = new Semaphore(concurrency);
    for (FunctionDefinition function : functions) {
      LogFile log = new LogFile(logs.resolve(function.name() + ".log"), function.logFilter());
      SandboxPool pool =
          new SandboxPool(
              function,
              log,
              maximumSandboxes,
              account,
              inProcess,
              Map.copyOf(settings),
              Optional.ofNullable(credentials.get(function.name())),
              timer);
      if (pools.put(function.name(), pool) != null) {
        throw new IllegalArgumentException("two functions have the name " + function.name());
      }
    }
  }

  /** Returns the functions' names in alphabetical order. */
  public List<String> names() {
    return List.copyOf(pools.keySet());
  }

  /** Returns the definition of a function by its name or ARN. */
  public Optional<FunctionDefinition> find(String nameOrArn) {
    return Optional.ofNullable(pools.get(name(nameOrArn))).map(SandboxPool::function);
  }

  /**
   * Loads code again. New sandboxes have the functions' code as it is now, and the layers' classes
   * from this folder, which must not change. Idle sandboxes end now, others after their invocation.
   */
  public void reload(Path layerClasses) {
    try {
      ClassLoader layers =
          new ChildFirstClassLoader(
              layerClasses.toUri().toURL(), FunctionHost.class.getClassLoader());
      pools.values().forEach(pool -> pool.reload(layers));
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException("not a folder of classes: " + layerClasses, e);
    }
  }

  /** Returns the environment variables of a function in a separate process. */
  public Map<String, String> environment(String nameOrArn) {
    return pool(nameOrArn).environment(true);
  }

  /** Returns the functions' logs by name. */
  public Map<String, LogFile> logs() {
    Map<String, LogFile> logs = new TreeMap<>();
    pools.forEach((name, pool) -> logs.put(name, pool.log()));
    return logs;
  }

  /** Returns the path of a function's log. */
  public Path log(String nameOrArn) {
    return pool(nameOrArn).log().path();
  }

  /**
   * Invokes a function and waits for its response. An error of the function, including its timeout,
   * is a response. The function continues if the caller's timeout ends first, as in Lambda.
   *
   * @param payloadJson the event; an empty string counts as {@code {}}
   * @param timeout how long the caller waits
   * @throws InvokeFault if the function does not run
   * @throws TimeoutException if there is no response within {@code timeout}
   * @throws InterruptedException if the caller is interrupted while it waits
   */
  public Invocation invoke(String nameOrArn, String payloadJson, Duration timeout)
      throws TimeoutException, InterruptedException {
    SandboxPool pool = pool(nameOrArn);
    String payload = checked(payloadJson, MAX_REQUEST_BYTES);
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
   * Invokes a function asynchronously, with retries by its definition. Events that wait when the
   * host is closed are lost.
   *
   * @param payloadJson the event; an empty string counts as {@code {}}
   * @return the request's id
   * @throws InvokeFault if there is no such function, the event is invalid, or {@link
   *     #MAX_WAITING_EVENTS} are waiting
   */
  public String invokeInBackground(String nameOrArn, String payloadJson) {
    SandboxPool pool = pool(nameOrArn);
    return background.start(pool, checked(payloadJson, MAX_EVENT_BYTES));
  }

  /**
   * Occupies a part of the account's concurrency, as other functions of the account would.
   *
   * @return releases it when it is run, which must be once
   * @throws IllegalStateException if it is not free
   */
  public Runnable occupy(int invocations) {
    if (!account.tryAcquire(invocations)) {
      throw new IllegalStateException("the concurrency of the account is in use");
    }
    return () -> account.release(invocations);
  }

  /** Returns the number of events that wait for an asynchronous invocation or its retry. */
  public int waitingEvents() {
    return background.waiting();
  }

  /**
   * Kills the processes in which a function handles such events; they have ended when this returns.
   *
   * @return the number of killed processes
   */
  public int kill(String nameOrArn, Predicate<String> event) {
    return pool(nameOrArn).kill(event);
  }

  /**
   * Returns the largest resident set that any of the function's processes has had, in bytes; empty
   * if none runs, or the system does not report it.
   */
  public OptionalLong peakBytes(String nameOrArn) {
    return pool(nameOrArn).peakBytes();
  }

  private static String checked(String payloadJson, int maximumBytes) {
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

  private SandboxPool pool(String nameOrArn) {
    if (closed) {
      throw new InvokeFault(InvokeFault.Code.SERVICE, "the function host is closed");
    }
    SandboxPool pool = pools.get(name(nameOrArn));
    if (pool == null) {
      throw new InvokeFault(
          InvokeFault.Code.RESOURCE_NOT_FOUND,
          "Function not found: " + FunctionDefinition.ARN_PREFIX + name(nameOrArn));
    }
    return pool;
  }

  /** Interrupts invocations and waits a few seconds for them to end. */
  @Override
  public void close() {
    closed = true;
    background.close();
    pools.values().forEach(SandboxPool::close);
    Instant deadline = Instant.now().plus(END_PATIENCE);
    try {
      for (SandboxPool pool : pools.values()) {
        pool.awaitEnd(deadline);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      timer.shutdownNow();
      pools.values().forEach(pool -> pool.log().close());
    }
  }
}
