package arena.simulation.invariants;

import arena.journal.JournalEntry;
import arena.lifecycle.ReplayNotStarted;
import arena.simulation.scheduler.Sandbox;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** See {@link #says}. */
public final class OneRunPerKey extends Invariant {
  private static final int ACCEPTED = 202;
  private static final int CONFLICT = 409;

  private final Map<Sandbox, Key> serving = new HashMap<>();
  private final Map<Key, Set<String>> bodies = new HashMap<>();
  private final Map<Key, List<String>> runs = new HashMap<>();
  private final Map<Key, Given> given = new HashMap<>();

  /** A client's key, of one call. */
  public record Key(String route, String text) {}

  /** The first answer that a client got, and what it had asked. */
  private record Given(String body, String answer) {}

  OneRunPerKey(Facts facts) {
    super(facts);
  }

  @Override
  public String says() {
    return "A key makes one run, and its answer stays the same for a day; another body is refused.";
  }

  /** The current process's life serves a request with this key. */
  public void serves(Key key, String body) {
    serving.put(facts.scheduler().current().life(), key);
    bodies.computeIfAbsent(key, _ -> new HashSet<>()).add(body);
  }

  /**
   * A run that was given up before it began to play does not count: another one takes its place.
   */
  @Override
  public void written(JournalEntry entry) {
    Key key = entry.position() == 0 ? serving.get(facts.actor().life()) : null;
    if (key == null) {
      return;
    }
    List<String> before = runs.computeIfAbsent(key, _ -> new ArrayList<>());
    require(
        before.stream().allMatch(this::isGivenUp),
        () -> "%s: run %s begins after run %s".formatted(key, entry.runId(), before.getLast()));
    require(
        !given.containsKey(key),
        () -> "%s: run %s begins after an answer".formatted(key, entry.runId()));
    before.add(entry.runId());
  }

  private boolean isGivenUp(String runId) {
    return facts
        .row(runId)
        .failure()
        .filter(why -> why.code().equals(ReplayNotStarted.CODE))
        .isPresent();
  }

  /** A client got this answer to a request with this key. */
  public void answered(Key key, String body, int status, String answer) {
    Given before = given.get(key);
    if (status == CONFLICT) {
      require(
          bodies.get(key).size() > 1 && (before == null || !before.body.equals(body)),
          () -> "%s: refused, and it came with no other body".formatted(key));
    }
    if (status != ACCEPTED) {
      return;
    }
    String runId = runs.getOrDefault(key, List.of("")).getLast();
    require(
        !runId.isEmpty() && answer.contains(runId),
        () -> "%s: its run is '%s', its answer %s".formatted(key, runId, answer));
    Given now = new Given(body, answer);
    require(
        before == null || before.equals(now),
        () -> "%s: answered with %s after %s".formatted(key, now, before));
    given.put(key, now);
  }
}
