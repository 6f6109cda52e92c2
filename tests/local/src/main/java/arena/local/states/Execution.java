package arena.local.states;

import arena.local.clock.StackClock;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One execution. While it is open, it takes the steps that the interpreter determines, event by
 * event; a closed one consists of its history and a few dates. Thread-safe.
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

  /** The number of the call in flight, if any; the outcomes of others are ignored. */
  private Optional<Long> call = Optional.empty();

  private long calls;

  private Optional<StackClock.Timer> timer = Optional.empty();
  private Optional<StackClock.Timer> deadline = Optional.empty();
  private boolean halted;

  /**
   * What all executions share.
   *
   * @param invoker invokes the functions
   * @param clock the time and the threads
   * @param interpreter determines the next step
   */
  record Tools(TaskInvoker invoker, StackClock clock, Interpreter interpreter) {}

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
      append(HistoryEvent.Draft.of("ExecutionAborted", details));
    }
    return stoppedAt.orElseThrow();
  }

  // ---- steps

  private synchronized void advance() {
    try {
      while (isOpen() && !halted) {
        Instant now = tools.clock().now();
        if (due().filter(time -> !now.isBefore(time)).isPresent()) {
          append(
              HistoryEvent.Draft.failure(
                  "ExecutionTimedOut", new StateError(StateError.TIMEOUT, Optional.empty())));
          return;
        }
        if (call.isPresent()) {
          return;
        }
        switch (tools.interpreter().next(current(), now)) {
          case Interpreter.Step.Append(HistoryEvent.Draft draft) -> append(draft);
          case Interpreter.Step.Call(Position.TaskCall taskCall) -> start(taskCall);
          case Interpreter.Step.WaitUntil(Instant time) -> {
            setTimer(time, this::advance);
            return;
          }
          case Interpreter.Step.Done() -> {
            return;
          }
        }
      }
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private Optional<Instant> due() {
    return progress.flatMap(known -> known.definition().timeout()).map(startedAt::plus);
  }

  private void setTimer(Instant time, Runnable task) {
    timer.ifPresent(StackClock.Timer::cancel);
    timer = Optional.of(timer(time, task));
  }

  private StackClock.Timer timer(Instant time, Runnable task) {
    // Clocks have a resolution of a millisecond: rounded up, so that a timer is never early.
    Duration delay = Duration.between(tools.clock().now(), time).plusNanos(999_999);
    return tools.clock().after(delay.truncatedTo(ChronoUnit.MILLIS), task);
  }

  private void cancelTimers() {
    timer.ifPresent(StackClock.Timer::cancel);
    deadline.ifPresent(StackClock.Timer::cancel);
    timer = Optional.empty();
    deadline = Optional.empty();
  }

  // ---- calls

  private void start(Position.TaskCall taskCall) {
    long number = ++calls;
    call = Optional.of(number);
    Duration timeout = Duration.ofSeconds(taskCall.timeoutSeconds());
    setTimer(tools.clock().now().plus(timeout), () -> complete(number, new TaskInvoker.TimedOut()));
    tools.clock().after(Duration.ZERO, () -> complete(number, invoke(taskCall, timeout)));
  }

  private TaskInvoker.Outcome invoke(Position.TaskCall taskCall, Duration timeout) {
    try {
      return tools.invoker().invoke(taskCall.function(), taskCall.payload(), timeout);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new TaskInvoker.ServiceError("Unknown", "the call was interrupted");
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "failed to call function " + taskCall.function(), e);
      return new TaskInvoker.ServiceError("Unknown", String.valueOf(e.getMessage()));
    }
  }

  private synchronized void complete(long number, TaskInvoker.Outcome outcome) {
    if (halted || !isOpen() || !call.equals(Optional.of(number))) {
      return;
    }
    try {
      call = Optional.empty();
      timer.ifPresent(StackClock.Timer::cancel);
      append(tools.interpreter().outcome(current(), outcome, tools.clock().now()));
    } catch (RuntimeException e) {
      fail(e);
      return;
    }
    advance();
  }

  // ---- events

  private void append(HistoryEvent.Draft draft) {
    HistoryEvent.Draft appended =
        lastId + 1 >= Quotas.MAX_EVENTS && !draft.closes() ? tooManyEvents() : draft;
    HistoryEvent event =
        new HistoryEvent(
            lastId + 1,
            tools.clock().now(),
            appended.type(),
            appended.details(),
            appended.internal());
    String line = event.line();
    try {
      history.append(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // Applies what a restart would read.
    current().apply(HistoryEvent.read(line));
    lastId = event.id();
    if (event.closes()) {
      status = status(event);
      stoppedAt = Optional.of(event.at());
      progress = Optional.empty();
      call = Optional.empty();
      cancelTimers();
    }
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
