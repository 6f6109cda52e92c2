package arena.simulation.invariants;

import arena.error.ErrorKind;
import arena.journal.JournalEntry;
import arena.run.RunId;
import arena.simulation.scheduler.Sandbox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** See {@link #description}. */
public final class OneRunPerKey extends Invariant {
  private static final int ACCEPTED = 202;
  private static final int CONFLICT = 409;

  private final Map<Sandbox, Key> serving = new HashMap<>();
  private final Map<Key, Set<String>> bodies = new HashMap<>();
  private final Map<Key, List<RunId>> runs = new HashMap<>();
  private final Map<Key, FirstResponse> firstResponses = new HashMap<>();

  /** An idempotency key, which is scoped to its route. */
  public record Key(String route, String text) {}

  /** The first response to a client, and the body of its request. */
  private record FirstResponse(String body, String answer) {}

  OneRunPerKey(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "Requests with the same idempotency key create one run and get the same response for a day; a"
        + " different body is rejected.";
  }

  /** Called when the current sandbox serves a request with this key. */
  public void serving(Key key, String body) {
    serving.put(facts.scheduler().current().sandbox(), key);
    bodies.computeIfAbsent(key, _ -> new HashSet<>()).add(body);
  }

  /** Ignores runs that failed before their replay started; a retry replaces them. */
  @Override
  public void written(JournalEntry entry) {
    Key key = entry.position() == 0 ? serving.get(facts.actor().sandbox()) : null;
    if (key == null) {
      return;
    }
    List<RunId> before = runs.computeIfAbsent(key, _ -> new ArrayList<>());
    require(
        before.stream().allMatch(this::failedToStart),
        () -> "%s: run %s created after run %s".formatted(key, entry.runId(), before.getLast()));
    require(
        !firstResponses.containsKey(key),
        () -> "%s: run %s created after a response".formatted(key, entry.runId()));
    before.add(entry.runId());
  }

  private boolean failedToStart(RunId runId) {
    return facts
        .row(runId)
        .failure()
        .filter(why -> why.kind() == ErrorKind.NOT_STARTED)
        .isPresent();
  }

  /** Called when a client receives a response to a request with this key. */
  public void answered(Key key, String body, int status, String answer) {
    FirstResponse before = firstResponses.get(key);
    if (status == CONFLICT) {
      require(
          bodies.get(key).size() > 1 && (before == null || !before.body.equals(body)),
          () -> "%s: rejected without a different body".formatted(key));
    }
    if (status != ACCEPTED) {
      return;
    }
    List<RunId> created = runs.getOrDefault(key, List.of());
    require(
        !created.isEmpty() && answer.contains(created.getLast().value()),
        () -> "%s: runs %s, response %s".formatted(key, created, answer));
    FirstResponse now = new FirstResponse(body, answer);
    require(
        before == null || before.equals(now),
        () -> "%s: response %s after %s".formatted(key, now, before));
    firstResponses.put(key, now);
  }
}
