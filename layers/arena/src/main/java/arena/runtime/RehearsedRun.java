package arena.runtime;

import arena.archive.Archive;
import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.journal.JournalEntry;
import arena.metrics.Metrics;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunId;
import arena.world.Scenario;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The run that the events of a {@link Rehearsal} are about. */
public final class RehearsedRun {
  /** Its id. */
  public static final RunId ID = RunId.of("00000000000000000000000000000001");

  private static final int TURNS = 4;

  private RehearsedRun() {}

  /** Writes the run to the stores that the environment names. */
  static void store(Rehearsal.Scene scene, Map<String, String> environment) {
    if (scene == Rehearsal.Scene.EMPTY) {
      return;
    }
    Stores stores = new Stores(new Settings(environment), Metrics.NONE);
    Instant now = Instant.now();
    Run run =
        Run.requested(
            ID, "rehearsal", Profile.DEFAULT, null, Scenario.BALANCED.label(), TURNS, now);
    List<Event> events = new ArrayList<>();
    if (scene == Rehearsal.Scene.ARCHIVED) {
      for (int t = 0; t < TURNS; t++) {
        events.add(turnStart(t, now));
      }
      run = run.withProgress(new Run.Progress(events.size(), TURNS - 1, now, now));
    }
    stores
        .journal()
        .create(run, new JournalEntry(ID, 0, events, Optional.of(Scenario.BALANCED.start())));
    if (scene == Rehearsal.Scene.ARCHIVED) {
      Archive archive = stores.archive();
      String address = archive.write(run, events);
      stores.catalog().markArchived(ID, address, archive.summary(run), now);
    }
  }

  private static Event turnStart(int t, Instant now) {
    Payload start = new Payload.TurnStart(t, Scenario.BALANCED.start());
    return new Event(
        ID,
        t + 1L,
        Profile.DEFAULT.name(),
        t,
        start.kind(),
        PayloadCodec.write(start),
        now,
        Event.SCHEMA_VERSION);
  }
}
