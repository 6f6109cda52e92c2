package arena.local.states;

import arena.local.clock.StackClock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * State machines and their executions. Executions are written to one folder while they happen, and
 * continue after a restart. {@link StepFunctionsApi} serves them.
 */
public final class StepFunctions implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(StepFunctions.class.getName());

  /** Names that are safe as file names, also where file names are not case-sensitive. */
  private static final Pattern PLAIN_NAME = Pattern.compile("[a-z0-9][a-z0-9_.-]*");

  private static final String SUFFIX = ".jsonl";

  private final Path folder;
  private final Map<String, StateMachine> machines = new LinkedHashMap<>();
  private final StackClock clock;
  private final Function<String, TaskInvoker> invokers;
  private final Interpreter interpreter;
  private final Map<String, Execution> executions = new ConcurrentHashMap<>();
  private volatile boolean open;

  /**
   * Creates the service; {@link #start} starts it.
   *
   * @param folder the folder of the histories, created if it is missing
   * @param machines the state machines. Open executions of others continue with the definition that
   *     they were started with
   * @param invokers invoke the functions of tasks, by the name of the state machine
   * @param clock the time, and the threads of executions
   * @param random the source of jitter
   */
  public StepFunctions(
      Path folder,
      List<StateMachine> machines,
      Function<String, TaskInvoker> invokers,
      StackClock clock,
      RandomGenerator random) {
    this.folder = folder;
    this.clock = clock;
    machines.forEach(machine -> this.machines.put(machine.arn(), machine));
    this.invokers = invokers;
    interpreter = new Interpreter(random);
  }

  private Execution.Tools tools(String machine) {
    return new Execution.Tools(invokers.apply(machine), new Children(), clock, interpreter);
  }

  private final class Children implements Execution.Children {
    @Override
    public Execution start(String stateMachineArn, String name, String input)
        throws ApiError, IOException {
      StateMachine machine =
          machine(stateMachineArn)
              .orElseThrow(
                  () ->
                      new ApiError(
                          "StateMachineDoesNotExist",
                          "State Machine Does Not Exist: '" + stateMachineArn + "'"));
      return startExecution(machine, name, input);
    }

    @Override
    public Optional<Execution> find(String arn) throws IOException {
      return execution(arn);
    }
  }

  /**
   * Restores executions from their histories, deletes those past their retention, and continues
   * open ones. A history that cannot be read is logged and kept.
   *
   * @throws IOException if the folder cannot be read
   */
  public synchronized void start() throws IOException {
    if (open) {
      throw new IllegalStateException("Step Functions is already started");
    }
    Files.createDirectories(folder);
    List<Path> files;
    try (Stream<Path> found = Files.walk(folder, 2)) {
      files = found.filter(file -> file.toString().endsWith(SUFFIX)).toList();
    }
    for (Path file : files) {
      restore(file);
    }
    open = true;
    executions.values().forEach(Execution::resume);
  }

  private void restore(Path file) {
    try {
      HistoryFile history = HistoryFile.open(file);
      if (history.lastLine().isEmpty()) {
        history.delete(); // its StartExecution never got a response
        return;
      }
      Execution execution =
          Execution.restore(tools(file.getParent().getFileName().toString()), history);
      if (execution.isPastRetention(clock.now())) {
        execution.delete();
      } else {
        executions.put(execution.arn(), execution);
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "failed to read history " + file, e);
    }
  }

  /**
   * Halts all executions without writing to their histories. Calls in flight are made again after
   * the next start on the same folder. Close it before the functions: a function that is ended is a
   * failed task.
   */
  @Override
  public synchronized void close() {
    open = false;
    executions.values().forEach(Execution::halt);
  }

  boolean isOpen() {
    return open;
  }

  Optional<StateMachine> machine(String arn) {
    return Optional.ofNullable(machines.get(arn));
  }

  /**
   * Starts an execution. A start with the name and the input of an open execution returns that one.
   *
   * @throws ApiError if the name is in use or too many executions are open
   */
  synchronized Execution startExecution(StateMachine machine, String name, String input)
      throws ApiError, IOException {
    String arn = Arns.execution(machine.arn(), name);
    Optional<Execution> earlier = execution(arn);
    if (earlier.isPresent()) {
      Execution execution = earlier.get();
      if (execution.isOpen() && execution.input().equals(input)) {
        return execution;
      }
      throw alreadyExists(arn);
    }
    if (executions.values().stream().filter(Execution::isOpen).count()
        >= Quotas.MAX_OPEN_EXECUTIONS) {
      throw new ApiError(
          "ExecutionLimitExceeded",
          String.format(Locale.ROOT, "%d executions are open", Quotas.MAX_OPEN_EXECUTIONS));
    }
    HistoryEvent event = firstEvent(machine, arn, input);
    Execution execution;
    try {
      HistoryFile history = HistoryFile.create(file(machine.name(), name), event.line());
      execution = Execution.create(tools(machine.name()), history, event);
    } catch (FileAlreadyExistsException e) {
      throw alreadyExists(arn);
    }
    executions.put(arn, execution);
    execution.resume();
    return execution;
  }

  private static ApiError alreadyExists(String arn) {
    return new ApiError("ExecutionAlreadyExists", "Execution Already Exists: '" + arn + "'");
  }

  private HistoryEvent firstEvent(StateMachine machine, String arn, String input) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("input", input);
    details.put("roleArn", machine.roleArn());
    Map<String, Object> internal = new LinkedHashMap<>();
    internal.put(HistoryEvent.ARN, arn);
    internal.put(HistoryEvent.DEFINITION, machine.definition());
    return new HistoryEvent(1, clock.now(), "ExecutionStarted", details, internal);
  }

  private Path file(String machineName, String name) {
    String safe = PLAIN_NAME.matcher(name).matches() ? name : "~" + digest(name);
    return folder.resolve(machineName).resolve(safe + SUFFIX);
  }

  private static String digest(String name) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return HexFormat.of().formatHex(digest.digest(name.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** Returns an execution by its ARN, and deletes one that is past its retention. */
  Optional<Execution> execution(String arn) throws IOException {
    Execution execution = executions.get(arn);
    if (execution != null && execution.isPastRetention(clock.now())) {
      execution.delete();
      executions.remove(arn, execution);
      return Optional.empty();
    }
    return Optional.ofNullable(execution);
  }
}
