package arena.broker;

import arena.run.RunId;
import java.util.List;
import java.util.Optional;

/**
 * The names of all keys in Redis. An operator types the first three of a run, so they stay as they
 * are documented.
 */
public final class RedisKeys {
  private final String root;

  private RedisKeys(String root) {
    this.root = root;
  }

  /** The documented names, for a server without cluster mode. */
  public static RedisKeys plain() {
    return new RedisKeys("arena");
  }

  /**
   * Names for cluster mode: a hash tag puts all keys in one slot, since a script changes a run's
   * keys and the counters in one step. More runs than one shard carries would need more tags.
   */
  public static RedisKeys tagged() {
    return new RedisKeys("{arena}");
  }

  /** Exists while the run's producer is alive; label and start as JSON. */
  String open(String runId) {
    return run(runId, "open");
  }

  /** Last seq given out. */
  String seq(String runId) {
    return run(runId, "seq");
  }

  /** The stream of envelopes; entry {@code <seq>-0} has the field {@code envelope}. */
  String events(String runId) {
    return run(runId, "events");
  }

  /** Exists once the run was closed, until it is dropped or opened again. */
  String closed(String runId) {
    return run(runId, "closed");
  }

  /** Last seq that {@link #eventsPublished} has counted. */
  String counted(String runId) {
    return run(runId, "counted");
  }

  /** Hash: connection to the next seq that it is to get. */
  String subscribers(String runId) {
    return run(runId, "subscribers");
  }

  /** The fencing number of who fans out now. */
  String lease(String runId) {
    return run(runId, "lease");
  }

  /** The last fencing number given out, and to which call. */
  String fence(String runId) {
    return run(runId, "fence");
  }

  /** The number of a loss of data here, until its readers are seen to. */
  String loss(String runId) {
    return run(runId, "loss");
  }

  /** The keys of a run's buffer, the sentinel first. */
  List<String> buffer(String runId) {
    return List.of(open(runId), seq(runId), events(runId), closed(runId), counted(runId));
  }

  /** The keys of a run's readers, their cursors first. */
  List<String> readers(String runId) {
    return List.of(subscribers(runId), lease(runId), fence(runId), loss(runId));
  }

  /** Counter of the events given to the broker, each once. */
  String eventsPublished() {
    return root + ":counter:events_published";
  }

  /** Counter of the events sent to readers. */
  String eventsStreamed() {
    return root + ":counter:events_streamed";
  }

  /** Counter of the readers that lost events by an overflow. */
  String streamsDropped() {
    return root + ":counter:streams_dropped";
  }

  /** Matches the keys of every run, and perhaps others. */
  String ofAnyRun() {
    return root + ":run:*";
  }

  /** The run that this key is of, if it is a run's. */
  Optional<String> runOf(String key) {
    int start = root.length() + ":run:".length();
    int end = key.indexOf(':', start);
    return key.startsWith(root + ":run:") && end > 0
        ? Optional.of(key.substring(start, end)).filter(RunId::isValid)
        : Optional.empty();
  }

  private String run(String runId, String what) {
    return root + ":run:" + runId + ":" + what;
  }
}
