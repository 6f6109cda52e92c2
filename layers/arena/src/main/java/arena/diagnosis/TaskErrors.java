package arena.diagnosis;

import arena.codec.Timestamps;
import arena.run.Run;
import java.util.List;
import java.util.Optional;

/** The errors of tasks, by their names: what they mean, and how they are told. */
final class TaskErrors {
  /** In what Redis says when it takes no more connections. */
  static final String EXHAUSTED = "max number of clients reached";

  private TaskErrors() {}

  /** What the state that the execution is in failed with before, if it did. */
  static Optional<ExecutionState.TaskError> current(Facts facts) {
    return facts.playing().flatMap(ExecutionState::lastError);
  }

  /** The cause that a model's error is, by its name. */
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

  static String modelSentence(Cause cause, Run run, String does) {
    String what =
        switch (cause) {
          case MODEL_HANGS -> "does not answer within its time";
          case MODEL_THROTTLES -> "takes no more calls for now";
          case MODEL_OVERLOADED -> "has too much to do, or fails";
          case MODEL_UNREACHABLE -> "cannot be reached";
          case MODEL_REFUSES -> "refuses: the key, the model's name or the request is wrong";
          default -> "answers what is no list of actions";
        };
    return "The model %s %s, which %s the run.".formatted(run.profile().model(), what, does);
  }

  /** Whether an error says that a task's process is gone or was out of time. */
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
