package arena.broker;

import arena.run.RunId;
import java.util.List;
import java.util.Optional;

/**
 * The names of all Redis keys. The open, seq and events keys are documented for operators and must
 * not change.
 */
public final class RedisKeys {
  private final String root;

  private RedisKeys(String root) {
    this.root = root;
  }

  /** Returns the documented names, for a server without cluster mode. */
  public static RedisKeys plain() {
    return new RedisKeys("arena");
  }

  /**
   * Returns names for cluster mode. A hash tag puts all keys in one slot, because scripts change
   * several keys of a run atomically; all runs are therefore on one shard.
   */
  public static RedisKeys tagged() {
    return new RedisKeys("{arena}");
  }

  /** The sentinel; exists while the run is open. */
  String open(RunId runId) {
    return run(runId, "open");
  }

  /** The last published seq. */
  String seq(RunId runId) {
    return run(runId, "seq");
  }

  /** Stream of envelopes; entry {@code <seq>-0} has the field {@code envelope}. */
  String events(RunId runId) {
    return run(runId, "events");
  }

  /** Exists from the run's close until it is dropped or reopened. */
  String closed(RunId runId) {
    return run(runId, "closed");
  }

  /** The seq before the first one with which the stream was restarted; missing if it was not. */
  String base(RunId runId) {
    return run(runId, "base");
  }

  /** Sorted set of cursors: connection ids by next seq. */
  String subscribers(RunId runId) {
    return run(runId, "subscribers");
  }

  /** The life of the server to which the cursors belong: its replication id. */
  String generation(RunId runId) {
    return run(runId, "generation");
  }

  /** The fencing token of the current fan-out. */
  String lease(RunId runId) {
    return run(runId, "lease");
  }

  /** The last fencing token, and the call that acquired it. */
  String fence(RunId runId) {
    return run(runId, "fence");
  }

  /** The number of the last unhandled loss of data. */
  String loss(RunId runId) {
    return run(runId, "loss");
  }

  /** All keys of a run's buffer, the sentinel first. */
  List<String> buffer(RunId runId) {
    return List.of(open(runId), seq(runId), events(runId), base(runId), closed(runId));
  }

  /** All keys of a run's readers, the cursors first. */
  List<String> readers(RunId runId) {
    return List.of(subscribers(runId), generation(runId), lease(runId), fence(runId), loss(runId));
  }

  /** Notes where a connection's stream ended; expires. */
  String ended(RunId runId, ConnectionId connectionId) {
    return root + ":ended:" + runId + ":" + connectionId;
  }

  /** Hash that counts a connection's recent subscribes, by run and in total. */
  String admissions(ConnectionId connectionId) {
    return root + ":admissions:" + connectionId;
  }

  /** Written to find out whether the server accepts writes. */
  String probe() {
    return root + ":probe";
  }

  /** Pattern that matches the keys of all runs, and possibly others. */
  String allRuns() {
    return root + ":run:*";
  }

  /** Returns the run id of a run's key. */
  Optional<RunId> runOf(String key) {
    int start = root.length() + ":run:".length();
    int end = key.indexOf(':', start);
    return key.startsWith(root + ":run:") && end > 0
        ? RunId.parse(key.substring(start, end))
        : Optional.empty();
  }

  private String run(RunId runId, String what) {
    return root + ":run:" + runId + ":" + what;
  }
}
