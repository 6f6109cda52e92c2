package arena.local.states;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One entry of a history: what the service's API shows, and beside it what an execution needs to go
 * on from here after a restart.
 *
 * @param id from 1, without gap
 * @param at when
 * @param type the API's name for it, such as {@code TaskFailed}
 * @param details the API's details of this type
 * @param beside what the API does not show: see the constants
 */
record Event(
    long id, Instant at, String type, Map<String, Object> details, Map<String, Object> beside) {

  /** Beside an exit: the next state; absent if the execution ends. */
  static final String NEXT = "next";

  /** Beside a failure that is retried: which of the state's retriers counts it, from 0. */
  static final String RETRIER = "retrier";

  /** Beside a failure that is retried: when, ISO. */
  static final String UNTIL = "until";

  /** Beside the start: whose execution it is, and what that one's definition was. */
  static final String ARN = "arn";

  static final String STATE_MACHINE_ARN = "state_machine_arn";
  static final String DEFINITION = "definition";

  private static final Set<String> CLOSING =
      Set.of("ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted");

  /** What is to be an event, before it has its number and time. */
  record Draft(String type, Map<String, Object> details, Map<String, Object> beside) {
    static Draft of(String type, Map<String, Object> details) {
      return new Draft(type, details, Map.of());
    }

    /** An event of a failure. */
    static Draft failure(String type, StateError failure) {
      Map<String, Object> details = new LinkedHashMap<>();
      details.put("error", failure.error());
      failure.reason().ifPresent(cause -> details.put("cause", cause));
      return of(type, details);
    }

    boolean closes() {
      return CLOSING.contains(type);
    }
  }

  /** Whether the execution ends with it. */
  boolean closes() {
    return CLOSING.contains(type);
  }

  /** A detail that is there whenever an event has this type. */
  String detail(String name) {
    return optional(name).orElseThrow(() -> new IllegalStateException(type + " has no " + name));
  }

  Optional<String> optional(String name) {
    return Optional.ofNullable((String) details.get(name));
  }

  /** The error that a failure's event tells of. */
  StateError failure() {
    return new StateError(detail("error"), optional("cause"));
  }

  String line() {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("id", id);
    line.put("at", at.toString());
    line.put("type", type);
    line.put("details", details);
    if (!beside.isEmpty()) {
      line.put("beside", beside);
    }
    return Json.write(line);
  }

  static Event read(String line) {
    Map<?, ?> map = (Map<?, ?>) Json.readOwn(line);
    return new Event(
        ((Number) map.get("id")).longValue(),
        Instant.parse((String) map.get("at")),
        (String) map.get("type"),
        object(map.get("details")),
        object(map.get("beside")));
  }

  private static Map<String, Object> object(Object value) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, field) -> fields.put((String) name, field));
    }
    return fields;
  }

  /** As the API shows it, with or without the data of states and tasks. */
  Map<String, Object> shown(boolean withData) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("id", id);
    shown.put("previousEventId", id <= 2 ? 0 : id - 1);
    shown.put("timestamp", Timestamps.seconds(at));
    shown.put("type", type);
    Map<String, Object> all = new LinkedHashMap<>();
    details.forEach(
        (name, value) -> {
          boolean data =
              name.equals("input") || name.equals("output") || name.equals("assignedVariables");
          if (data && withData) {
            all.put(name, value);
            all.put(name + "Details", Map.of("truncated", false));
          } else if (!data && (withData || !name.equals("parameters"))) {
            all.put(name, value);
          }
        });
    shown.put(detailsName(), all);
    return shown;
  }

  private String detailsName() {
    String kind = type;
    if (type.endsWith("StateEntered")) {
      kind = "StateEntered";
    } else if (type.endsWith("StateExited")) {
      kind = "StateExited";
    }
    return kind.substring(0, 1).toLowerCase(Locale.ROOT) + kind.substring(1) + "EventDetails";
  }
}
