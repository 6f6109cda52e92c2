package arena.diagnosis;

import arena.error.ErrorKind;
import arena.json.Json;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The state of a run's execution, derived from its history.
 *
 * @param status {@code RUNNING}, {@code SUCCEEDED}, {@code FAILED}, {@code TIMED_OUT} or {@code
 *     ABORTED}
 * @param state the current or last state; empty before the first
 * @param since when the state was entered, or the execution started
 * @param turn the turn that the state plays, if any
 * @param attempts how often the state's task was scheduled, including the current attempt
 * @param pending what the state is waiting for
 * @param pendingSince since when it is waiting
 * @param pendingUntil the end of a {@link Pending#WAIT}
 * @param lastError error of the state's last failed attempt, or the error that a wait follows, or
 *     of the last failed task if the execution has ended
 * @param endError error that the execution ended with, if it failed
 */
public record ExecutionState(
    String status,
    String state,
    Instant since,
    OptionalInt turn,
    int attempts,
    Pending pending,
    Instant pendingSince,
    Optional<Instant> pendingUntil,
    Optional<TaskError> lastError,
    Optional<TaskError> endError) {

  /** Maximum number of history entries read; more than one state writes with all its retries. */
  public static final int MAX_ENTRIES = 200;

  private static final Pattern MESSAGE =
      Pattern.compile("\"errorMessage\":\\s*\"((?:[^\"\\\\]|\\\\.){0,1000})");
  private static final int MAX_MESSAGE = 1_000;

  /** What a state is waiting for. */
  public enum Pending {
    /** The task's result. */
    TASK,
    /** The next attempt after a failure. */
    RETRY,
    /** The end of the time that the model's service asked to wait. */
    WAIT,
    /** Nothing; the state is in transition. */
    NOTHING
  }

  /**
   * The error of a task or an execution.
   *
   * @param name such as {@code arena.agent.ModelThrottled}
   * @param message without the stack trace
   * @param state the state in which it occurred
   */
  public record TaskError(String name, String message, Instant at, String state) {
    /** The error's code, such as {@code ModelThrottled}. */
    public String code() {
      return ErrorKind.codeOf(name, message);
    }

    /** The error that the code stands for. */
    public ErrorKind kind() {
      return ErrorKind.of(code());
    }
  }

  /**
   * An entry of the execution history.
   *
   * @param type the event type, such as {@code TaskFailed}
   * @param state the entered state, if any
   * @param input the entered state's input, as JSON
   * @param error the error's name, for failures
   * @param reason the error's cause, for failures
   */
  public record Entry(
      long id,
      Instant at,
      String type,
      Optional<String> state,
      Optional<String> input,
      Optional<String> error,
      Optional<String> reason) {}

  /** Whether the execution is running. */
  public boolean running() {
    return status.equals("RUNNING");
  }

  /** Whether the state is one of those that finalize the run. */
  public boolean finalizing() {
    return state.startsWith("Finalize");
  }

  /**
   * Derives the state from a history.
   *
   * @param newestFirst the newest entries; at least one
   */
  public static ExecutionState read(List<Entry> newestFirst) {
    Entry newest = newestFirst.getFirst();
    String status = status(newest);
    String state = "";
    Instant since = newestFirst.getLast().at();
    OptionalInt turn = OptionalInt.empty();
    int attempts = 0;
    Optional<TaskError> lastError = Optional.empty();
    Optional<Instant> until = Optional.empty();
    Optional<Entry> decisive = Optional.empty();
    boolean ended = !status.equals("RUNNING");
    boolean entered = false;
    for (Entry entry : newestFirst) {
      if (decisive.isEmpty() && !entry.type().startsWith("Execution")) {
        decisive = Optional.of(entry);
      }
      if (entered && !ended) {
        break;
      }
      switch (entry.type()) {
        case "TaskScheduled" -> {
          if (!entered) {
            attempts++;
          }
        }
        case "TaskFailed", "TaskTimedOut", "EvaluationFailed" -> {
          if (lastError.isEmpty()) {
            lastError = Optional.of(error(entry, stateOf(entry, newestFirst)));
          }
        }
        default -> {
          // a Fail state only repeats the failure
          if (entry.state().isPresent() && !entered && !entry.type().startsWith("Fail")) {
            entered = true;
            state = entry.state().get();
            since = entry.at();
            turn = turn(entry.input());
            if (entry.type().equals("WaitStateEntered")) {
              JsonNode wait = input(entry.input()).path("wait");
              until = Optional.of(since.plusSeconds(wait.path("seconds").asLong(0)));
              lastError = lastError.or(() -> waitError(wait, entry));
            }
          }
        }
      }
      if (entered && ended && lastError.isPresent()) {
        break;
      }
    }
    Entry last = decisive.orElse(newest);
    Pending pending =
        ended
            ? Pending.NOTHING
            : switch (last.type()) {
              case "TaskScheduled", "TaskStarted" -> Pending.TASK;
              case "TaskFailed", "TaskTimedOut", "EvaluationFailed" -> Pending.RETRY;
              case "WaitStateEntered" -> Pending.WAIT;
              default -> Pending.NOTHING;
            };
    Optional<TaskError> endError =
        ended && newest.error().isPresent() ? Optional.of(error(newest, state)) : Optional.empty();
    return new ExecutionState(
        status, state, since, turn, attempts, pending, last.at(), until, lastError, endError);
  }

  private static String status(Entry newest) {
    return switch (newest.type()) {
      case "ExecutionSucceeded" -> "SUCCEEDED";
      case "ExecutionFailed" -> "FAILED";
      case "ExecutionTimedOut" -> "TIMED_OUT";
      case "ExecutionAborted" -> "ABORTED";
      default -> "RUNNING";
    };
  }

  /** The state that was current at this entry. */
  private static String stateOf(Entry entry, List<Entry> newestFirst) {
    return newestFirst.stream()
        .filter(other -> other.id() < entry.id())
        .flatMap(other -> other.state().stream())
        .findFirst()
        .orElse("");
  }

  private static TaskError error(Entry entry, String state) {
    return new TaskError(
        entry.error().orElse(entry.type().equals("TaskTimedOut") ? "States.Timeout" : "Unknown"),
        message(entry.reason().orElse("")),
        entry.at(),
        state);
  }

  /**
   * Extracts the message of a failure's cause, without the stack trace. A function's error is JSON
   * that the service may have truncated.
   */
  static String message(String reason) {
    Matcher found = MESSAGE.matcher(reason);
    if (found.find()) {
      try {
        return Json.read('"' + found.group(1) + '"').textValue();
      } catch (JsonProcessingException e) {
        return found.group(1);
      }
    }
    boolean object = reason.startsWith("{"); // JSON without errorMessage has nothing to show
    return object ? "" : reason.substring(0, Math.min(reason.length(), MAX_MESSAGE));
  }

  private static OptionalInt turn(Optional<String> input) {
    JsonNode t = input(input).path("t");
    return t.isInt() ? OptionalInt.of(t.intValue()) : OptionalInt.empty();
  }

  /** The input, or a missing node if it cannot be read. */
  private static JsonNode input(Optional<String> input) {
    try {
      return Json.read(input.orElse("null"));
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  private static Optional<TaskError> waitError(JsonNode wait, Entry entry) {
    return wait.has("error")
        ? Optional.of(
            new TaskError(
                wait.path("error").asText(),
                wait.path("message").asText(""),
                entry.at(),
                entry.state().orElse("")))
        : Optional.empty();
  }
}
