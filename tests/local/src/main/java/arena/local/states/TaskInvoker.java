package arena.local.states;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;

/** Invokes the functions of tasks. */
public interface TaskInvoker {
  /**
   * Invokes a function and waits for its response.
   *
   * @param function its name or ARN
   * @param payload the event, as JSON
   * @param timeout how long the caller waits
   * @throws InterruptedException if the thread is interrupted while it waits
   */
  Outcome invoke(String function, String payload, Duration timeout) throws InterruptedException;

  /**
   * Returns why the state machine may not make a call of Step Functions, if it may not.
   *
   * @param operation such as {@code StartExecution}
   * @param resource the ARN of the state machine or the execution
   */
  default Optional<String> refusal(String operation, String resource) {
    return Optional.empty();
  }

  /** The outcome of a call, or of a part of one. */
  sealed interface Outcome
      permits Success,
          FunctionError,
          ServiceError,
          Submitted,
          ExecutionSucceeded,
          ExecutionFailed,
          ExecutionRefused,
          TimedOut {}

  /**
   * An execution was started, whose end is waited for.
   *
   * @param output the response, as JSON
   */
  record Submitted(String executionArn, String output) implements Outcome {}

  /**
   * The execution that was waited for has succeeded.
   *
   * @param output its description with its output, as JSON
   */
  record ExecutionSucceeded(String output) implements Outcome {}

  /**
   * The execution that was waited for has failed, was stopped, or timed out.
   *
   * @param description its description, as JSON
   */
  record ExecutionFailed(String description) implements Outcome {}

  /**
   * The execution was not started.
   *
   * @param name the error without its prefix, such as {@code ExecutionAlreadyExistsException}
   */
  record ExecutionRefused(String name, String message) implements Outcome {}

  /**
   * The function responded.
   *
   * @param payload the response, as JSON; {@code null} in JSON if there is none
   */
  record Success(String payload) implements Outcome {
    /** Rejects a missing payload. */
    public Success {
      Objects.requireNonNull(payload);
    }
  }

  /**
   * The function ran and failed. Its effects remain.
   *
   * @param payload Lambda's error document: a JSON object with {@code errorType}, {@code
   *     errorMessage} and {@code stackTrace}. The type is {@code Sandbox.Timedout} if the function
   *     reached its own timeout
   */
  record FunctionError(String payload) implements Outcome {
    /** Rejects a missing payload. */
    public FunctionError {
      Objects.requireNonNull(payload);
    }
  }

  /**
   * Lambda did not run the function.
   *
   * @param name the error without its prefix, such as {@code TooManyRequestsException}
   * @param message Lambda's message
   */
  record ServiceError(String name, String message) implements Outcome {
    /** Rejects missing parts. */
    public ServiceError {
      Objects.requireNonNull(name);
      Objects.requireNonNull(message);
    }
  }

  /** There was no response within the timeout. The function may still be running. */
  record TimedOut() implements Outcome {}
}
