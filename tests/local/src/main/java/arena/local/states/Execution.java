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
 * One execution. While it is open it does what the interpreter says, event by event; once closed it
 * is no more than its history and a few dates.
 */
final class Execution {
  private static final System.Logger LOG = System.getLogger(Execution.class.getName());

  private final Tools tools;
  private final History history;
  private final String arn;
  private final String stateMachineArn;
  private final Instant startedAt;

  private Optional<Progress> progress;
  private long lastId;
  private String status;
  private Optional<Instant> stoppedAt;

  /** The call under way, if any; answers of any other come too late. */
  private Optional<Long> call = Optional.empty();

  private long calls;

  private Optional<StackClock.Alarm> timer = Optional.empty();
  private Optional<StackClock.Alarm> deadline = Optional.empty();
  private boolean halted;

  /**
   * What executions share.
   *
   * @param invoker calls the functions
   * @param clock the time, and the threads
   * @param interpreter says what is next
   */
  record Tools(TaskInvoker invoker, StackClock clock, Interpreter interpreter) {}

  private Execution(Tools tools, History history, Event first, Event last) {
    this.tools = tools;
    this.history = history;
    arn = (String) first.beside().get(Event.ARN);
    stateMachineArn = (String) first.beside().get(Event.STATE_MACHINE_ARN);
    startedAt = first.at();
    lastId = last.id();
    status = status(last);
    stoppedAt = last.closes() ? Optional.of(last.at()) : Optional.empty();
    progress = Optional.empty();
  }

  /** A new execution, its first event, {@code started}, written. It does not move yet. */
  static Execution begin(Tools tools, History history, Event started) {
    Execution execution = new Execution(tools, history, started, started);
    execution.progress = Optional.of(new Progress(started));
    return execution;
  }

  /**
   * An execution from its history. It does not move yet.
   *
   * @throws DefinitionRefused if it is open and its definition is not supported any more
   */
  static Execution restore(Tools tools, History history) throws IOException {
    Event first = Event.read(history.lines(1, 1).getFirst());
    Execution execution = new Execution(tools, history, first, Event.read(history.lastLine()));
    if (execution.isOpen()) {
      Progress progress = new Progress(first);
      for (String line : history.lines(2, Quotas.MAX_EVENTS)) {
        progress.apply(Event.read(line));
      }
      execution.progress = Optional.of(progress);
    }
    return execution;
  }

  private static String status(Event last) {
    return last.closes()
        ? switch (last.type()) {
          case "ExecutionTimedOut" -> "TIMED_OUT";
          default -> last.type().substring("Execution".length()).toUpperCase(Locale.ROOT);
        }
        : "RUNNING";
  }

  /** Begins to move, or goes on. */
  synchronized void resume() {
    if (isOpen()) {
      deadline = due().map(when -> alarm(when, this::advance));
      tools.clock().after(Duration.ZERO, this::advance);
    }
  }

  /** Stands still for good; what is under way is done again when it is restored. */
  synchronized void halt() {
    halted = true;
    cancelTimers();
  }

  /**
   * Ends it as aborted, unless it has ended.
   *
   * @return when it ended
   */
  synchronized Instant abort(Map<String, Object> details) {
    if (isOpen()) {
      if (halted) {
        throw new IllegalStateException("the execution stands still");
      }
      write(Event.Draft.of("ExecutionAborted", details));
    }
    return stoppedAt.orElseThrow();
  }

  private synchronized void advance() {
    try {
      while (isOpen() && !halted) {
        Instant now = tools.clock().now();
        if (due().filter(when -> !now.isBefore(when)).isPresent()) {
          write(
              Event.Draft.failure(
                  "ExecutionTimedOut", new StateError(StateError.TIMEOUT, Optional.empty())));
          return;
        }
        if (call.isPresent()) {
          return;
        }
        switch (tools.interpreter().next(current(), now)) {
          case Interpreter.Step.Write(Event.Draft draft) -> write(draft);
          case Interpreter.Step.Make(Position.Call made) -> make(made);
          case Interpreter.Step.Await(Instant until) -> {
            await(until, this::advance);
            return;
          }
          case Interpreter.Step.Over() -> {
            return;
          }
        }
      }
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  private Optional<Instant> due() {
    return progress.flatMap(known -> known.program().timeout()).map(startedAt::plus);
  }

  private void await(Instant until, Runnable work) {
    timer.ifPresent(StackClock.Alarm::cancel);
    timer = Optional.of(alarm(until, work));
  }

  private StackClock.Alarm alarm(Instant when, Runnable work) {
    // Clocks wake by the millisecond: rather a part of one late than early.
    Duration delay = Duration.between(tools.clock().now(), when).plusNanos(999_999);
    return tools.clock().after(delay.truncatedTo(ChronoUnit.MILLIS), work);
  }

  private void make(Position.Call made) {
    long number = ++calls;
    call = Optional.of(number);
    Duration timeout = Duration.ofSeconds(made.timeoutSeconds());
    await(tools.clock().now().plus(timeout), () -> timeOut(number));
    tools.clock().after(Duration.ZERO, () -> answer(number, invoke(made, timeout)));
  }

  private TaskInvoker.Outcome invoke(Position.Call made, Duration timeout) {
    try {
      return tools.invoker().invoke(made.function(), made.payload(), timeout);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new TaskInvoker.ServiceError("Unknown", "the call was interrupted");
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.WARNING, "a call of " + made.function() + " failed", e);
      return new TaskInvoker.ServiceError("Unknown", String.valueOf(e.getMessage()));
    }
  }

  private synchronized void answer(long number, TaskInvoker.Outcome outcome) {
    take(number, now -> tools.interpreter().outcome(current(), outcome, now));
  }

  private synchronized void timeOut(long number) {
    take(number, now -> tools.interpreter().outcome(current(), new TaskInvoker.TimedOut(), now));
  }

  /** What an instant makes of a call. */
  private interface Ending {
    Event.Draft at(Instant now);
  }

  private void take(long number, Ending ending) {
    if (halted || !isOpen() || !call.equals(Optional.of(number))) {
      return;
    }
    try {
      call = Optional.empty();
      timer.ifPresent(StackClock.Alarm::cancel);
      write(ending.at(tools.clock().now()));
    } catch (RuntimeException e) {
      fail(e);
      return;
    }
    advance();
  }

  private void write(Event.Draft draft) {
    if (lastId + 1 >= Quotas.MAX_EVENTS && !draft.closes()) {
      draft =
          Event.Draft.failure(
              "ExecutionFailed",
              new StateError(
                  StateError.RUNTIME,
                  String.format(
                      Locale.ROOT,
                      "The execution reached the maximum number of history events (%d).",
                      Quotas.MAX_EVENTS)));
    }
    Event event =
        new Event(lastId + 1, tools.clock().now(), draft.type(), draft.details(), draft.beside());
    String line = event.line();
    try {
      history.append(line);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    // What goes on in memory is what a restart would read.
    current().apply(Event.read(line));
    lastId = event.id();
    if (event.closes()) {
      status = status(event);
      stoppedAt = Optional.of(event.at());
      progress = Optional.empty();
      call = Optional.empty();
      cancelTimers();
    }
  }

  /** Stops what cannot be written, and ends what this interpreter stumbles over. */
  private void fail(RuntimeException failure) {
    LOG.log(System.Logger.Level.ERROR, "the execution " + arn + " stumbled", failure);
    if (failure instanceof UncheckedIOException) {
      halt();
      return;
    }
    try {
      write(
          Event.Draft.failure(
              "ExecutionFailed", new StateError(StateError.RUNTIME, failure.toString())));
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "its failure could not be written to " + history, e);
      halt();
    }
  }

  private void cancelTimers() {
    timer.ifPresent(StackClock.Alarm::cancel);
    deadline.ifPresent(StackClock.Alarm::cancel);
    timer = Optional.empty();
    deadline = Optional.empty();
  }

  private Progress current() {
    return progress.orElseThrow(() -> new IllegalStateException("the execution is over"));
  }

  synchronized boolean isOpen() {
    return stoppedAt.isEmpty();
  }

  String arn() {
    return arn;
  }

  String name() {
    return arn.substring(arn.lastIndexOf(':') + 1);
  }

  String stateMachineArn() {
    return stateMachineArn;
  }

  Instant startedAt() {
    return startedAt;
  }

  synchronized String status() {
    return status;
  }

  /** Whether it ended so long ago that the service knows it no more. */
  synchronized boolean isForgotten(Instant now) {
    return stoppedAt.isPresent() && stoppedAt.get().plus(Quotas.RETENTION).isBefore(now);
  }

  /** Removes its history. */
  void forget() throws IOException {
    history.delete();
  }

  /** The input, as it was given. */
  String input() throws IOException {
    return Event.read(history.lines(1, 1).getFirst()).detail("input");
  }

  synchronized long lastId() {
    return lastId;
  }

  /** Its events {@code from} to {@code to}, both included. */
  List<Event> events(long from, long to) throws IOException {
    return history.lines(from, to).stream().map(Event::read).toList();
  }

  /** As a list of executions shows it. */
  synchronized Map<String, Object> listed() {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("executionArn", arn);
    shown.put("stateMachineArn", stateMachineArn);
    shown.put("name", name());
    shown.put("status", status);
    shown.put("startDate", Timestamps.seconds(startedAt));
    stoppedAt.ifPresent(at -> shown.put("stopDate", Timestamps.seconds(at)));
    shown.put("redriveCount", 0);
    return shown;
  }

  /** As a description shows it. */
  synchronized Map<String, Object> described() throws IOException {
    Map<String, Object> shown = listed();
    shown.put("redriveStatus", "NOT_REDRIVABLE");
    shown.put("redriveStatusReason", "executions cannot be redriven here");
    shown.put("input", input());
    shown.put("inputDetails", Map.of("included", true));
    if (!isOpen()) {
      Event last = events(lastId, lastId).getFirst();
      last.optional("output")
          .ifPresent(
              output -> {
                shown.put("output", output);
                shown.put("outputDetails", Map.of("included", true));
              });
      last.optional("error").ifPresent(error -> shown.put("error", error));
      last.optional("cause").ifPresent(cause -> shown.put("cause", cause));
    }
    return shown;
  }
}
