package arena.local.states;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * Determines the next step of each branch of an execution. It changes nothing: an execution changes
 * only by the events that are appended to its history.
 */
final class Interpreter {
  private final RandomGenerator random;

  /**
   * Creates an interpreter.
   *
   * @param random the source of jitter
   */
  Interpreter(RandomGenerator random) {
    this.random = random;
  }

  /** The next step of an execution. */
  sealed interface Step {
    /** Append this event. */
    record Append(HistoryEvent.Draft draft) implements Step {}

    /** Make this call. */
    record Call(Position.TaskCall call) implements Step {}

    /** Wait for the end of an execution, until this time at the latest. */
    record Await(String executionArn, Instant until) implements Step {}

    /** Wait until this time. */
    record WaitUntil(Instant time) implements Step {}

    /** Nothing, until an iteration of the Map ends. */
    record Idle() implements Step {}
  }

  /** Determines the next step of a branch. */
  Step next(Branch branch, Instant now) {
    try {
      return switch (branch.position()) {
        case Position.Entering(String name, Object input) ->
            new Step.Append(entered(branch.flow().state(name), input));
        case Position.Entered() ->
            branch.state() instanceof State.Wait wait ? await(branch, wait, now) : enter(branch);
        case Position.Scheduled _ -> new Step.Append(taskEvent(branch, "TaskStarted"));
        case Position.Running(Position.TaskCall call) -> new Step.Call(call);
        case Position.Submitted(Position.TaskCall call, Instant since, String arn) ->
            new Step.Await(arn, since.plusSeconds(call.timeoutSeconds()));
        case Position.Mapping() -> map(branch, now);
        case Position.Succeeded(Object result) ->
            exit(
                branch,
                branch.state() instanceof State.MapState map
                    ? map.exit()
                    : ((State.Task) branch.state()).exit(),
                branch.scope().withResult(result),
                result);
        case Position.Failed(StateError failure) -> fail(branch, failure);
        case Position.Retrying(Instant at) ->
            now.isBefore(at) ? new Step.WaitUntil(at) : enter(branch);
        case Position.Finishing(Object output) -> new Step.Append(succeeded(branch, output));
      };
    } catch (StateError e) {
      if (branch.position() instanceof Position.Failed || e.error().equals(StateError.NO_CHOICE)) {
        // An error in the handling of an error is not handled again: that might never end.
        return new Step.Append(ended(branch, e));
      }
      HistoryEvent.Draft draft = HistoryEvent.Draft.failure("EvaluationFailed", e);
      draft.details().put("state", branch.state().name());
      return new Step.Append(withRetry(branch, draft, e, now));
    }
  }

  private static HistoryEvent.Draft succeeded(Branch branch, Object output) {
    return branch.isRoot()
        ? HistoryEvent.Draft.of("ExecutionSucceeded", Map.of("output", Json.write(output)))
        : HistoryEvent.Draft.of("MapIterationSucceeded", iteration(branch))
            .with(Map.of(HistoryEvent.OUTPUT, Json.write(output)));
  }

  /** Returns the event of a branch that ends with an error. */
  static HistoryEvent.Draft ended(Branch branch, StateError failure) {
    return branch.isRoot()
        ? HistoryEvent.Draft.failure("ExecutionFailed", failure)
        : HistoryEvent.Draft.internalFailure("MapIterationFailed", iteration(branch), failure);
  }

  // ---- maps

  private static Map<String, Object> iteration(Branch branch) {
    Branch parent = branch.progress().branch(Branch.parent(branch.path()));
    return iteration(parent.state().name(), Branch.index(branch.path()));
  }

  private static Map<String, Object> iteration(String name, int index) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("name", name);
    details.put("index", index);
    return details;
  }

  private static HistoryEvent.Draft start(State.MapState map, Scope scope) throws StateError {
    if (!(map.items().evaluate(scope) instanceof List<?> items)) {
      throw new StateError(StateError.QUERY, "Items is not an array");
    }
    int concurrency = seconds(map.concurrency(), scope, "MaxConcurrency", 0);
    int limit =
        concurrency == 0
            ? Quotas.MAX_MAP_CONCURRENCY
            : Math.min(concurrency, Quotas.MAX_MAP_CONCURRENCY);
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("length", items.size());
    Map<String, Object> internal = new LinkedHashMap<>();
    internal.put(HistoryEvent.ITEMS, Json.write(items));
    internal.put(HistoryEvent.CONCURRENCY, limit);
    return new HistoryEvent.Draft("MapStateStarted", details, internal);
  }

  private Step map(Branch branch, Instant now) throws StateError {
    State.MapState map = (State.MapState) branch.state();
    if (branch.mapFailure().isPresent()) {
      List<Branch> others = branch.progress().iterations(branch.path());
      if (!others.isEmpty()) {
        Branch other = others.getLast(); // iterations within it come after it
        return new Step.Append(
            HistoryEvent.Draft.of("MapIterationAborted", iteration(other))
                .with(Map.of(HistoryEvent.BRANCH, other.path())));
      }
      StateError failure = branch.mapFailure().get();
      return new Step.Append(
          withRetry(
              branch,
              HistoryEvent.Draft.internalFailure("MapStateFailed", Map.of(), failure),
              failure,
              now));
    }
    if (branch.nextIteration().isPresent()) {
      int index = branch.nextIteration().get();
      Scope scope = branch.itemScope(index);
      Object input =
          map.selector().isPresent()
              ? map.selector().get().evaluate(scope)
              : ((Map<?, ?>)
                      ((Map<?, ?>) ((Map<?, ?>) scope.states().get("context")).get("Map"))
                          .get("Item"))
                  .get("Value");
      String json = Json.write(input);
      checkSize(json, "the input of an iteration of " + map.name());
      return new Step.Append(
          HistoryEvent.Draft.of("MapIterationStarted", iteration(map.name(), index))
              .with(
                  Map.of(
                      HistoryEvent.BRANCH,
                      Branch.path(branch.path(), index),
                      HistoryEvent.INPUT,
                      json)));
    }
    return branch.mapDone()
        ? new Step.Append(HistoryEvent.Draft.of("MapStateSucceeded", Map.of()))
        : new Step.Idle();
  }

  // ---- outcomes of calls

  /** Returns the event of a call's outcome. */
  HistoryEvent.Draft outcome(Branch branch, TaskInvoker.Outcome outcome, Instant now) {
    return switch (outcome) {
      case TaskInvoker.Success(String payload) -> succeeded(branch, payload, now);
      case TaskInvoker.FunctionError(String payload) ->
          failed(branch, "TaskFailed", new StateError(errorType(payload), payload), now);
      case TaskInvoker.ServiceError(String name, String message) ->
          failed(branch, "TaskFailed", new StateError("Lambda." + name, message), now);
      case TaskInvoker.Submitted(String arn, String output) -> {
        HistoryEvent.Draft draft = taskEvent(branch, "TaskSubmitted");
        draft.details().put("output", output);
        yield draft.with(Map.of(HistoryEvent.ARN, arn));
      }
      case TaskInvoker.ExecutionSucceeded(String output) -> executed(branch, output, now);
      case TaskInvoker.ExecutionFailed(String description) ->
          failed(branch, "TaskFailed", new StateError(StateError.TASK_FAILED, description), now);
      case TaskInvoker.ExecutionRefused(String name, String message) ->
          failed(branch, "TaskFailed", new StateError("StepFunctions." + name, message), now);
      case TaskInvoker.TimedOut() ->
          failed(branch, "TaskTimedOut", new StateError(StateError.TIMEOUT, Optional.empty()), now);
    };
  }

  private HistoryEvent.Draft succeeded(Branch branch, String payload, Instant now) {
    StateError failure;
    try {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("ExecutedVersion", "$LATEST");
      result.put("Payload", Json.read(payload));
      result.put("StatusCode", 200);
      String output = Json.write(result);
      checkSize(output, "the result of the task " + branch.state().name());
      HistoryEvent.Draft draft = taskEvent(branch, "TaskSucceeded");
      draft.details().put("output", output);
      return draft;
    } catch (JsonProcessingException e) {
      failure = new StateError("Lambda.Unknown", "the function's response is not JSON");
    } catch (StateError e) {
      failure = e;
    }
    return failed(branch, "TaskFailed", failure, now);
  }

  private HistoryEvent.Draft executed(Branch branch, String output, Instant now) {
    try {
      checkSize(output, "the result of the task " + branch.state().name());
    } catch (StateError e) {
      return failed(branch, "TaskFailed", e, now);
    }
    HistoryEvent.Draft draft = taskEvent(branch, "TaskSucceeded");
    draft.details().put("output", output);
    return draft;
  }

  private HistoryEvent.Draft failed(Branch branch, String type, StateError failure, Instant now) {
    HistoryEvent.Draft draft = taskEvent(branch, type);
    draft.details().putAll(HistoryEvent.Draft.failure(type, failure).details());
    return withRetry(branch, draft, failure, now);
  }

  private static String errorType(String payload) {
    try {
      if (Json.read(payload) instanceof Map<?, ?> document
          && document.get("errorType") instanceof String type
          && !type.isEmpty()) {
        return type;
      }
    } catch (JsonProcessingException e) {
      return "Lambda.Unknown";
    }
    return "Lambda.Unknown";
  }

  /** Adds the time of the retry to a failure, if one of the state's retriers applies. */
  private HistoryEvent.Draft withRetry(
      Branch branch, HistoryEvent.Draft draft, StateError failure, Instant now) {
    List<Retrier> retriers = branch.state().retriers();
    for (int i = 0; i < retriers.size(); i++) {
      Retrier retrier = retriers.get(i);
      if (Retrier.matches(retrier.errors(), failure.error())) {
        int attempts = branch.attempts(i);
        if (attempts >= retrier.maxAttempts()) {
          return draft;
        }
        Instant at = now.plus(retrier.delay(attempts, random.nextDouble()));
        return draft.with(Map.of(HistoryEvent.RETRIER, i, HistoryEvent.RETRY_AT, at.toString()));
      }
    }
    return draft;
  }

  // ---- states

  private static HistoryEvent.Draft entered(State state, Object input) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("name", state.name());
    details.put("input", Json.write(input));
    return HistoryEvent.Draft.of(state.type() + "StateEntered", details);
  }

  private static HistoryEvent.Draft taskEvent(Branch branch, String type) {
    State.Integration integration = ((State.Task) branch.state()).integration();
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("resourceType", integration.type());
    details.put("resource", integration.action());
    return HistoryEvent.Draft.of(type, details);
  }

  private static Step enter(Branch branch) throws StateError {
    Scope scope = branch.scope();
    return switch (branch.state()) {
      case State.Task _ -> schedule(branch);
      case State.MapState map -> new Step.Append(start(map, scope));
      case State.Choice choice ->
          exit(branch, Transition.to(chosen(choice, scope)), scope, branch.stateInput());
      case State.Wait _ -> throw new IllegalStateException("a wait depends on the time");
      case State.Succeed _ -> exit(branch, Transition.END, scope, branch.stateInput());
      case State.Fail fail -> {
        Map<String, Object> details = new LinkedHashMap<>();
        if (fail.error().isPresent()) {
          details.put("error", string(fail.error().get(), scope, "Error", Quotas.MAX_ERROR));
        }
        if (fail.reason().isPresent()) {
          details.put("cause", string(fail.reason().get(), scope, "Cause", Quotas.MAX_CAUSE));
        }
        yield new Step.Append(
            branch.isRoot()
                ? HistoryEvent.Draft.of("ExecutionFailed", details)
                : ended(
                    branch,
                    new StateError(
                        (String) details.getOrDefault("error", ""),
                        Optional.ofNullable((String) details.get("cause")))));
      }
    };
  }

  /** Exits the state when its time is over, counted from its entry, also after a restart. */
  private static Step await(Branch branch, State.Wait wait, Instant now) throws StateError {
    Instant end =
        branch.enteredAt().plusSeconds(seconds(wait.seconds(), branch.scope(), "Seconds", 0));
    return now.isBefore(end)
        ? new Step.WaitUntil(end)
        : exit(branch, wait.exit(), branch.scope(), branch.stateInput());
  }

  private static Step schedule(Branch branch) throws StateError {
    State.Task task = (State.Task) branch.state();
    Map<String, Object> parameters =
        switch (task.integration()) {
          case INVOKE -> arguments(task, branch, "FunctionName", "Payload");
          case START_EXECUTION -> arguments(task, branch, "StateMachineArn", "Input");
        };
    if (task.integration() == State.Integration.START_EXECUTION
        && !(parameters.get("Name") instanceof String)) {
      throw new StateError(StateError.QUERY, "the Arguments have no Name");
    }
    String json = Json.write(parameters);
    checkSize(json, "the Arguments of the task " + task.name());
    HistoryEvent.Draft draft = taskEvent(branch, "TaskScheduled");
    draft.details().put("region", Arns.region(branch.progress().arn()));
    draft.details().put("parameters", json);
    draft
        .details()
        .put(
            "timeoutInSeconds",
            seconds(task.timeoutSeconds(), branch.scope(), "TimeoutSeconds", 1));
    return new Step.Append(draft);
  }

  /** Evaluates the arguments of a call; the data is an empty object if there is none. */
  private static Map<String, Object> arguments(
      State.Task task, Branch branch, String target, String data) throws StateError {
    if (!(task.arguments().evaluate(branch.scope()) instanceof Map<?, ?> given)
        || !(given.get(target) instanceof String)) {
      throw new StateError(StateError.QUERY, "the Arguments have no " + target);
    }
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put(target, given.get(target));
    if (given.containsKey("Name")) {
      arguments.put("Name", given.get("Name"));
    }
    arguments.put(data, given.containsKey(data) ? given.get(data) : Map.of());
    return arguments;
  }

  private static String chosen(State.Choice choice, Scope scope) throws StateError {
    for (State.Rule rule : choice.rules()) {
      if (!(rule.condition().evaluate(scope) instanceof Boolean holds)) {
        throw new StateError(StateError.QUERY, "a Condition is neither true nor false");
      }
      if (holds) {
        return rule.next();
      }
    }
    return choice
        .defaultNext()
        .orElseThrow(
            () ->
                new StateError(
                    StateError.NO_CHOICE, "no Condition is true, and there is no Default"));
  }

  private static Step fail(Branch branch, StateError failure) throws StateError {
    for (State.Catcher catcher : branch.state().catchers()) {
      if (Retrier.matches(catcher.errors(), failure.error())) {
        Scope scope = branch.scope().withErrorOutput(failure);
        return exit(branch, catcher.exit(), scope, scope.states().get("errorOutput"));
      }
    }
    return new Step.Append(ended(branch, failure));
  }

  /**
   * Exits the state.
   *
   * @param defaultOutput the output if the definition has no {@code Output}
   */
  private static Step exit(Branch branch, Transition exit, Scope scope, Object defaultOutput)
      throws StateError {
    State state = branch.state();
    Object output = exit.output().isPresent() ? exit.output().get().evaluate(scope) : defaultOutput;
    String json = Json.write(output);
    checkSize(json, "the output of the state " + state.name());
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("name", state.name());
    details.put("output", json);
    return new Step.Append(
        new HistoryEvent.Draft(
            state.type() + "StateExited",
            details,
            exit.next()
                .<Map<String, Object>>map(next -> Map.of(HistoryEvent.NEXT, next))
                .orElse(Map.of())));
  }

  private static void checkSize(String json, String name) throws StateError {
    if (Json.bytes(json) > Quotas.MAX_DATA_BYTES) {
      throw new StateError(
          StateError.DATA_LIMIT,
          String.format(Locale.ROOT, "%s has more than %d bytes", name, Quotas.MAX_DATA_BYTES));
    }
  }

  private static int seconds(JsonTemplate template, Scope scope, String name, int least)
      throws StateError {
    if (template.evaluate(scope) instanceof Integer seconds
        && seconds >= least
        && seconds <= Quotas.MAX_SECONDS) {
      return seconds;
    }
    throw new StateError(
        StateError.QUERY,
        String.format(
            Locale.ROOT,
            "%s is not a whole number from %d to %d",
            name,
            least,
            Quotas.MAX_SECONDS));
  }

  private static String string(JsonTemplate template, Scope scope, String name, int longest)
      throws StateError {
    if (template.evaluate(scope) instanceof String string) {
      return string.length() <= longest ? string : string.substring(0, longest);
    }
    throw new StateError(StateError.QUERY, name + " is not a string");
  }
}
