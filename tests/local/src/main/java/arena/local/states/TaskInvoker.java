package arena.local.states;

import java.time.Duration;
import java.util.Objects;

/** Calls the functions that tasks name. */
public interface TaskInvoker {
  /**
   * Calls a function and waits for its answer, on a thread of the caller's own.
   *
   * @param function its name or ARN
   * @param payload the event, as JSON
   * @param timeout after this the answer is of no use to anyone
   * @throws InterruptedException if the thread is interrupted meanwhile
   */
  Outcome invoke(String function, String payload, Duration timeout) throws InterruptedException;

  /** What came of a call. */
  sealed interface Outcome permits Answer, FunctionError, ServiceError, TimedOut {}

  /**
   * The function answered.
   *
   * @param payload what it answered, as JSON
   */
  record Answer(String payload) implements Outcome {
    /** Refuses a missing payload: a function that answers nothing answers {@code null} in JSON. */
    public Answer {
      Objects.requireNonNull(payload);
    }
  }

  /**
   * The function failed. It ran, and what it did stays done.
   *
   * @param payload Lambda's error document: a JSON object with {@code errorType}, {@code
   *     errorMessage} and {@code stackTrace}. A function that took longer than its own time-out has
   *     the type {@code Sandbox.Timedout}
   */
  record FunctionError(String payload) implements Outcome {
    /** Refuses a missing payload. */
    public FunctionError {
      Objects.requireNonNull(payload);
    }
  }

  /**
   * Lambda did not run the function.
   *
   * @param name the error without its prefix, such as {@code TooManyRequestsException}
   * @param message what Lambda said
   */
  record ServiceError(String name, String message) implements Outcome {
    /** Refuses missing parts. */
    public ServiceError {
      Objects.requireNonNull(name);
      Objects.requireNonNull(message);
    }
  }

  /** There was no answer in time. The function may go on. */
  record TimedOut() implements Outcome {}
}
