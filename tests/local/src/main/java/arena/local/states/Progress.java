package arena.local.states;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The state of an open execution, computed from its events: the branch of the execution itself, and
 * one for each iteration of a Map that is being played. Nothing else changes it, so an execution
 * that is restored from its history continues as if it had never stopped.
 */
final class Progress {
  private final Definition definition;
  private final String arn;
  private final Object input;
  private final Map<String, Branch> branches = new TreeMap<>();
  private long lastId;
  private boolean ended;

  /**
   * Starts with the first event.
   *
   * @throws InvalidDefinition if the definition in the event is no longer supported
   */
  Progress(HistoryEvent started) {
    definition = DefinitionReader.read((String) started.internal().get(HistoryEvent.DEFINITION));
    arn = (String) started.internal().get(HistoryEvent.ARN);
    input = Json.readOwn(started.detail("input"));
    branches.put(
        Branch.ROOT,
        new Branch(Branch.ROOT, this, definition.flow(), input, started.id(), started.at()));
    lastId = started.id();
  }

  /** Applies the next event. */
  void apply(HistoryEvent event) {
    if (event.id() != lastId + 1) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "event %d after %d", event.id(), lastId));
    }
    lastId = event.id();
    if (event.closes()) {
      ended = true;
      return;
    }
    String path = event.branch();
    switch (event.type()) {
      case "MapIterationStarted" -> {
        Branch parent = branch(Branch.parent(path));
        branches.put(path, parent.iterate(path, event));
      }
      case "MapIterationSucceeded" -> {
        branches.remove(path);
        branch(Branch.parent(path))
            .iterationSucceeded(
                Branch.index(path),
                Json.readOwn((String) event.internal().get(HistoryEvent.OUTPUT)));
      }
      case "MapIterationFailed" -> {
        branches.remove(path);
        branch(Branch.parent(path)).iterationFailed(event.internalFailure());
      }
      case "MapIterationAborted" -> {
        branches.remove(path);
        branch(Branch.parent(path)).iterationAborted();
      }
      case "EvaluationFailed" -> {
        iterations(path).forEach(iteration -> branches.remove(iteration.path()));
        branch(path).apply(event);
      }
      default -> branch(path).apply(event);
    }
  }

  Branch branch(String path) {
    Branch branch = branches.get(path);
    if (branch == null) {
      throw new IllegalStateException("there is no branch " + path);
    }
    return branch;
  }

  /** Returns whether a branch is being played. */
  boolean has(String path) {
    return branches.containsKey(path);
  }

  /** Returns the branches that are being played, iterations after the branch of their Map. */
  List<Branch> branches() {
    return ended ? List.of() : new ArrayList<>(branches.values());
  }

  /** Returns the iterations of a branch's Map that are being played. */
  List<Branch> iterations(String path) {
    return branches.values().stream()
        .filter(branch -> !branch.path().equals(path))
        .filter(branch -> branch.path().startsWith(path + Branch.SEPARATOR))
        .toList();
  }

  Definition definition() {
    return definition;
  }

  String arn() {
    return arn;
  }

  /** Returns the input of the execution. */
  Object input() {
    return input;
  }

  boolean ended() {
    return ended;
  }
}
