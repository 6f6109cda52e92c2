package arena.diagnosis;

import arena.codec.Timestamps;
import arena.error.ErrorKind;
import arena.run.Run;
import java.util.List;
import java.util.Optional;

/** Maps task errors to causes. */
final class TaskErrors {
  private TaskErrors() {}

  /** The error of the current state's previous attempt. */
  static Optional<ExecutionState.TaskError> current(Facts facts) {
    return facts.runningExecution().flatMap(ExecutionState::lastError);
  }

  /** Maps a model's error to its cause. */
  static Optional<Cause> modelCause(ErrorKind error) {
    return switch (error) {
      case MODEL_TIMED_OUT -> Optional.of(Cause.MODEL_HANGS);
      case MODEL_THROTTLED -> Optional.of(Cause.MODEL_THROTTLES);
      case MODEL_OVERLOADED -> Optional.of(Cause.MODEL_OVERLOADED);
      case MODEL_UNREACHABLE -> Optional.of(Cause.MODEL_UNREACHABLE);
      case MODEL_REFUSED -> Optional.of(Cause.MODEL_REFUSES);
      case MODEL_MALFORMED -> Optional.of(Cause.MODEL_ANSWERS_NO_ACTIONS);
      default -> Optional.empty();
    };
  }

  static String modelSentence(Cause cause, Run run, String effect) {
    String what =
        switch (cause) {
          case MODEL_HANGS -> "does not answer within its timeout";
          case MODEL_THROTTLES -> "throttles calls";
          case MODEL_OVERLOADED -> "is overloaded or failing";
          case MODEL_UNREACHABLE -> "cannot be reached";
          case MODEL_REFUSES ->
              "rejects the call because the key, the model name or the request is wrong";
          default -> "does not answer with a list of actions";
        };
    return "The model %s %s, which %s the run.".formatted(run.profile().model(), what, effect);
  }

  /**
   * Whether an error of Lambda or Step Functions means that a task's process exited or timed out.
   *
   * @param name its code, also with the service before it
   */
  static boolean isLost(String name) {
    return switch (name) {
      case "Runtime.ExitError",
          "ExitError",
          "Lambda.Unknown",
          "Lambda.ServiceException",
          "Lambda.ClientExecutionTimeoutException" ->
          true;
      default -> ErrorKind.of(name) == ErrorKind.TIMED_OUT;
    };
  }

  static List<Evidence> evidence(ExecutionState.TaskError error) {
    return evidence("execution.last_error", error);
  }

  static List<Evidence> evidence(String fact, ExecutionState.TaskError error) {
    String message = error.message().isEmpty() ? "" : ": " + error.message();
    return List.of(
        Evidence.of(fact, error.name() + message),
        Evidence.of(fact + "_at", Timestamps.write(error.at())));
  }
}
