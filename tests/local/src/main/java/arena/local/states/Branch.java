package arena.local.states;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A sequence of states of an open execution: that of the execution itself, or of an iteration of a
 * Map.
 */
final class Branch {
  /** The path of the execution's own branch. */
  static final String ROOT = "";

  /** Separates the indexes of nested iterations in a path. */
  static final String SEPARATOR = "/";

  private final String path;
  private final Progress progress;
  private final Flow flow;
  private Position position;
  private Optional<State> state = Optional.empty();
  private Object stateInput;
  private Instant enteredAt;
  private final List<Integer> attempts = new ArrayList<>();
  private long lastId;
  private Optional<MapRun> mapRun = Optional.empty();

  /** The Map state that a branch is in. */
  private static final class MapRun {
    private final List<?> items;
    private final int concurrency;
    private final Object[] results;
    private int started;
    private int active;
    private Optional<StateError> failure = Optional.empty();

    private MapRun(List<?> items, int concurrency) {
      this.items = items;
      this.concurrency = concurrency;
      this.results = new Object[items.size()];
    }
  }

  Branch(String path, Progress progress, Flow flow, Object input, long lastId, Instant at) {
    this.path = path;
    this.progress = progress;
    this.flow = flow;
    this.position = new Position.Entering(flow.startAt(), input);
    this.lastId = lastId;
    this.enteredAt = at;
  }

  /** Returns the path of an iteration's branch. */
  static String path(String parent, int index) {
    return String.format(Locale.ROOT, "%s%s%05d", parent, SEPARATOR, index);
  }

  /** Returns the path of the branch whose Map an iteration belongs to. */
  static String parent(String path) {
    return path.substring(0, path.lastIndexOf(SEPARATOR));
  }

  /** Returns the index of an iteration. */
  static int index(String path) {
    return Integer.parseInt(path.substring(path.lastIndexOf(SEPARATOR) + 1));
  }

  void apply(HistoryEvent event) {
    lastId = event.id();
    String type = event.type();
    if (type.endsWith("StateEntered")) {
      enter(event);
    } else if (type.endsWith("StateExited")) {
      exit(event);
    } else {
      position =
          switch (type) {
            case "TaskScheduled" -> new Position.Scheduled(call(event));
            case "TaskStarted" -> new Position.Running(((Position.Scheduled) position).call());
            case "TaskSubmitted" ->
                new Position.Submitted(
                    ((Position.Running) position).call(),
                    event.at(),
                    (String) event.internal().get(HistoryEvent.ARN));
            case "TaskSucceeded" -> new Position.Succeeded(Json.readOwn(event.detail("output")));
            case "MapStateStarted" -> mapStarted(event);
            case "MapStateSucceeded" -> {
              List<Object> results = Arrays.asList(mapRun.orElseThrow().results);
              mapRun = Optional.empty();
              yield new Position.Succeeded(results);
            }
            case "TaskFailed", "TaskTimedOut", "EvaluationFailed" -> failed(event, false);
            case "MapStateFailed" -> {
              mapRun = Optional.empty();
              yield failed(event, true);
            }
            default -> throw new IllegalStateException("unknown event type " + type);
          };
    }
  }

  private void enter(HistoryEvent event) {
    State entered = flow.state(event.detail("name"));
    state = Optional.of(entered);
    stateInput = Json.readOwn(event.detail("input"));
    enteredAt = event.at();
    attempts.clear();
    entered.retriers().forEach(_ -> attempts.add(0));
    position = new Position.Entered();
  }

  private void exit(HistoryEvent event) {
    Object output = Json.readOwn(event.detail("output"));
    position =
        event.internal().get(HistoryEvent.NEXT) instanceof String next
            ? new Position.Entering(next, output)
            : new Position.Finishing(output);
  }

  private Position failed(HistoryEvent event, boolean internal) {
    if (!(event.internal().get(HistoryEvent.RETRIER) instanceof Integer retrier)) {
      return new Position.Failed(internal ? event.internalFailure() : event.failure());
    }
    attempts.set(retrier, attempts.get(retrier) + 1);
    return new Position.Retrying(
        Instant.parse((String) event.internal().get(HistoryEvent.RETRY_AT)));
  }

  private static Position.TaskCall call(HistoryEvent event) {
    Map<?, ?> parameters = (Map<?, ?>) Json.readOwn(event.detail("parameters"));
    int timeout = (Integer) event.details().get("timeoutInSeconds");
    return parameters.containsKey("StateMachineArn")
        ? new Position.ExecutionCall(
            (String) parameters.get("StateMachineArn"),
            (String) parameters.get("Name"),
            Json.write(parameters.get("Input")),
            timeout)
        : new Position.FunctionCall(
            (String) parameters.get("FunctionName"),
            Json.write(parameters.get("Payload")),
            timeout);
  }

  // ---- iterations

  private Position mapStarted(HistoryEvent event) {
    mapRun =
        Optional.of(
            new MapRun(
                (List<?>) Json.readOwn((String) event.internal().get(HistoryEvent.ITEMS)),
                (Integer) event.internal().get(HistoryEvent.CONCURRENCY)));
    return new Position.Mapping();
  }

  /** Creates the branch of the next iteration. */
  Branch iterate(String iteration, HistoryEvent event) {
    MapRun run = mapRun.orElseThrow();
    run.started++;
    run.active++;
    return new Branch(
        iteration,
        progress,
        ((State.MapState) state()).iterator(),
        Json.readOwn((String) event.internal().get(HistoryEvent.INPUT)),
        event.id(),
        event.at());
  }

  void iterationSucceeded(int index, Object output) {
    MapRun run = mapRun.orElseThrow();
    run.results[index] = output;
    run.active--;
  }

  void iterationFailed(StateError failure) {
    MapRun run = mapRun.orElseThrow();
    run.failure = run.failure.or(() -> Optional.of(failure));
    run.active--;
  }

  void iterationAborted() {
    mapRun.orElseThrow().active--;
  }

  /** Returns the failure of an iteration, after which no other begins. */
  Optional<StateError> mapFailure() {
    return mapRun.orElseThrow().failure;
  }

  /** Returns the index of the next iteration; empty if none can start now. */
  Optional<Integer> nextIteration() {
    MapRun run = mapRun.orElseThrow();
    boolean starts =
        run.started < run.items.size() && (run.concurrency == 0 || run.active < run.concurrency);
    return starts ? Optional.of(run.started) : Optional.empty();
  }

  /** Returns whether every iteration has ended. */
  boolean mapDone() {
    MapRun run = mapRun.orElseThrow();
    return run.started == run.items.size() && run.active == 0;
  }

  /** Returns the variables of the selector of an iteration's input. */
  Scope itemScope(int index) {
    return scope().withItem(index, mapRun.orElseThrow().items.get(index));
  }

  // ---- queries

  /** Returns the variables of the current state's expressions. */
  Scope scope() {
    int retries = attempts.stream().mapToInt(Integer::intValue).sum();
    return Scope.of(stateInput, retries, progress.input());
  }

  String path() {
    return path;
  }

  boolean isRoot() {
    return path.equals(ROOT);
  }

  Progress progress() {
    return progress;
  }

  Flow flow() {
    return flow;
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

  /** Returns the number of its last event. */
  long lastId() {
    return lastId;
  }
}
