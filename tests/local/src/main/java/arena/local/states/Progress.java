package arena.local.states;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * How far an execution has come: what its events, one after the other, make of it. Nothing else
 * changes it, so what is read back from a history goes on as if it had never stopped.
 */
final class Progress {
  private final Program program;
  private final String arn;
  private final String stateMachineArn;
  private final Instant startedAt;
  private final String input;

  private final Map<String, Object> variables = new LinkedHashMap<>();
  private Position position;
  private Optional<State> state = Optional.empty();
  private Object stateInput;
  private Instant enteredAt;
  private final List<Integer> attempts = new ArrayList<>();
  private long lastId;

  /**
   * Begins with the first event.
   *
   * @throws DefinitionRefused if the definition that it carries is not supported any more
   */
  Progress(Event started) {
    program = DefinitionReader.read((String) started.beside().get(Event.DEFINITION));
    arn = (String) started.beside().get(Event.ARN);
    stateMachineArn = (String) started.beside().get(Event.STATE_MACHINE_ARN);
    startedAt = started.at();
    input = started.detail("input");
    position = new Position.Entering(program.startAt(), Json.readOwn(input));
    enteredAt = startedAt;
    lastId = started.id();
  }

  /** Takes the next event. */
  void apply(Event event) {
    if (event.id() != lastId + 1) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "event %d after %d", event.id(), lastId));
    }
    lastId = event.id();
    String type = event.type();
    if (event.closes()) {
      position = new Position.Closed();
    } else if (type.endsWith("StateEntered")) {
      enter(event);
    } else if (type.endsWith("StateExited")) {
      leave(event);
    } else {
      position =
          switch (type) {
            case "TaskScheduled" -> new Position.Scheduled(call(event));
            case "TaskStarted" -> new Position.Running(((Position.Scheduled) position).call());
            case "TaskSucceeded" -> new Position.Answered(Json.readOwn(event.detail("output")));
            case "TaskFailed", "TaskTimedOut", "EvaluationFailed" -> failed(event);
            default -> throw new IllegalStateException("no event is of the type " + type);
          };
    }
  }

  private void enter(Event event) {
    State entered = program.state(event.detail("name"));
    state = Optional.of(entered);
    stateInput = Json.readOwn(event.detail("input"));
    enteredAt = event.at();
    attempts.clear();
    if (entered instanceof State.Task task) {
      task.retriers().forEach(_ -> attempts.add(0));
    }
    position = new Position.Entered();
  }

  private void leave(Event event) {
    if (event.details().get("assignedVariables") instanceof Map<?, ?> assigned) {
      assigned.forEach((name, value) -> variables.put((String) name, Json.readOwn((String) value)));
    }
    Object output = Json.readOwn(event.detail("output"));
    position =
        event.beside().get(Event.NEXT) instanceof String next
            ? new Position.Entering(next, output)
            : new Position.Ending(output);
  }

  private Position failed(Event event) {
    if (!(event.beside().get(Event.RETRIER) instanceof Integer retrier)) {
      return new Position.Failed(event.failure());
    }
    attempts.set(retrier, attempts.get(retrier) + 1);
    return new Position.Delayed(Instant.parse((String) event.beside().get(Event.UNTIL)));
  }

  private static Position.Call call(Event event) {
    Map<?, ?> parameters = (Map<?, ?>) Json.readOwn(event.detail("parameters"));
    return new Position.Call(
        (String) parameters.get("FunctionName"),
        Json.write(parameters.get("Payload")),
        (Integer) event.details().get("timeoutInSeconds"));
  }

  /** What expressions of the current state see. */
  Scope scope() {
    Map<String, Object> execution = new LinkedHashMap<>();
    execution.put("Id", arn);
    execution.put("Input", Json.readOwn(input));
    execution.put("Name", arn.substring(arn.lastIndexOf(':') + 1));
    execution.put("StartTime", startedAt.toString());
    execution.put("RedriveCount", 0);
    Map<String, Object> current = new LinkedHashMap<>();
    current.put("Name", state().name());
    current.put("EnteredTime", enteredAt.toString());
    current.put("RetryCount", attempts.stream().mapToInt(Integer::intValue).sum());
    Map<String, Object> machine = new LinkedHashMap<>();
    machine.put("Id", stateMachineArn);
    machine.put("Name", Arns.machineName(arn));
    Map<String, Object> context = new LinkedHashMap<>();
    context.put("Execution", execution);
    context.put("State", current);
    context.put("StateMachine", machine);
    return Scope.of(stateInput, context, variables);
  }

  Program program() {
    return program;
  }

  String arn() {
    return arn;
  }

  Position position() {
    return position;
  }

  /** The state that the execution is in, or was in last. */
  State state() {
    return state.orElseThrow(() -> new IllegalStateException("no state has been entered"));
  }

  Object stateInput() {
    return stateInput;
  }

  Instant enteredAt() {
    return enteredAt;
  }

  Instant startedAt() {
    return startedAt;
  }

  /** Further attempts that a retrier has given the current state. */
  int attempts(int retrier) {
    return attempts.get(retrier);
  }

  Map<String, Object> variables() {
    return variables;
  }

  long lastId() {
    return lastId;
  }
}
