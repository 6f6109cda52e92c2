package arena.simulation.cloud;

import arena.simulation.Trace;
import arena.simulation.faults.Event;
import arena.simulation.faults.FaultInjector;
import arena.simulation.scheduler.Scheduler;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;

/** Performs task states: Lambda invocations with the faults of Step Functions, and the retries. */
final class TaskInvoker {
  private static final long SECOND = 1_000_000;

  private final Lambda lambda;
  private final Scheduler scheduler;
  private final FaultInjector faults;
  private final Random random;
  private final Trace trace;

  TaskInvoker(
      Lambda lambda, Scheduler scheduler, FaultInjector faults, Random random, Trace trace) {
    this.lambda = lambda;
    this.scheduler = scheduler;
    this.faults = faults;
    this.random = random;
    this.trace = trace;
  }

  /** The result of a task. */
  record Result(Object value, int retries) {}

  /** A task failed with an error that is not retried any more. */
  static final class TaskFailed extends Exception {
    private final String error;

    private TaskFailed(String error, String cause) {
      super(cause, null, false, false);
      this.error = error;
    }

    String error() {
      return error;
    }
  }

  /**
   * Invokes a function, with retries.
   *
   * @param execution its name in the trace
   */
  Result invoke(String execution, TaskState task, Function function, Supplier<?> body)
      throws TaskFailed {
    return retry(task, () -> invokeOnce(execution, task, function, body));
  }

  /** Attempts a task until it succeeds, or its error is not retried any more. */
  Result retry(TaskState task, Supplier<Outcome> attempt) throws TaskFailed {
    int[] attempts = new int[task.retriers().size()];
    while (true) {
      switch (attempt.get()) {
        case Outcome.Answer(Object value) -> {
          return new Result(value, Arrays.stream(attempts).sum());
        }
        case Outcome.Failure(String error, String message) -> {
          int retrier = task.retrierOf(error);
          if (retrier < 0 || attempts[retrier] >= task.retriers().get(retrier).maxAttempts()) {
            throw new TaskFailed(error, message);
          }
          scheduler.sleep(
              task.retriers().get(retrier).delay(attempts[retrier], random.nextDouble()));
          attempts[retrier]++;
        }
      }
    }
  }

  private Outcome invokeOnce(
      String execution, TaskState task, Function function, Supplier<?> body) {
    if (faults.occurs(Event.TASK_THROTTLED, 1)) {
      return new Outcome.Failure("Lambda.TooManyRequestsException", "");
    }
    if (faults.occurs(Event.TASK_FAILED_BEFORE_START, 1)) {
      return new Outcome.Failure("Lambda.ServiceException", "");
    }
    if (faults.occurs(Event.TASK_INVOKED_TWICE, 1)) {
      trace.note(execution, function.label() + " invoked twice");
      lambda.start(function, body);
    }
    if (faults.occurs(Event.TASK_DELAYED, 0.5)) {
      long delay = random.nextLong(60, 4_000) * SECOND;
      trace.note(
          execution,
          function.label() + String.format(Locale.ROOT, " invoked again in %d s", delay / SECOND));
      scheduler.at(scheduler.now() + delay, () -> lambda.start(function, body));
    }
    if (faults.occurs(Event.TASK_RESPONSE_LOST, 1)) {
      lambda.start(function, body);
      scheduler.sleep(task.timeout());
      return new Outcome.Failure("States.Timeout", "");
    }
    return lambda.invoke(function, body, task.timeout());
  }
}
