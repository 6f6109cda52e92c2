package arena.local.states;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One event of an execution's history.
 *
 * @param id the event's number, from 1 without gaps
 * @param at the time of the event
 * @param type the API's name of the type, such as {@code TaskFailed}
 * @param details the API's details of this type
 * @param internal what a restart needs and the API does not return; see the constants
 */
record HistoryEvent(
    long id, Instant at, String type, Map<String, Object> details, Map<String, Object> internal) {

  /** Of an exit: the next state; absent if the execution ends. */
  static final String NEXT = "next";

  /** Of a failure that is retried: the index of the retrier that applies. */
  static final String RETRIER = "retrier";

  /** Of a failure that is retried: the time of the retry, ISO 8601. */
  static final String RETRY_AT = "until";

  /** Of the start: the execution's ARN. */
  static final String ARN = "arn";

  /** Of the start: the definition of the state machine. */
  static final String DEFINITION = "definition";

  /** Of an event of an iteration: its path; absent for the execution's own states. */
  static final String BRANCH = "branch";

  /** Of an event that does not follow the one before it: the number of the one that it follows. */
  static final String PREVIOUS = "previous";

  /** Of a Map's start: the items as JSON. */
  static final String ITEMS = "items";

  /** Of a Map's start: how many iterations are played at a time; 0 for all. */
  static final String CONCURRENCY = "concurrency";

  /** Of an iteration's start: its input as JSON. */
  static final String INPUT = "input";

  /** Of an iteration's end: its output as JSON. */
  static final String OUTPUT = "output";

  /** Of a failed iteration or Map: the name of the error. */
  static final String ERROR = "error";

  /** Of a failed iteration or Map: the cause of the error, if it has one. */
  static final String CAUSE = "cause";

  /** The key of the internal details in a history file. */
  private static final String INTERNAL = "internal";

  private static final Set<String> CLOSING =
      Set.of("ExecutionSucceeded", "ExecutionFailed", "ExecutionTimedOut", "ExecutionAborted");

  /** An event without its number and time. */
  record Draft(String type, Map<String, Object> details, Map<String, Object> internal) {
    static Draft of(String type, Map<String, Object> details) {
      return new Draft(type, details, Map.of());
    }

    /** Returns the event of a failure. */
    static Draft failure(String type, StateError failure) {
      Map<String, Object> details = new LinkedHashMap<>();
      details.put("error", failure.error());
      failure.reason().ifPresent(cause -> details.put("cause", cause));
      return of(type, details);
    }

    /** Returns the event of a failure whose error the API does not return. */
    static Draft internalFailure(String type, Map<String, Object> details, StateError failure) {
      Map<String, Object> internal = new LinkedHashMap<>();
      internal.put(ERROR, failure.error());
      failure.reason().ifPresent(cause -> internal.put(CAUSE, cause));
      return new Draft(type, details, internal);
    }

    /** Returns the event with more internal details. */
    Draft with(Map<String, Object> more) {
      Map<String, Object> all = new LinkedHashMap<>(internal);
      all.putAll(more);
      return new Draft(type, details, all);
    }

    boolean closes() {
      return CLOSING.contains(type);
    }
  }

  /** Returns the path of the branch that the event belongs to. */
  String branch() {
    return (String) internal.getOrDefault(BRANCH, Branch.ROOT);
  }

  /** Returns the error of a failed iteration's or Map's event. */
  StateError internalFailure() {
    return new StateError(
        (String) internal.get(ERROR), Optional.ofNullable((String) internal.get(CAUSE)));
  }

  /** Returns whether the execution ends with this event. */
  boolean closes() {
    return CLOSING.contains(type);
  }

  /** Returns a detail that every event of this type has. */
  String detail(String name) {
    return optional(name).orElseThrow(() -> new IllegalStateException(type + " has no " + name));
  }

  Optional<String> optional(String name) {
    return Optional.ofNullable((String) details.get(name));
  }

  /** Returns the error of a failure's event. */
  StateError failure() {
    return new StateError(detail("error"), optional("cause"));
  }

  String line() {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("id", id);
    line.put("at", at.toString());
    line.put("type", type);
    line.put("details", details);
    if (!internal.isEmpty()) {
      line.put(INTERNAL, internal);
    }
    return Json.write(line);
  }

  static HistoryEvent read(String line) {
    Map<?, ?> map = (Map<?, ?>) Json.readOwn(line);
    return new HistoryEvent(
        ((Number) map.get("id")).longValue(),
        Instant.parse((String) map.get("at")),
        (String) map.get("type"),
        object(map.get("details")),
        object(map.get(INTERNAL)));
  }

  private static Map<String, Object> object(Object value) {
    Map<String, Object> fields = new LinkedHashMap<>();
    if (value instanceof Map<?, ?> map) {
      map.forEach((name, field) -> fields.put((String) name, field));
    }
    return fields;
  }

  /** Returns the event in the API's format. */
  Map<String, Object> described() {
    Map<String, Object> described = new LinkedHashMap<>();
    described.put("id", id);
    described.put(
        "previousEventId",
        internal.get(PREVIOUS) instanceof Number previous
            ? previous.longValue()
            : id <= 2 ? 0 : id - 1);
    described.put("timestamp", Timestamps.seconds(at));
    described.put("type", type);
    Map<String, Object> all = new LinkedHashMap<>();
    details.forEach(
        (name, value) -> {
          all.put(name, value);
          if (name.equals("input") || name.equals("output")) {
            all.put(name + "Details", Map.of("truncated", false));
          }
        });
    described.put(detailsName(), all);
    return described;
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
