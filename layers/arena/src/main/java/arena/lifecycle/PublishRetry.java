package arena.lifecycle;

import arena.event.Event;
import arena.run.RunId;
import arena.stream.TaskRunner;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Repeats a turn's publish while its model is called, if the broker does not have it, so that
 * readers do not wait for the end of a slow turn when the broker is available again, or has lost
 * its data.
 */
final class PublishRetry {
  private static final Logger LOG = LoggerFactory.getLogger(PublishRetry.class);

  private static final Duration INTERVAL = Duration.ofSeconds(5);

  private final Publisher publisher;
  private final RunId runId;
  private final List<Event> events;
  private final TaskRunner tasks;
  private volatile boolean behind;

  /**
   * @param behind whether the broker is behind the journal
   */
  PublishRetry(
      Publisher publisher, RunId runId, List<Event> events, boolean behind, TaskRunner tasks) {
    this.publisher = publisher;
    this.runId = runId;
    this.events = events;
    this.behind = behind;
    this.tasks = tasks;
  }

  /** Does the work, with repeated publishes meanwhile. */
  <T> T during(Supplier<T> work) {
    try (TaskRunner.TaskGroup group = tasks.newGroup()) {
      group.start("publish", this::repeat);
      try {
        return work.get();
      } finally {
        group.interrupt();
      }
    }
  }

  /** Whether the broker is still behind. */
  boolean isBehind() {
    return behind;
  }

  private void repeat() {
    try {
      while (true) {
        tasks.pause(INTERVAL);
        if (behind || !publisher.isPublished(runId, events)) {
          behind = publisher.publish(runId, events, behind);
        }
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      // The turn's own publish reports what is permanent.
      LOG.warn("repeated publish failed", e);
    }
  }
}
