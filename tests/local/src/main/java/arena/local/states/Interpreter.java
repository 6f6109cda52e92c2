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
 * Determines the next step of an execution. It changes nothing: an execution changes only by the
 * events that are appended to its history.
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

    /** Wait until this time. */
    record WaitUntil(Instant time) implements Step {}

    /** Nothing: the execution has ended. */
    record Done() implements Step {}
  }

  Step next(Progress progress, Instant now) {
    try {
      return switch (progress.position()) {
        case Position.Entering(String name, Object input) ->
            new Step.Append(entered(progress.definition().state(name), input));
        case Position.Entered() ->
            progress.state() instanceof State.Wait wait
                ? await(progress, wait, now)
                : enter(progress);
        case Position.Scheduled _ -> new Step.Append(taskEvent("TaskStarted"));
        case Position.Running(Position.TaskCall call) -> new Step.Call(call);
        case Position.Succeeded(Object result) ->
            exit(
                progress,
                ((State.Task) progress.state()).exit(),
                progress.scope().withResult(result),
                result);
        case Position.Failed(StateError failure) -> fail(progress, failure);
        case Position.Retrying(Instant at) ->
            now.isBefore(at) ? new Step.WaitUntil(at) : schedule(progress);
        case Position.Finishing(Object output) ->
            new Step.Append(
                HistoryEvent.Draft.of("ExecutionSucceeded", Map.of("output", Json.write(output))));
        case Position.Ended() -> new Step.Done();
      };
    } catch (StateError e) {
      if (progress.position() instanceof Position.Failed
          || e.error().equals(StateError.NO_CHOICE)) {
        // An error in the handling of an error is not handled again: that might never end.
        return new Step.Append(HistoryEvent.Draft.failure("ExecutionFailed", e));
      }
      HistoryEvent.Draft draft = HistoryEvent.Draft.failure("EvaluationFailed", e);
      draft.details().put("state", progress.state().name());
      return new Step.Append(withRetry(progress, draft, e, now));
    }
  }

  // ---- outcomes of calls

  /** Returns the event of a call's outcome. */
  HistoryEvent.Draft outcome(Progress progress, TaskInvoker.Outcome outcome, Instant now) {
    return switch (outcome) {
      case TaskInvoker.Success(String payload) -> succeeded(progress, payload, now);
      case TaskInvoker.FunctionError(String payload) ->
          failed(progress, "TaskFailed", new StateError(errorType(payload), payload), now);
      case TaskInvoker.ServiceError(String name, String message) ->
          failed(progress, "TaskFailed", new StateError("Lambda." + name, message), now);
      case TaskInvoker.TimedOut() ->
          failed(
              progress, "TaskTimedOut", new StateError(StateError.TIMEOUT, Optional.empty()), now);
    };
  }

  private HistoryEvent.Draft succeeded(Progress progress, String payload, Instant now) {
    StateError failure;
    try {
      Map<String, Object> result = new LinkedHashMap<>();
      result.put("ExecutedVersion", "$LATEST");
      result.put("Payload", Json.read(payload));
      result.put("StatusCode", 200);
      String output = Json.write(result);
      checkSize(output, "the result of the task " + progress.state().name());
      HistoryEvent.Draft draft = taskEvent("TaskSucceeded");
      draft.details().put("output", output);
      return draft;
    } catch (JsonProcessingException e) {
      failure = new StateError("Lambda.Unknown", "the function's response is not JSON");
    } catch (StateError e) {
      failure = e;
    }
    return failed(progress, "TaskFailed", failure, now);
  }

  private HistoryEvent.Draft failed(
      Progress progress, String type, StateError failure, Instant now) {
    HistoryEvent.Draft draft = taskEvent(type);
    draft.details().putAll(HistoryEvent.Draft.failure(type, failure).details());
    return withRetry(progress, draft, failure, now);
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
      Progress progress, HistoryEvent.Draft draft, StateError failure, Instant now) {
    List<Retrier> retriers =
        progress.state() instanceof State.Task task ? task.retriers() : List.of();
    for (int i = 0; i < retriers.size(); i++) {
      Retrier retrier = retriers.get(i);
      if (Retrier.matches(retrier.errors(), failure.error())) {
        int attempts = progress.attempts(i);
        if (attempts >= retrier.maxAttempts()) {
          return draft;
        }
        Instant at = now.plus(retrier.delay(attempts, random.nextDouble()));
        return new HistoryEvent.Draft(
            draft.type(),
            draft.details(),
            Map.of(HistoryEvent.RETRIER, i, HistoryEvent.RETRY_AT, at.toString()));
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

  private static HistoryEvent.Draft taskEvent(String type) {
    Map<String, Object> details = new LinkedHashMap<>();
    details.put("resourceType", "lambda");
    details.put("resource", "invoke");
    return HistoryEvent.Draft.of(type, details);
  }

  private static Step enter(Progress progress) throws StateError {
    Scope scope = progress.scope();
    return switch (progress.state()) {
      case State.Task _ -> schedule(progress);
      case State.Choice choice ->
          exit(progress, Transition.to(chosen(choice, scope)), scope, progress.stateInput());
      case State.Wait _ -> throw new IllegalStateException("a wait depends on the time");
      case State.Succeed _ -> exit(progress, Transition.END, scope, progress.stateInput());
      case State.Fail fail -> {
        Map<String, Object> details = new LinkedHashMap<>();
        if (fail.error().isPresent()) {
          details.put("error", string(fail.error().get(), scope, "Error", Quotas.MAX_ERROR));
        }
        if (fail.reason().isPresent()) {
          details.put("cause", string(fail.reason().get(), scope, "Cause", Quotas.MAX_CAUSE));
        }
        yield new Step.Append(HistoryEvent.Draft.of("ExecutionFailed", details));
      }
    };
  }

  /** Exits the state when its time is over, counted from its entry, also after a restart. */
  private static Step await(Progress progress, State.Wait wait, Instant now) throws StateError {
    Instant end =
        progress.enteredAt().plusSeconds(seconds(wait.seconds(), progress.scope(), "Seconds", 0));
    return now.isBefore(end)
        ? new Step.WaitUntil(end)
        : exit(progress, wait.exit(), progress.scope(), progress.stateInput());
  }

  private static Step schedule(Progress progress) throws StateError {
    State.Task task = (State.Task) progress.state();
    if (!(task.arguments().evaluate(progress.scope()) instanceof Map<?, ?> arguments)
        || !(arguments.get("FunctionName") instanceof String function)) {
      throw new StateError(StateError.QUERY, "the Arguments have no FunctionName");
    }
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("FunctionName", function);
    parameters.put(
        "Payload", arguments.containsKey("Payload") ? arguments.get("Payload") : Map.of());
    String json = Json.write(parameters);
    checkSize(json, "the Arguments of the task " + task.name());
    HistoryEvent.Draft draft = taskEvent("TaskScheduled");
    draft.details().put("region", Arns.region(progress.arn()));
    draft.details().put("parameters", json);
    draft
        .details()
        .put(
            "timeoutInSeconds",
            seconds(task.timeoutSeconds(), progress.scope(), "TimeoutSeconds", 1));
    return new Step.Append(draft);
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

  private static Step fail(Progress progress, StateError failure) throws StateError {
    if (progress.state() instanceof State.Task task) {
      for (State.Catcher catcher : task.catchers()) {
        if (Retrier.matches(catcher.errors(), failure.error())) {
          Scope scope = progress.scope().withErrorOutput(failure);
          return exit(progress, catcher.exit(), scope, scope.states().get("errorOutput"));
        }
      }
    }
    return new Step.Append(HistoryEvent.Draft.failure("ExecutionFailed", failure));
  }

  /**
   * Exits the state.
   *
   * @param defaultOutput the output if the definition has no {@code Output}
   */
  private static Step exit(Progress progress, Transition exit, Scope scope, Object defaultOutput)
      throws StateError {
    State state = progress.state();
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
