package arena.archive;

import arena.event.Event;
import arena.run.Run;
import java.util.List;
import java.util.Optional;

/** Finalized runs; the cold path. */
public interface Archive {
  /** The address that the run's archive has or will have: known from its id and day alone. */
  String address(Run run);

  /**
   * Writes a run's archive, whole. Writing the same events again changes nothing.
   *
   * @param events all of them, in order, from seq 1
   * @return its address, once it can be read
   */
  String write(Run run, Iterable<Event> events);

  /** Events in order, from this seq on; at most {@code limit}. The run must be archived. */
  List<Event> events(Run run, long fromSeq, int limit);

  /** How an archived run ended, asked of its archive. */
  Run.Summary summary(Run run);

  /** The {@code turn_start} at turn {@code t}, if the run has one. */
  Optional<Event> turnStart(Run run, int t);

  /** One point a turn that has begun, in order. */
  List<Point> series(Run run);

  /**
   * One turn of a run, for a chart.
   *
   * @param turn the turn that begins
   */
  record Point(int turn, double food, double wood, double gold, double stone, int population) {}
}
