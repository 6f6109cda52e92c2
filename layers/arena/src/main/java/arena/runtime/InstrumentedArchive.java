package arena.runtime;

import arena.archive.Archive;
import arena.event.Event;
import arena.run.Run;
import java.util.List;
import java.util.Optional;

/** An archive whose writing time is taken. */
final class InstrumentedArchive implements Archive {
  private final Archive archive;
  private final Metrics metrics;

  InstrumentedArchive(Archive archive, Metrics metrics) {
    this.archive = archive;
    this.metrics = metrics;
  }

  @Override
  public String write(Run run, Iterable<Event> events) {
    return metrics.timed(Step.ARCHIVE, Metric.ARCHIVE_TIME, () -> archive.write(run, events));
  }

  @Override
  public String address(Run run) {
    return archive.address(run);
  }

  @Override
  public List<Event> events(Run run, long fromSeq, int limit) {
    return archive.events(run, fromSeq, limit);
  }

  @Override
  public Run.Summary summary(Run run) {
    return archive.summary(run);
  }

  @Override
  public Optional<Event> turnStart(Run run, int t) {
    return archive.turnStart(run, t);
  }

  @Override
  public List<Point> series(Run run) {
    return archive.series(run);
  }
}
