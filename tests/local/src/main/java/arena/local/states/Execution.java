package arena.local.states;

import arena.local.clock.StackClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One execution. While it is open, its branches take the steps that the interpreter determines,
 * event by event; a closed one consists of its history and a few dates. Thread-safe.
 */
final class Execution {
  private static final System.Logger LOG = System.getLogger(Execution.class.getName());

  private final Tools tools;
  private final HistoryFile history;
  private final String arn;
  private final Instant startedAt;

  private Optional<Progress> progress;
  private long lastId;
  private String status;
  private Optional<Instant> stoppedAt;

  /** What each branch waits for, by its path; the outcomes of earlier calls are ignored. */
  private final Map<String, Pending> pending = new HashMap<>();

  private long calls;

  private Optional<StackClock.Timer> deadline = Optional.empty();
  private boolean halted;

  /** What to do when the execution has ended. */
  private final List<Runnable> ends = new ArrayList<>();

  /**
   * What a branch waits for.
   *
   * @param call the number of the call in flight; 0 for a time
   * @param timer its end or timeout
   */
  private record Pending(long call, StackClock.Timer timer) {}

  /**
   * What the executions of a state machine share.
   *
   * @param invoker invokes the functions
   * @param children the executions that tasks start
   * @param clock the time and the threads
   * @param interpreter determines the next step
   */
  record Tools(TaskInvoker invoker, Children children, StackClock clock, Interpreter interpreter) {}

  /** Executions that tasks of an execution start. */
  interface Children {
    /** Starts an execution, or finds the open one with this name and input. */
    Execution start(String stateMachineArn, String name, String input) throws ApiError, IOException;

    /** Finds an execution. */
    Optional<Execution> find(String arn) throws IOException;
  }

  private Execution(Tools tools, HistoryFile history, HistoryEvent first, HistoryEvent last) {
    this.tools = tools;
    this.history = history;
    arn = (String) first.internal().get(HistoryEvent.ARN);
    startedAt = first.at();
    lastId = last.id();
    status = status(last);
    stoppedAt = last.closes() ? Optional.of(last.at()) : Optional.empty();
    progress = Optional.empty();
  }

  /** Creates an execution whose first event is already in its history. It is not resumed yet. */
  static Execution create(Tools tools, HistoryFile history, HistoryEvent started) {
    Execution execution = new Execution(tools, history, started, started);
    execution.progress = Optional.of(new Progress(started));
    return execution;
  }

  /**
   * Restores an execution from its history. It is not resumed yet.
   *
   * @throws InvalidDefinition if it is open and its definition is no longer supported
   */
  static Execution restore(Tools tools, HistoryFile history) throws IOException {
    HistoryEvent first = HistoryEvent.read(history.lines(1, 1).getFirst());
    HistoryEvent last = HistoryEvent.read(history.lastLine());
    Execution execution = new Execution(tools, history, first, last);
    if (execution.isOpen()) {
      Progress progress = new Progress(first);
      for (String line : history.lines(2, Quotas.MAX_EVENTS)) {
        progress.apply(HistoryEvent.read(line));
      }
      execution.progress = Optional.of(progress);
    }
    return execution;
  }

  private static String status(HistoryEvent last) {
    if (!last.closes()) {
      return "RUNNING";
    }
    return last.type().equals("ExecutionTimedOut")
        ? "TIMED_OUT"
        : last.type().substring("Execution".length()).toUpperCase(Locale.ROOT);
  }

  // ---- control

  /** Starts or continues the execution. */
  synchronized void resume() {
    if (isOpen()) {
      deadline = due().map(time -> timer(time, this::advance));
      tools.clock().after(Duration.ZERO, this::advance);
    }
  }

  /** Stops without an event; a call in flight is made again when the execution is restored. */
  synchronized void halt() {
    halted = true;
    cancelTimers();
  }

  /**
   * Ends an open execution as aborted.
   *
   * @return when the execution ended
   */
  synchronized Instant abort(Map<String, Object> details) {
    if (isOpen()) {
      if (halted) {
        throw new IllegalStateException("the execution is halted");
      }
      append(Branch.ROOT, HistoryEvent.Draft.of("ExecutionAborted", details));
    }
    return stoppedAt.orElseThrow();
  }

  // ---- steps

  private synchronized void advance() {
    try {
      boolean advanced = true;
      while (advanced && isOpen() && !halted) {
        Instant now = tools.clock().now();
        if (due().filter(time -> !now.isBefore(time)).isPresent()) {
          append(
              Branch.ROOT,
              HistoryEvent.Draft.failure(
                  "ExecutionTimedOut", new StateError(StateError.TIMEOUT, Optional.empty())));
          return;
        }
        advanced = false;
        for (Branch branch : current().branches()) {
          advanced |= isOpen() && current().has(branch.path()) && advance(branch, now);
        }
      }
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /** Takes the next step of a branch, if it does not wait; returns whether it may take another. */
  private boolean advance(Branch branch, Instant now) {
    if (pending.containsKey(branch.path())) {
      return false;
    }
    return switch (tools.interpreter().next(branch, now)) {
      case Interpreter.Step.Append(HistoryEvent.Draft draft) -> {
        append(branch.path(), draft);
        yield true;
      }
      case Interpreter.Step.Call(Position.TaskCall taskCall) -> {
        start(branch.path(), taskCall);
        yield false;
      }
      case Interpreter.Step.Await(String child, Instant until) -> {
        await(branch.path(), child, until);
        yield false;
      }
      case Interpreter.Step.WaitUntil(Instant time) -> {
        String path = branch.path();
        pending.put(path, new Pending(0, timer(time, () -> wake(path))));
        yield false;
      }
      case Interpreter.Step.Idle() -> false;
    };
  }

  private synchronized void wake(String path) {
    pending.remove(path);
    advance();
  }

  private Optional<Instant> due() {
    return progress.flatMap(known -> known.definition().timeout()).map(startedAt::plus);
  }

  private StackClock.Timer timer(Instant time, Runnable task) {
    // Clocks have a resolution of a millisecond: rounded up, so that a timer is never early.
    Duration delay = Duration.between(tools.clock().now(), time).plusNanos(999_999);
    return tools.clock().after(delay.truncatedTo(ChronoUnit.MILLIS), task);
  }

  private void cancelTimers() {
    pending.values().forEach(one -> one.timer().cancel());
    pending.clear();
    deadline.ifPresent(StackClock.Timer::cancel);
    deadline = Optional.empty();
  }

  // ---- calls

  private void start(String path, Position.TaskCall taskCall) {
    Duration timeout = Duration.ofSeconds(taskCall.timeoutSeconds());
    long number = pend(path, tools.clock().now().plus(timeout));
    tools
        .clock()
        .after(
            Duration.ZERO,
            () ->
                complete(
                    path,
                    number,
                    switch (taskCall) {
                      case Position.FunctionCall call -> invoke(call, timeout);
                      case Position.ExecutionCall call -> startExecution(call);
                    }));
  }

  /** Registers a call whose timeout is at a time; returns its number. */
  private long pend(String path, Instant timeout) {
    long number = ++calls;
    pending.put(
        path,
        new Pending(
            number, timer(timeout, () -> complete(path, number, new TaskInvoker.TimedOut()))));
    return number;
  }

  private TaskInvoker.Outcome invoke(Position.FunctionCall call, Duration timeout) {
    try {
      return tools.invoker().invoke(call.function(), call.payload(), timeout);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new TaskInvoker.ServiceError("Unknown", "the call was interrupted");
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "failed to call function " + call.function(), e);
      return new TaskInvoker.ServiceError("Unknown", String.valueOf(e.getMessage()));
    }
  }

  private TaskInvoker.Outcome startExecution(Position.ExecutionCall call) {
    Optional<String> refusal = tools.invoker().refusal("StartExecution", call.stateMachineArn());
    if (refusal.isPresent()) {
      return new TaskInvoker.ExecutionRefused("AccessDeniedException", refusal.get());
    }
    try {
      Execution child = tools.children().start(call.stateMachineArn(), call.name(), call.input());
      Map<String, Object> output = new LinkedHashMap<>();
      output.put("ExecutionArn", child.arn());
      output.put("StartDate", child.startedAt().toEpochMilli());
      return new TaskInvoker.Submitted(child.arn(), Json.write(output));
    } catch (ApiError e) {
      return new TaskInvoker.ExecutionRefused(e.type() + "Exception", e.getMessage());
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "failed to start execution " + call.name(), e);
      return new TaskInvoker.ExecutionRefused("SfnException", String.valueOf(e.getMessage()));
    }
  }

  /** Waits for the end of an execution; also one that ended while this one was halted. */
  private void await(String path, String childArn, Instant until) {
    long number = pend(path, until);
    try {
      Optional<Execution> child = tools.children().find(childArn);
      if (child.isPresent()) {
        child.get().onEnd(() -> complete(path, number, result(child.get())));
      } // else its history was deleted, and the task times out
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Calls back, on another thread, when the execution has ended. */
  private synchronized void onEnd(Runnable callback) {
    if (isOpen()) {
      ends.add(callback);
    } else {
      tools.clock().after(Duration.ZERO, callback);
    }
  }

  private TaskInvoker.Outcome result(Execution child) {
    Optional<String> refusal = tools.invoker().refusal("DescribeExecution", child.arn());
    if (refusal.isPresent()) {
      return new TaskInvoker.ExecutionRefused("AccessDeniedException", refusal.get());
    }
    try {
      Map<String, Object> description = new LinkedHashMap<>();
      child
          .described()
          .forEach(
              (name, value) ->
                  description.put(
                      name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1), value));
      if (!"SUCCEEDED".equals(description.get("Status"))) {
        return new TaskInvoker.ExecutionFailed(Json.write(description));
      }
      for (String document : List.of("Input", "Output")) {
        description.put(document, Json.readOwn((String) description.get(document)));
      }
      return new TaskInvoker.ExecutionSucceeded(Json.write(description));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private synchronized void complete(String path, long number, TaskInvoker.Outcome outcome) {
    Pending waits = pending.get(path);
    if (halted || !isOpen() || waits == null || waits.call() != number) {
      return;
    }
    try {
      pending.remove(path);
      waits.timer().cancel();
      Branch branch = current().branch(path);
      if (outcome instanceof TaskInvoker.TimedOut
          && branch.position() instanceof Position.Submitted submitted) {
        stop(submitted.executionArn());
      }
      append(path, tools.interpreter().outcome(branch, outcome, tools.clock().now()));
    } catch (RuntimeException e) {
      fail(e);
      return;
    }
    advance();
  }

  /** Stops an execution that is no longer waited for, as far as that is allowed. */
  private void stop(String childArn) {
    if (tools.invoker().refusal("StopExecution", childArn).isPresent()) {
      return;
    }
    tools
        .clock()
        .after(
            Duration.ZERO,
            () -> {
              try {
                tools.children().find(childArn).ifPresent(child -> child.abort(Map.of()));
              } catch (IOException | IllegalStateException e) {
                LOG.log(System.Logger.Level.WARNING, "failed to stop execution " + childArn, e);
              }
            });
  }

  private void stopChildren(List<Branch> branches) {
    for (Branch branch : branches) {
      if (branch.position() instanceof Position.Submitted submitted) {
        stop(submitted.executionArn());
      }
    }
  }

  // ---- events

  /** Appends an event of a branch, or of the one that the event names. */
  private void append(String path, HistoryEvent.Draft draft) {
    HistoryEvent.Draft appended =
        lastId + 1 >= Quotas.MAX_EVENTS && !draft.closes() ? tooManyEvents() : draft;
    List<Branch> before = current().branches();
    HistoryEvent event =
        new HistoryEvent(
            lastId + 1,
            tools.clock().now(),
            appended.type(),
            appended.details(),
            internal(path, appended));
    String line = event.line();
    try {
      history.append(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Applies what a restart would read.
    current().apply(HistoryEvent.read(line));
    lastId = event.id();
    Progress after = current();
    stopChildren(
        before.stream().filter(branch -> event.closes() || !after.has(branch.path())).toList());
    pending
        .entrySet()
        .removeIf(
            one -> {
              boolean gone = !after.has(one.getKey());
              if (gone) {
                one.getValue().timer().cancel();
              }
              return gone;
            });
    if (event.closes()) {
      status = status(event);
      stoppedAt = Optional.of(event.at());
      progress = Optional.empty();
      cancelTimers();
      ends.forEach(callback -> tools.clock().after(Duration.ZERO, callback));
      ends.clear();
    }
  }

  /** Adds the branch of an event, and the event that it follows, where they are not obvious. */
  private Map<String, Object> internal(String path, HistoryEvent.Draft draft) {
    Map<String, Object> internal = new LinkedHashMap<>(draft.internal());
    if (draft.closes()) {
      return internal;
    }
    if (!path.equals(Branch.ROOT)) {
      internal.putIfAbsent(HistoryEvent.BRANCH, path);
    }
    long previous = current().branch(path).lastId();
    if (previous != lastId) {
      internal.put(HistoryEvent.PREVIOUS, previous);
    }
    return internal;
  }

  private static HistoryEvent.Draft tooManyEvents() {
    return HistoryEvent.Draft.failure(
        "ExecutionFailed",
        new StateError(
            StateError.RUNTIME,
            String.format(
                Locale.ROOT,
                "The execution reached the maximum number of history events (%d).",
                Quotas.MAX_EVENTS)));
  }

  /** Halts if the history cannot be written; ends the execution on any other internal error. */
  private void fail(RuntimeException failure) {
    LOG.log(System.Logger.Level.ERROR, "failed to advance execution " + arn, failure);
    if (failure instanceof UncheckedIOException) {
      halt();
      return;
    }
    try {
      append(
          Branch.ROOT,
          HistoryEvent.Draft.failure(
              "ExecutionFailed", new StateError(StateError.RUNTIME, failure.toString())));
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "failed to write history " + history, e);
      halt();
    }
  }

  private Progress current() {
    return progress.orElseThrow(() -> new IllegalStateException("the execution has ended"));
  }

  // ---- queries

  synchronized boolean isOpen() {
    return stoppedAt.isEmpty();
  }

  String arn() {
    return arn;
  }

  Instant startedAt() {
    return startedAt;
  }

  /** Returns whether it ended longer ago than the service keeps executions. */
  synchronized boolean isPastRetention(Instant now) {
    return stoppedAt.isPresent() && stoppedAt.get().plus(Quotas.RETENTION).isBefore(now);
  }

  /** Deletes its history. */
  void delete() throws IOException {
    history.delete();
  }

  /** Returns the input of the execution. */
  String input() throws IOException {
    return HistoryEvent.read(history.lines(1, 1).getFirst()).detail("input");
  }

  synchronized long lastId() {
    return lastId;
  }

  /** Returns its events {@code from} to {@code to}, inclusive. */
  List<HistoryEvent> events(long from, long to) throws IOException {
    return history.lines(from, to).stream().map(HistoryEvent::read).toList();
  }

  /** Returns the response of {@code DescribeExecution}. */
  synchronized Map<String, Object> described() throws IOException {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("executionArn", arn);
    described.put("name", arn.substring(arn.lastIndexOf(':') + 1));
    described.put("status", status);
    described.put("startDate", Timestamps.seconds(startedAt));
    described.put("input", input());
    if (stoppedAt.isPresent()) {
      described.put("stopDate", Timestamps.seconds(stoppedAt.get()));
      HistoryEvent last = events(lastId, lastId).getFirst();
      for (String detail : List.of("output", "error", "cause")) {
        last.optional(detail).ifPresent(value -> described.put(detail, value));
      }
    }
    return described;
  }
}
