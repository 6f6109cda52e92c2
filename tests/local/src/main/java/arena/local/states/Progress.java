package arena.local.states;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The state of an open execution, computed from its events. Nothing else changes it, so an
 * execution that is restored from its history continues as if it had never stopped.
 */
final class Progress {
  private final Definition definition;
  private final String arn;
  private Position position;
  private Optional<State> state = Optional.empty();
  private Object stateInput;
  private Instant enteredAt;
  private final List<Integer> attempts = new ArrayList<>();
  private long lastId;

  /**
   * Starts with the first event.
   *
   * @throws InvalidDefinition if the definition in the event is no longer supported
   */
  Progress(HistoryEvent started) {
    definition = DefinitionReader.read((String) started.internal().get(HistoryEvent.DEFINITION));
    arn = (String) started.internal().get(HistoryEvent.ARN);
    position = new Position.Entering(definition.startAt(), Json.readOwn(started.detail("input")));
    lastId = started.id();
    enteredAt = started.at();
  }

  /** Applies the next event. */
  void apply(HistoryEvent event) {
    if (event.id() != lastId + 1) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "event %d after %d", event.id(), lastId));
    }
    lastId = event.id();
    String type = event.type();
    if (event.closes()) {
      position = new Position.Ended();
    } else if (type.endsWith("StateEntered")) {
      enter(event);
    } else if (type.endsWith("StateExited")) {
      exit(event);
    } else {
      position =
          switch (type) {
            case "TaskScheduled" -> new Position.Scheduled(call(event));
            case "TaskStarted" -> new Position.Running(((Position.Scheduled) position).call());
            case "TaskSucceeded" -> new Position.Succeeded(Json.readOwn(event.detail("output")));
            case "TaskFailed", "TaskTimedOut", "EvaluationFailed" -> failed(event);
            default -> throw new IllegalStateException("unknown event type " + type);
          };
    }
  }

  private void enter(HistoryEvent event) {
    State entered = definition.state(event.detail("name"));
    state = Optional.of(entered);
    stateInput = Json.readOwn(event.detail("input"));
    enteredAt = event.at();
    attempts.clear();
    if (entered instanceof State.Task task) {
      task.retriers().forEach(_ -> attempts.add(0));
    }
    position = new Position.Entered();
  }

  private void exit(HistoryEvent event) {
    Object output = Json.readOwn(event.detail("output"));
    position =
        event.internal().get(HistoryEvent.NEXT) instanceof String next
            ? new Position.Entering(next, output)
            : new Position.Finishing(output);
  }

  private Position failed(HistoryEvent event) {
    if (!(event.internal().get(HistoryEvent.RETRIER) instanceof Integer retrier)) {
      return new Position.Failed(event.failure());
    }
    attempts.set(retrier, attempts.get(retrier) + 1);
    return new Position.Retrying(
        Instant.parse((String) event.internal().get(HistoryEvent.RETRY_AT)));
  }

  private static Position.TaskCall call(HistoryEvent event) {
    Map<?, ?> parameters = (Map<?, ?>) Json.readOwn(event.detail("parameters"));
    return new Position.TaskCall(
        (String) parameters.get("FunctionName"),
        Json.write(parameters.get("Payload")),
        (Integer) event.details().get("timeoutInSeconds"));
  }

  /** Returns the variables of the current state's expressions. */
  Scope scope() {
    int retries = attempts.stream().mapToInt(Integer::intValue).sum();
    return Scope.of(stateInput, retries);
  }

  Definition definition() {
    return definition;
  }

  String arn() {
    return arn;
  }

  Position position() {
    return position;
  }

  /** Returns the current state, or the last one. */
  State state() {
    return state.orElseThrow(() -> new IllegalStateException("no state has been entered"));
  }

  Object stateInput() {
    return stateInput;
  }

  /** Returns when the current state, or the last one, was entered. */
  Instant enteredAt() {
    return enteredAt;
  }

  /** Returns how often a retrier has retried the current state. */
  int attempts(int retrier) {
    return attempts.get(retrier);
  }
}
