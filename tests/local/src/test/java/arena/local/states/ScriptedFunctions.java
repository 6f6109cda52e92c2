package arena.local.states;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;

/** Functions that answer what a test has written down, call by call. */
final class ScriptedFunctions implements TaskInvoker {
  private final Deque<Script> script = new ArrayDeque<>();
  private final List<Call> calls = new ArrayList<>();

  /** One call, as it came. */
  record Call(String function, Object payload, Duration timeout) {}

  /** What one call does. */
  interface Script {
    Outcome answer(Object payload);
  }

  ScriptedFunctions then(Script next) {
    script.add(next);
    return this;
  }

  ScriptedFunctions answers(String payload) {
    return then(_ -> new Answer(payload));
  }

  /** The function fails as a Java function does that throws. */
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
      throw new IllegalStateException("no call of " + function + " was expected");
    }
    return script.remove().answer(event);
  }

  List<Call> calls() {
    return calls;
  }

  /** Calls that were expected and have not come. */
  int left() {
    return script.size();
  }
}
