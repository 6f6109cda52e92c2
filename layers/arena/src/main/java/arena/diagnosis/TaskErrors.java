package arena.diagnosis;

import arena.codec.Timestamps;
import arena.run.Run;
import java.util.List;
import java.util.Optional;

/** Classifies task errors by name. */
final class TaskErrors {
  /** Part of Redis's error message when its connection limit is reached. */
  static final String EXHAUSTED = "max number of clients reached";

  private TaskErrors() {}

  /** The error of the current state's previous attempt. */
  static Optional<ExecutionState.TaskError> current(Facts facts) {
    return facts.runningExecution().flatMap(ExecutionState::lastError);
  }

  /** Maps a model error's code to its cause. */
  static Optional<Cause> modelCause(String code) {
    return switch (code) {
      case "ModelTimedOut" -> Optional.of(Cause.MODEL_HANGS);
      case "ModelThrottled" -> Optional.of(Cause.MODEL_THROTTLES);
      case "ModelOverloaded" -> Optional.of(Cause.MODEL_OVERLOADED);
      case "ModelUnreachable" -> Optional.of(Cause.MODEL_UNREACHABLE);
      case "ModelRefused" -> Optional.of(Cause.MODEL_REFUSES);
      case "ModelMalformed" -> Optional.of(Cause.MODEL_ANSWERS_NO_ACTIONS);
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

  /** Whether an error means that a task's process exited or timed out. */
  static boolean isLost(String name) {
    return switch (name) {
      case "States.Timeout",
          "Timeout",
          "Sandbox.Timedout",
          "Timedout",
          "Runtime.ExitError",
          "ExitError",
          "Lambda.Unknown",
          "Lambda.ServiceException",
          "Lambda.ClientExecutionTimeoutException" ->
          true;
      default -> false;
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
