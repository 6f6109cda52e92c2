package arena.runtime;

import arena.broker.Broker;
import arena.event.Event;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A broker whose publishing time is taken. */
final class InstrumentedBroker implements Broker {
  private final Broker broker;
  private final Metrics metrics;

  InstrumentedBroker(Broker broker, Metrics metrics) {
    this.broker = broker;
    this.metrics = metrics;
  }

  @Override
  public Published publish(String runId, List<Event> events) {
    return metrics.timed(Step.PUBLISH, Metric.PUBLISH_TIME, () -> broker.publish(runId, events));
  }

  @Override
  public void open(String runId, String label, Instant startedAt) {
    broker.open(runId, label, startedAt);
  }

  @Override
  public long restore(String runId, String label, Instant startedAt, long nextSeq) {
    return broker.restore(runId, label, startedAt, nextSeq);
  }

  @Override
  public List<Envelope> read(String runId, long fromSeq, int maxEvents, int maxBytes) {
    return broker.read(runId, fromSeq, maxEvents, maxBytes);
  }

  @Override
  public void close(String runId) {
    broker.close(runId);
  }

  @Override
  public Buffer buffer(String runId) {
    return broker.buffer(runId);
  }

  @Override
  public void drop(String runId) {
    broker.drop(runId);
  }

  @Override
  public Page runs(Optional<String> after) {
    return broker.runs(after);
  }

  @Override
  public Counters counters() {
    return broker.counters();
  }
}
