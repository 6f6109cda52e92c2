package arena.memory;

import arena.archive.Archive;
import arena.archive.ArchiveUnavailable;
import arena.event.Event;
import arena.run.Run;
import arena.world.Score;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An archive in memory. */
public class MemoryArchive implements Archive {
  private final Map<String, List<Event>> written = new HashMap<>();

  @Override
  public String address(Run run) {
    return "memory:" + run.runId();
  }

  @Override
  public synchronized String write(Run run, Iterable<Event> events) {
    List<Event> all = new ArrayList<>();
    events.forEach(all::add);
    written.put(run.runId(), all);
    return address(run);
  }

  @Override
  public synchronized List<Event> events(Run run, long fromSeq, int limit) {
    List<Event> all = written.get(run.runId());
    if (all == null) {
      throw new ArchiveUnavailable("nothing at " + address(run), null);
    }
    return all.stream().filter(event -> event.seq() >= fromSeq).limit(limit).toList();
  }

  @Override
  public Run.Summary summary(Run run) {
    return new Run.Summary(0, 0, "", new Score(0, 0, 0));
  }

  @Override
  public Optional<Event> turnStart(Run run, int t) {
    return events(run, 1, Integer.MAX_VALUE).stream()
        .filter(event -> event.kind().equals("turn_start") && event.t() == t)
        .findFirst();
  }

  @Override
  public List<Point> series(Run run) {
    throw new AssertionError("no test asks for it");
  }
}
