package arena.runtime;

import arena.broker.Subscribers;
import arena.metrics.Metric;
import arena.metrics.Metrics;
import java.time.Duration;
import java.util.Map;
import java.util.OptionalLong;

/** Subscribers of whom it is counted what they were sent, as the counters in the broker do. */
final class InstrumentedSubscribers implements Subscribers {
  private final Subscribers subscribers;
  private final Metrics metrics;

  InstrumentedSubscribers(Subscribers subscribers, Metrics metrics) {
    this.subscribers = subscribers;
    this.metrics = metrics;
  }

  @Override
  public boolean advance(
      String runId, long fence, String connectionId, long fromSeq, long nextSeq) {
    boolean advanced = subscribers.advance(runId, fence, connectionId, fromSeq, nextSeq);
    if (advanced) {
      metrics.count(Metric.EVENTS_STREAMED, nextSeq - fromSeq);
    }
    return advanced;
  }

  @Override
  public boolean finish(
      String runId, long fence, String connectionId, long atSeq, boolean dropped) {
    boolean finished = subscribers.finish(runId, fence, connectionId, atSeq, dropped);
    if (finished && dropped) {
      metrics.count(Metric.STREAMS_DROPPED, 1);
    }
    return finished;
  }

  @Override
  public void put(String runId, String connectionId, long nextSeq) {
    subscribers.put(runId, connectionId, nextSeq);
  }

  @Override
  public boolean remove(String runId, String connectionId) {
    return subscribers.remove(runId, connectionId);
  }

  @Override
  public OptionalLong cursor(String runId, String connectionId) {
    return subscribers.cursor(runId, connectionId);
  }

  @Override
  public Map<String, Long> cursors(String runId) {
    return subscribers.cursors(runId);
  }

  @Override
  public OptionalLong acquire(String runId, Duration holdFor) {
    return subscribers.acquire(runId, holdFor);
  }

  @Override
  public boolean extend(String runId, long fence, Duration holdFor) {
    return subscribers.extend(runId, fence, holdFor);
  }

  @Override
  public boolean release(String runId, long fence) {
    return subscribers.release(runId, fence);
  }

  @Override
  public void abandon(String runId, long fence) {
    subscribers.abandon(runId, fence);
  }

  @Override
  public void markLoss(String runId) {
    subscribers.markLoss(runId);
  }

  @Override
  public OptionalLong loss(String runId) {
    return subscribers.loss(runId);
  }

  @Override
  public void seenToLoss(String runId, long loss) {
    subscribers.seenToLoss(runId, loss);
  }
}
