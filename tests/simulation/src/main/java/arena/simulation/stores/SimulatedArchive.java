package arena.simulation.stores;

import arena.archive.Archive;
import arena.codec.MalformedJson;
import arena.codec.PayloadCodec;
import arena.error.Dependency;
import arena.event.Event;
import arena.event.Payload;
import arena.run.Run;
import arena.run.Usage;
import arena.world.Score;
import arena.world.World;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;

/** The archive over the simulated bucket. */
public final class SimulatedArchive implements Archive {
  private static final String BUCKET = "simulated";

  private final SimulatedBucket bucket;
  private final Network network;
  private final Observer observer;

  public SimulatedArchive(SimulatedBucket bucket, Network network, Observer observer) {
    this.bucket = bucket;
    this.network = network;
    this.observer = observer;
  }

  private <T> T call(Call call, Run run, Supplier<T> effect) {
    return network.call(
        call,
        run.runId().value(),
        effect,
        message -> Dependency.ARCHIVE.unavailable(message, null));
  }

  /** Key of the run's object. */
  public static String key(Run run) {
    return "runs/day=%s/%s.parquet"
        .formatted(run.createdAt().atZone(ZoneOffset.UTC).toLocalDate(), run.runId());
  }

  @Override
  public String address(Run run) {
    return "s3://" + BUCKET + "/" + key(run);
  }

  @Override
  public String write(Run run, Iterable<Event> events) {
    List<Event> all = new ArrayList<>();
    for (Event event : events) {
      if (!event.runId().equals(run.runId()) || event.seq() != all.size() + 1) {
        throw new IllegalArgumentException(
            String.format(
                Locale.ROOT,
                "expected event %d of run %s, got %d of run %s",
                all.size() + 1,
                run.runId(),
                event.seq(),
                event.runId()));
      }
      all.add(event);
    }
    call(
        Call.ARCHIVE_WRITE,
        run,
        () -> {
          bucket.put(key(run), all);
          observer.archived(run, all);
          return null;
        });
    return address(run);
  }

  private List<Event> allEvents(Run run) {
    return bucket
        .find(key(run))
        .orElseThrow(() -> Dependency.ARCHIVE.unavailable("nothing at " + address(run), null));
  }

  @Override
  public List<Event> events(Run run, long fromSeq, int limit, int maxBytes) {
    if (fromSeq < 1 || limit < 1 || maxBytes < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "from_seq, limit and max_bytes must be at least 1: %d, %d, %d",
              fromSeq,
              limit,
              maxBytes));
    }
    return call(
        Call.ARCHIVE_EVENTS,
        run,
        () -> {
          List<Event> all = allEvents(run);
          int from = Math.toIntExact(Math.min(all.size(), fromSeq - 1));
          return SimulatedPages.withinBytes(
              all.subList(from, Math.min(all.size(), from + limit)), maxBytes);
        });
  }

  /** An event's payload, if it is of a kind that is known. */
  private static Optional<Payload> payload(Event event) {
    try {
      return Optional.of(PayloadCodec.read(event.payloadJson()));
    } catch (MalformedJson e) {
      return Optional.empty();
    }
  }

  private static Usage sum(Usage one, Usage other) {
    return new Usage(
        one.tokensIn() + other.tokensIn(),
        one.tokensOut() + other.tokensOut(),
        one.tokensCached() + other.tokensCached(),
        one.modelMs() + other.modelMs());
  }

  @Override
  public Run.Summary summary(Run run) {
    return call(
        Call.ARCHIVE_SUMMARY,
        run,
        () -> {
          double cost = 0;
          int turns = 0;
          Usage usage = Usage.NONE;
          Optional<World> last = Optional.empty();
          for (Event event : allEvents(run)) {
            switch (payload(event).orElse(null)) {
              case Payload.LlmResponse(var _, var _, double costUsd, var used) -> {
                cost += costUsd;
                turns++;
                usage = sum(usage, used.orElse(Usage.NONE));
              }
              case Payload.TurnStart(int _, World state) -> last = Optional.of(state);
              case null, default -> {
                // not part of the summary
              }
            }
          }
          return new Run.Summary(
              cost,
              turns,
              last.map(world -> world.age().label()).orElse(""),
              last.map(
                      world ->
                          new Score(
                              world.age().rank(), world.population(), world.food() + world.wood()))
                  .orElse(new Score(0, 0, 0)),
              usage);
        });
  }

  @Override
  public Optional<Event> turnStart(Run run, int t) {
    return call(
        Call.ARCHIVE_TURN_START,
        run,
        () ->
            allEvents(run).stream()
                .filter(event -> event.kind().equals("turn_start") && event.t() == t)
                .findFirst());
  }

  @Override
  public List<Point> series(Run run) {
    return call(
        Call.ARCHIVE_SERIES,
        run,
        () -> {
          List<Point> points = new ArrayList<>();
          for (Event event : allEvents(run)) {
            if (payload(event).orElse(null) instanceof Payload.TurnStart(int t, World w)) {
              points.add(new Point(t, w.food(), w.wood(), w.gold(), w.stone(), w.population()));
            }
          }
          return points;
        });
  }
}
