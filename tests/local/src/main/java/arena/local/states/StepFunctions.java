package arena.local.states;

import arena.local.aws.AwsApi;
import arena.local.clock.StackClock;
import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The service: state machines, their executions, and the API. What is under way is written down as
 * it happens, in one folder, and goes on after a restart.
 *
 * <pre>{@code
 * var states = new StepFunctions(folder, List.of(machine), invoker, clock, random);
 * states.start();
 * Answer answer = states.call("StartExecution", body);
 * states.close();
 * }</pre>
 */
public final class StepFunctions implements AwsApi, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(StepFunctions.class.getName());

  /** What the header {@code X-Amz-Target} begins with, before the operation. */
  public static final String TARGET_PREFIX = "AWSStepFunctions.";

  private static final Pattern BAD_NAME =
      Pattern.compile("[\\s<>{}\\[\\]?*\"#%\\\\^|~`$&,;:/\\x00-\\x1f\\x7f-\\x9f]");

  /** Names that are safe as a file's, also where files' names know no case. */
  private static final Pattern PLAIN_NAME = Pattern.compile("[a-z0-9][a-z0-9_.-]*");

  private static final Set<String> STATUSES =
      Set.of("RUNNING", "SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED", "PENDING_REDRIVE");

  private static final String SUFFIX = ".jsonl";

  private final Path folder;
  private final Map<String, StateMachine> machines = new LinkedHashMap<>();
  private final StackClock clock;
  private final Execution.Tools tools;
  private final Instant createdAt;
  private final Map<String, Execution> executions = new ConcurrentHashMap<>();
  private volatile boolean open;

  /**
   * Reads nothing yet and starts nothing.
   *
   * @param folder where the histories are; made when there is none
   * @param machines the state machines; executions of others go on by the definition that they
   *     began with, but none can be started
   * @param invoker calls the functions that tasks name
   * @param clock the time; what is to be done beside is done by it too, after no delay
   * @param random for the jitter of delays
   */
  public StepFunctions(
      Path folder,
      List<StateMachine> machines,
      TaskInvoker invoker,
      StackClock clock,
      RandomGenerator random) {
    this.folder = folder;
    this.clock = clock;
    machines.forEach(machine -> this.machines.put(machine.arn(), machine));
    tools = new Execution.Tools(invoker, clock, new Interpreter(random));
    createdAt = clock.now();
  }

  /**
   * Reads the histories, drops those that are past their time, and lets open executions go on.
   *
   * @throws IOException if the folder cannot be read; a single history that cannot is left alone,
   *     and logged
   */
  public synchronized void start() throws IOException {
    if (open) {
      throw new IllegalStateException("it has been started");
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
      History history = History.open(file);
      if (history.lastLine().isEmpty()) {
        history.delete(); // its start was never answered
        return;
      }
      Execution execution = Execution.restore(tools, history);
      if (execution.isForgotten(clock.now())) {
        execution.forget();
      } else {
        executions.put(execution.arn(), execution);
      }
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "the history " + file + " cannot be read", e);
    }
  }

  /**
   * Stops everything where it is: nothing more is written. Calls under way are made again after the
   * next start, on the same folder, by another object of this class. Close it before what it calls:
   * a function that is ended would be a failed task.
   */
  @Override
  public synchronized void close() {
    open = false;
    executions.values().forEach(Execution::halt);
  }

  @Override
  public Answer call(String operation, String body) {
    if (!open) {
      return fault(503, "ServiceUnavailable", "Step Functions is not running");
    }
    try {
      Request request = Request.read(body);
      Map<String, Object> answer =
          switch (operation) {
            case "StartExecution" -> startExecution(request);
            case "StopExecution" -> stopExecution(request);
            case "DescribeExecution" -> execution(request).described();
            case "ListExecutions" -> listExecutions(request);
            case "GetExecutionHistory" -> history(request);
            case "DescribeStateMachine" -> describeStateMachine(request);
            case "ListStateMachines" -> listStateMachines(request);
            default ->
                throw new RequestRefused(
                    "UnknownOperationException",
                    "the operation " + operation + " is not supported here");
          };
      return new Answer(200, Json.write(answer));
    } catch (RequestRefused e) {
      return fault(400, e.type(), e.getMessage());
    } catch (IOException | RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, operation + " failed", e);
      return fault(500, "InternalServerError", "the request failed; the log says why");
    }
  }

  private static Answer fault(int status, String type, String message) {
    Map<String, Object> error = new LinkedHashMap<>();
    error.put("__type", type);
    error.put("message", message);
    return new Answer(status, Json.write(error));
  }

  private synchronized Map<String, Object> startExecution(Request request)
      throws RequestRefused, IOException {
    StateMachine machine = machine(request);
    String name =
        request.text("name", Integer.MAX_VALUE).orElseGet(() -> UUID.randomUUID().toString());
    if (name.isEmpty() || name.length() > Quotas.MAX_NAME || BAD_NAME.matcher(name).find()) {
      throw new RequestRefused("InvalidName", "Invalid Name: '" + name + "'");
    }
    String input = request.text("input", Quotas.MAX_DATA_BYTES).orElse("{}");
    checkInput(input);
    String arn = Arns.execution(machine.arn(), name);
    Optional<Execution> earlier = known(arn);
    if (earlier.isPresent()) {
      Execution execution = earlier.get();
      if (execution.isOpen() && execution.input().equals(input)) {
        return started(execution);
      }
      throw alreadyExists(arn);
    }
    if (executions.values().stream().filter(Execution::isOpen).count()
        >= Quotas.MAX_OPEN_EXECUTIONS) {
      throw new RequestRefused(
          "ExecutionLimitExceeded",
          String.format(Locale.ROOT, "%d executions are under way", Quotas.MAX_OPEN_EXECUTIONS));
    }
    Event event = firstEvent(machine, arn, input);
    Execution execution;
    try {
      History history = History.create(file(machine.name(), name), event.line());
      execution = Execution.begin(tools, history, event);
    } catch (FileAlreadyExistsException e) {
      throw alreadyExists(arn);
    }
    executions.put(arn, execution);
    execution.resume();
    return started(execution);
  }

  private static RequestRefused alreadyExists(String arn) {
    return new RequestRefused("ExecutionAlreadyExists", "Execution Already Exists: '" + arn + "'");
  }

  private static void checkInput(String input) throws RequestRefused {
    if (Json.bytes(input) > Quotas.MAX_DATA_BYTES) {
      throw new RequestRefused(
          "InvalidExecutionInput",
          String.format(Locale.ROOT, "the input has more than %d bytes", Quotas.MAX_DATA_BYTES));
    }
    try {
      Json.read(input);
    } catch (JsonProcessingException e) {
      throw new RequestRefused(
          "InvalidExecutionInput", "Invalid State Machine Execution Input: it is no JSON");
    }
  }

  private Event firstEvent(StateMachine machine, String arn, String input) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("input", input);
    details.put("roleArn", machine.roleArn());
    Map<String, Object> beside = new LinkedHashMap<>();
    beside.put(Event.ARN, arn);
    beside.put(Event.STATE_MACHINE_ARN, machine.arn());
    beside.put(Event.DEFINITION, machine.definition());
    return new Event(1, clock.now(), "ExecutionStarted", details, beside);
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
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static Map<String, Object> started(Execution execution) {
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("executionArn", execution.arn());
    answer.put("startDate", Timestamps.seconds(execution.startedAt()));
    return answer;
  }

  private Map<String, Object> stopExecution(Request request) throws RequestRefused {
    Execution execution = execution(request);
    Map<String, Object> details = new LinkedHashMap<>();
    request.text("error", Quotas.MAX_ERROR).ifPresent(error -> details.put("error", error));
    request.text("cause", Quotas.MAX_CAUSE).ifPresent(cause -> details.put("cause", cause));
    return Map.of("stopDate", Timestamps.seconds(execution.abort(details)));
  }

  private Map<String, Object> listExecutions(Request request) throws RequestRefused {
    request.refuse("mapRunArn", "redriveFilter");
    StateMachine machine = machine(request);
    Optional<String> status = request.text("statusFilter", Quotas.MAX_NAME);
    if (status.isPresent() && !STATUSES.contains(status.get())) {
      throw new RequestRefused("ValidationException", "no status is called " + status.get());
    }
    int most = request.maxResults();
    String question = "executions " + machine.arn() + " " + status.orElse("");
    Optional<String> after =
        PageToken.read(request.text("nextToken", PageToken.MAX_LENGTH), question);
    Instant now = clock.now();
    List<Execution> found =
        executions.values().stream()
            .filter(execution -> execution.stateMachineArn().equals(machine.arn()))
            .filter(execution -> !execution.isForgotten(now))
            .filter(execution -> status.isEmpty() || execution.status().equals(status.get()))
            .filter(execution -> after.isEmpty() || place(execution).compareTo(after.get()) < 0)
            .sorted(Comparator.comparing(StepFunctions::place).reversed())
            .limit(most + 1L)
            .toList();
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("executions", found.stream().limit(most).map(Execution::listed).toList());
    if (found.size() > most) {
      answer.put("nextToken", PageToken.write(question, place(found.get(most - 1))));
    }
    return answer;
  }

  /** Where an execution stands in a list; the newest is the greatest. */
  private static String place(Execution execution) {
    return String.format(
        Locale.ROOT, "%019d %s", execution.startedAt().toEpochMilli(), execution.name());
  }

  private Map<String, Object> history(Request request) throws RequestRefused, IOException {
    Execution execution = execution(request);
    boolean reverse = request.truth("reverseOrder", false);
    boolean withData = request.truth("includeExecutionData", true);
    int most = request.maxResults();
    String question = "history " + execution.arn() + " " + reverse;
    Optional<String> token =
        PageToken.read(request.text("nextToken", PageToken.MAX_LENGTH), question);
    long last = execution.lastId();
    long from = token.isPresent() ? number(token.get(), last) : (reverse ? last : 1);
    long to = reverse ? Math.max(1, from - most + 1) : Math.min(last, from + most - 1);
    List<Event> events = new ArrayList<>(execution.events(Math.min(from, to), Math.max(from, to)));
    if (reverse) {
      events = events.reversed();
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("events", events.stream().map(event -> event.shown(withData)).toList());
    boolean more = reverse ? to > 1 : to < last;
    if (more) {
      answer.put("nextToken", PageToken.write(question, Long.toString(reverse ? to - 1 : to + 1)));
    }
    return answer;
  }

  private static long number(String place, long last) throws RequestRefused {
    try {
      long number = Long.parseLong(place);
      if (number >= 1 && number <= last) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw PageToken.invalid();
    }
    throw PageToken.invalid();
  }

  private Map<String, Object> describeStateMachine(Request request) throws RequestRefused {
    StateMachine machine = machine(request);
    Map<String, Object> answer = listed(machine);
    answer.put("status", "ACTIVE");
    answer.put("definition", DefinitionReader.read(machine.definition()).json());
    answer.put("roleArn", machine.roleArn());
    return answer;
  }

  private Map<String, Object> listStateMachines(Request request) throws RequestRefused {
    request.refuse("nextToken");
    int most = request.maxResults();
    if (machines.size() > most) {
      throw new RequestRefused(
          "ValidationException", "there are more state machines than maxResults; pages have none");
    }
    return Map.of("stateMachines", machines.values().stream().map(this::listed).toList());
  }

  private Map<String, Object> listed(StateMachine machine) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("stateMachineArn", machine.arn());
    shown.put("name", machine.name());
    shown.put("type", "STANDARD");
    shown.put("creationDate", Timestamps.seconds(createdAt));
    return shown;
  }

  private StateMachine machine(Request request) throws RequestRefused {
    String arn = request.need("stateMachineArn", 256);
    if (!Arns.isStateMachine(arn)) {
      throw new RequestRefused("InvalidArn", "Invalid Arn: '" + arn + "'");
    }
    StateMachine machine = machines.get(arn);
    if (machine == null) {
      throw new RequestRefused(
          "StateMachineDoesNotExist", "State Machine Does Not Exist: '" + arn + "'");
    }
    return machine;
  }

  private Execution execution(Request request) throws RequestRefused {
    String arn = request.need("executionArn", 256);
    if (!Arns.isExecution(arn)) {
      throw new RequestRefused("InvalidArn", "Invalid Arn: '" + arn + "'");
    }
    return known(arn)
        .orElseThrow(
            () ->
                new RequestRefused(
                    "ExecutionDoesNotExist", "Execution Does Not Exist: '" + arn + "'"));
  }

  /** The execution with this ARN, unless it ended so long ago that its name is free again. */
  private Optional<Execution> known(String arn) {
    Execution execution = executions.get(arn);
    if (execution != null && execution.isForgotten(clock.now())) {
      try {
        execution.forget();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      executions.remove(arn, execution);
      return Optional.empty();
    }
    return Optional.ofNullable(execution);
  }
}
