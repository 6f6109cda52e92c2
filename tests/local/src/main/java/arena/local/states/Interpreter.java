package arena.local.states;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/** Says what an execution does next. It only reads; the event that it asks for is what changes. */
final class Interpreter {
  private final RandomGenerator random;

  Interpreter(RandomGenerator random) {
    this.random = random;
  }

  /** What is to be done. */
  sealed interface Step {
    /** Write this event. */
    record Write(Event.Draft draft) implements Step {}

    /** Make this call. */
    record Make(Position.Call call) implements Step {}

    /** Do nothing until then. */
    record Await(Instant until) implements Step {}

    /** Nothing more. */
    record Over() implements Step {}
  }

  Step next(Progress progress, Instant now) {
    try {
      return switch (progress.position()) {
        case Position.Entering(String name, Object input) ->
            new Step.Write(entered(progress.program().state(name), input));
        case Position.Entered() -> begin(progress, now);
        case Position.Scheduled _ -> new Step.Write(task("TaskStarted"));
        case Position.Running(Position.Call call) -> new Step.Make(call);
        case Position.Answered(Object result) ->
            exit(
                progress,
                ((State.Task) progress.state()).exit(),
                progress.scope().withResult(result),
                result);
        case Position.Failed(StateError failure) -> handle(progress, failure);
        case Position.Delayed(Instant until) ->
            now.isBefore(until) ? new Step.Await(until) : schedule(progress);
        case Position.Ending(Object output) ->
            new Step.Write(
                Event.Draft.of("ExecutionSucceeded", Map.of("output", Json.write(output))));
        case Position.Closed() -> new Step.Over();
      };
    } catch (StateError e) {
      if (progress.position() instanceof Position.Failed
          || e.error().equals(StateError.NO_CHOICE)) {
        // What was to handle a failure failed itself: handling that too might never end.
        return new Step.Write(Event.Draft.failure("ExecutionFailed", e));
      }
      Event.Draft draft = Event.Draft.failure("EvaluationFailed", e);
      draft.details().put("state", progress.state().name());
      return new Step.Write(retried(progress, draft, e, now));
    }
  }

  /** The event that a call's outcome is. */
  Event.Draft outcome(Progress progress, TaskInvoker.Outcome outcome, Instant now) {
    StateError failure;
    switch (outcome) {
      case TaskInvoker.Answer(String payload) -> {
        try {
          Map<String, Object> result = new LinkedHashMap<>();
          result.put("ExecutedVersion", "$LATEST");
          result.put("Payload", Json.read(payload));
          result.put("StatusCode", 200);
          String output = Json.write(result);
          checkSize(output, "the result of the task " + progress.state().name());
          Event.Draft draft = task("TaskSucceeded");
          draft.details().put("output", output);
          return draft;
        } catch (JsonProcessingException e) {
          failure = new StateError("Lambda.Unknown", "the function answered no JSON");
        } catch (StateError e) {
          failure = e;
        }
      }
      case TaskInvoker.FunctionError(String payload) ->
          failure = new StateError(errorType(payload), payload);
      case TaskInvoker.ServiceError(String name, String message) ->
          failure = new StateError("Lambda." + name, message);
      case TaskInvoker.TimedOut() -> {
        StateError timeout = new StateError(StateError.TIMEOUT, Optional.empty());
        return failed(progress, "TaskTimedOut", timeout, now);
      }
    }
    return failed(progress, "TaskFailed", failure, now);
  }

  private Event.Draft failed(Progress progress, String type, StateError failure, Instant now) {
    Event.Draft draft = task(type);
    draft.details().putAll(Event.Draft.failure(type, failure).details());
    return retried(progress, draft, failure, now);
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

  /** Notes beside a failure when it is tried again, if one of the state's retriers says so. */
  private Event.Draft retried(
      Progress progress, Event.Draft draft, StateError failure, Instant now) {
    List<Retrier> retriers =
        progress.state() instanceof State.Task task ? task.retriers() : List.of();
    for (int i = 0; i < retriers.size(); i++) {
      Retrier retrier = retriers.get(i);
      if (Retrier.matches(retrier.errors(), failure.error())) {
        int attempts = progress.attempts(i);
        if (attempts >= retrier.maxAttempts()) {
          return draft;
        }
        Instant until = now.plus(retrier.delay(attempts, random.nextDouble()));
        return new Event.Draft(
            draft.type(), draft.details(), Map.of(Event.RETRIER, i, Event.UNTIL, until.toString()));
      }
    }
    return draft;
  }

  private static Event.Draft entered(State state, Object input) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("name", state.name());
    details.put("input", Json.write(input));
    return Event.Draft.of(state.type() + "StateEntered", details);
  }

  private static Event.Draft task(String type) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("resourceType", "lambda");
    details.put("resource", "invoke");
    return Event.Draft.of(type, details);
  }

  private static Step begin(Progress progress, Instant now) throws StateError {
    Scope scope = progress.scope();
    Object input = progress.stateInput();
    return switch (progress.state()) {
      case State.Task _ -> schedule(progress);
      case State.Pass pass -> exit(progress, pass.exit(), scope, input);
      case State.Succeed succeed -> exit(progress, succeed.exit(), scope, input);
      case State.Choice choice -> exit(progress, chosen(choice, scope), scope, input);
      case State.Wait wait -> {
        Instant until = until(wait, progress);
        yield now.isBefore(until)
            ? new Step.Await(until)
            : exit(progress, wait.exit(), scope, input);
      }
      case State.Fail fail -> {
        Map<String, Object> details = new LinkedHashMap<>();
        if (fail.error().isPresent()) {
          details.put("error", text(fail.error().get(), scope, "Error", Quotas.MAX_ERROR));
        }
        if (fail.reason().isPresent()) {
          details.put("cause", text(fail.reason().get(), scope, "Cause", Quotas.MAX_CAUSE));
        }
        yield new Step.Write(Event.Draft.of("ExecutionFailed", details));
      }
    };
  }

  private static Step schedule(Progress progress) throws StateError {
    State.Task task = (State.Task) progress.state();
    Scope scope = progress.scope();
    if (!(task.arguments().evaluate(scope) instanceof Map<?, ?> arguments)
        || !(arguments.get("FunctionName") instanceof String function)) {
      throw new StateError(StateError.QUERY, "the Arguments have no FunctionName");
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("FunctionName", function);
    parameters.put(
        "Payload", arguments.containsKey("Payload") ? arguments.get("Payload") : Map.of());
    String json = Json.write(parameters);
    checkSize(json, "the Arguments of the task " + task.name());
    Event.Draft draft = task("TaskScheduled");
    draft.details().put("region", Arns.region(progress.arn()));
    draft.details().put("parameters", json);
    draft.details().put("timeoutInSeconds", seconds(task.timeout(), scope, "TimeoutSeconds", 1));
    return new Step.Write(draft);
  }

  private static Transition chosen(State.Choice choice, Scope scope) throws StateError {
    for (State.Rule rule : choice.rules()) {
      if (!(rule.condition().evaluate(scope) instanceof Boolean met)) {
        throw new StateError(StateError.QUERY, "a Condition is neither true nor false");
      }
      if (met) {
        return rule.exit();
      }
    }
    return choice
        .otherwise()
        .orElseThrow(
            () -> new StateError(StateError.NO_CHOICE, "no Condition is true, and no Default"));
  }

  private static Instant until(State.Wait wait, Progress progress) throws StateError {
    Scope scope = progress.scope();
    if (wait.seconds().isPresent()) {
      return progress.enteredAt().plusSeconds(seconds(wait.seconds().get(), scope, "Seconds", 0));
    }
    String until = text(wait.until().orElseThrow(), scope, "Timestamp", Quotas.MAX_NAME);
    try {
      return OffsetDateTime.parse(until).toInstant();
    } catch (DateTimeException e) {
      throw new StateError(StateError.QUERY, "the Timestamp is no time: " + until);
    }
  }

  private static Step handle(Progress progress, StateError failure) throws StateError {
    if (progress.state() instanceof State.Task task) {
      for (State.Catcher catcher : task.catchers()) {
        if (Retrier.matches(catcher.errors(), failure.error())) {
          Scope scope = progress.scope().withErrorOutput(failure);
          return exit(progress, catcher.exit(), scope, scope.states().get("errorOutput"));
        }
      }
    }
    return new Step.Write(Event.Draft.failure("ExecutionFailed", failure));
  }

  /**
   * Leaves the state.
   *
   * @param output what goes on if the definition does not say
   */
  private static Step exit(Progress progress, Transition exit, Scope scope, Object output)
      throws StateError {
    State state = progress.state();
    String json =
        Json.write(exit.output().isPresent() ? exit.output().get().evaluate(scope) : output);
    checkSize(json, "the output of the state " + state.name());
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("name", state.name());
    details.put("output", json);
    if (!exit.assign().isEmpty()) {
      details.put("assignedVariables", assigned(progress, exit.assign(), scope));
    }
    return new Step.Write(
        new Event.Draft(
            state.type() + "StateExited",
            details,
            exit.next()
                .<Map<String, Object>>map(next -> Map.of(Event.NEXT, next))
                .orElse(Map.of())));
  }

  private static Map<String, Object> assigned(
      Progress progress, Map<String, Template> assign, Scope scope) throws StateError {
    Map<String, Object> values = new LinkedHashMap<>();
    Map<String, Object> all = new LinkedHashMap<>(progress.variables());
    for (Map.Entry<String, Template> variable : assign.entrySet()) {
      Object value = variable.getValue().evaluate(scope);
      String json = Json.write(value);
      checkSize(json, "the variable " + variable.getKey());
      values.put(variable.getKey(), json);
      all.put(variable.getKey(), value);
    }
    if (Json.bytes(Json.write(all)) > Quotas.MAX_VARIABLES_BYTES) {
      throw new StateError(
          StateError.DATA_LIMIT,
          String.format(
              Locale.ROOT, "the variables hold more than %d bytes", Quotas.MAX_VARIABLES_BYTES));
    }
    return values;
  }

  private static void checkSize(String json, String what) throws StateError {
    if (Json.bytes(json) > Quotas.MAX_DATA_BYTES) {
      throw new StateError(
          StateError.DATA_LIMIT,
          String.format(Locale.ROOT, "%s has more than %d bytes", what, Quotas.MAX_DATA_BYTES));
    }
  }

  private static int seconds(Template template, Scope scope, String name, int least)
      throws StateError {
    Object value = template.evaluate(scope);
    if (value instanceof Number number
        && number.doubleValue() == number.intValue()
        && number.intValue() >= least
        && number.intValue() <= Quotas.MAX_SECONDS) {
      return number.intValue();
    }
    throw new StateError(
        StateError.QUERY,
        String.format(
            Locale.ROOT, "%s is no whole number from %d to %d", name, least, Quotas.MAX_SECONDS));
  }

  private static String text(Template template, Scope scope, String name, int longest)
      throws StateError {
    if (template.evaluate(scope) instanceof String text) {
      return text.length() <= longest ? text : text.substring(0, longest);
    }
    throw new StateError(StateError.QUERY, name + " is no string");
  }
}
