package arena.local.states;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** Functions whose outcomes a test scripts, call by call. */
final class ScriptedFunctions implements TaskInvoker {
  private final Deque<Script> script = new ArrayDeque<>();
  private final List<Call> calls = new ArrayList<>();

  /** One recorded call. */
  record Call(String function, Object payload, Duration timeout) {}

  /** The outcome of one call. */
  interface Script {
    Outcome answer(Object payload);
  }

  ScriptedFunctions then(Script next) {
    script.add(next);
    return this;
  }

  ScriptedFunctions answers(String payload) {
    return then(_ -> new Success(payload));
  }

  /** Scripts an exception of a Java function. */
  ScriptedFunctions throwing(String errorType, String message) {
    return throwing(errorType, message, 1);
  }

  ScriptedFunctions throwing(String errorType, String message, int times) {
    String payload =
        Json.write(
            Map.of(
                "errorType", errorType, "errorMessage", message, "stackTrace", List.of("a.b:1")));
    for (int i = 0; i < times; i++) {
      then(_ -> new FunctionError(payload));
    }
    return this;
  }

  ScriptedFunctions refuses(String error, int times) {
    for (int i = 0; i < times; i++) {
      then(_ -> new ServiceError(error, "Rate Exceeded"));
    }
    return this;
  }

  @Override
  public Outcome invoke(String function, String payload, Duration timeout) {
    Object event = Json.readOwn(payload);
    calls.add(new Call(function, event, timeout));
    if (script.isEmpty()) {
      throw new IllegalStateException("unexpected call of " + function);
    }
    return script.remove().answer(event);
  }

  List<Call> calls() {
    return calls;
  }

  /** Returns the number of outcomes that no call has taken. */
  int remaining() {
    return script.size();
  }
}
