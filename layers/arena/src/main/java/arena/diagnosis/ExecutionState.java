package arena.diagnosis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the history of a run's execution says of how it stands.
 *
 * @param status {@code RUNNING}, {@code SUCCEEDED}, {@code FAILED}, {@code TIMED_OUT} or {@code
 *     ABORTED}
 * @param state the state that it is in, or was in last; empty before the first
 * @param since when it entered that state, or began
 * @param turn the turn that the state plays, if it is one
 * @param attempts how often the state's task was given out, this time included; 0 if it was not
 * @param pending what the state waits for
 * @param pendingSince since when
 * @param lastError what the state's last attempt that failed ended with; of an execution that is
 *     over, what its last failed task ended with
 * @param endError what the execution itself ended with, if it failed
 */
public record ExecutionState(
    String status,
    String state,
    Instant since,
    OptionalInt turn,
    int attempts,
    Pending pending,
    Instant pendingSince,
    Optional<TaskError> lastError,
    Optional<TaskError> endError) {

  /** Most entries of a history that are read: more than any one state writes with its retries. */
  public static final int MAX_ENTRIES = 200;

  private static final JsonMapper MAPPER = new JsonMapper();
  private static final Pattern MESSAGE =
      Pattern.compile("\"errorMessage\":\\s*\"((?:[^\"\\\\]|\\\\.){0,1000})");
  private static final int MAX_MESSAGE = 1_000;

  /** What a state waits for. */
  public enum Pending {
    /** For its task's answer. */
    TASK,
    /** For its task to be given out again, after a failure. */
    RETRY,
    /** For nothing: it moves on. */
    NOTHING
  }

  /**
   * How a task ended, or an execution.
   *
   * @param name the error's name, such as {@code arena.agent.ModelThrottled}
   * @param message without a stack trace
   * @param state in which it happened
   */
  public record TaskError(String name, String message, Instant at, String state) {
    /** The name without its package. */
    public String code() {
      return name.substring(name.lastIndexOf('.') + 1);
    }
  }

  /**
   * An entry of the history.
   *
   * @param type as Step Functions names it, such as {@code TaskFailed}
   * @param state the state that it enters, if it enters one
   * @param input of that state, JSON
   * @param error the error's name, if it is of a failure
   * @param reason the error's cause, if it is of a failure
   */
  public record Entry(
      long id,
      Instant at,
      String type,
      Optional<String> state,
      Optional<String> input,
      Optional<String> error,
      Optional<String> reason) {}

  /** Whether it goes on. */
  public boolean running() {
    return status.equals("RUNNING");
  }

  /** Whether it is in one of the states that end a run. */
  public boolean finalizing() {
    return state.startsWith("Finalize");
  }

  /**
   * Reads a history.
   *
   * @param newestFirst its newest entries, at least one
   */
  public static ExecutionState read(List<Entry> newestFirst) {
    Entry newest = newestFirst.getFirst();
    String status = status(newest);
    String state = "";
    Instant since = newestFirst.getLast().at();
    OptionalInt turn = OptionalInt.empty();
    int attempts = 0;
    Optional<TaskError> lastError = Optional.empty();
    Optional<Entry> decisive = Optional.empty();
    boolean over = !status.equals("RUNNING");
    boolean entered = false;
    for (Entry entry : newestFirst) {
      if (decisive.isEmpty() && !entry.type().startsWith("Execution")) {
        decisive = Optional.of(entry);
      }
      if (entered && !over) {
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
          // a Fail state waits for nothing; what it tells is the failure's own
          if (entry.state().isPresent() && !entered && !entry.type().startsWith("Fail")) {
            entered = true;
            state = entry.state().get();
            since = entry.at();
            turn = turn(entry.input());
          }
        }
      }
      if (entered && over && lastError.isPresent()) {
        break;
      }
    }
    Entry last = decisive.orElse(newest);
    Pending pending =
        over
            ? Pending.NOTHING
            : switch (last.type()) {
              case "TaskScheduled", "TaskStarted" -> Pending.TASK;
              case "TaskFailed", "TaskTimedOut", "EvaluationFailed" -> Pending.RETRY;
              default -> Pending.NOTHING;
            };
    Optional<TaskError> endError =
        over && newest.error().isPresent() ? Optional.of(error(newest, state)) : Optional.empty();
    return new ExecutionState(
        status, state, since, turn, attempts, pending, last.at(), lastError, endError);
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

  /** The state that was entered last before this entry. */
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
   * What a failure's cause says, without a stack trace: a function's error comes as JSON, which the
   * service may have cut off anywhere.
   */
  static String message(String reason) {
    Matcher found = MESSAGE.matcher(reason);
    if (found.find()) {
      try {
        return MAPPER.readTree('"' + found.group(1) + '"').textValue();
      } catch (JsonProcessingException e) {
        return found.group(1);
      }
    }
    boolean object = reason.startsWith("{"); // without a message there is nothing in it to show
    return object ? "" : reason.substring(0, Math.min(reason.length(), MAX_MESSAGE));
  }

  private static OptionalInt turn(Optional<String> input) {
    if (input.isEmpty()) {
      return OptionalInt.empty();
    }
    try {
      JsonNode t = MAPPER.readTree(input.get()).path("t");
      return t.isInt() ? OptionalInt.of(t.intValue()) : OptionalInt.empty();
    } catch (JsonProcessingException e) {
      return OptionalInt.empty();
    }
  }
}
