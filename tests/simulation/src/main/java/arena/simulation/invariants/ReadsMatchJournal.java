package arena.simulation.invariants;

import arena.broker.Broker.Envelope;
import arena.catalog.Counters;
import arena.journal.JournalEntry;
import arena.lifecycle.RunQueries;
import arena.run.Run;
import arena.run.RunId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** See {@link #description}. */
public final class ReadsMatchJournal extends Invariant {
  /** Maximum lag of an index behind its table. */
  private static final Duration LAG = Duration.ofSeconds(5);

  private record Lifetime(Instant startedAt, Instant endedAt) {}

  private final Map<RunId, Lifetime> lifetimes = new HashMap<>();

  ReadsMatchJournal(Facts facts) {
    super(facts);
  }

  @Override
  public String description() {
    return "Reads return exactly the events that were written, from every store; runs_open and"
        + " events_published match the runs, even after the broker loses data.";
  }

  @Override
  public void written(JournalEntry entry) {
    lifetimes.putIfAbsent(entry.runId(), new Lifetime(facts.now(), Instant.MAX));
  }

  @Override
  public void rowChanged(Run before, Run after) {
    if (before.status() != after.status()) {
      lifetimes.computeIfPresent(
          after.runId(), (_, lifetime) -> new Lifetime(lifetime.startedAt(), facts.now()));
    }
  }

  /** Checks a page of a run's events. */
  public void read(RunId runId, long from, RunQueries.EventPage page) {
    long seq = from;
    for (Envelope envelope : page.envelopes()) {
      long expected = seq;
      require(
          envelope.seq() == expected && envelope.json().equals(facts.envelope(runId, expected)),
          () -> String.format(Locale.ROOT, "run %s: seq %d read as %s", runId, expected, envelope));
      seq++;
    }
    long next = seq;
    require(
        page.next().isPresent()
            ? page.next().getAsLong() == next
            : page.status().ended() && next > facts.row(runId).nEvents(),
        () ->
            String.format(
                Locale.ROOT,
                "run %s: next_from_seq after seq %d is %s",
                runId,
                next - 1,
                page.next()));
  }

  /** The expected counters at the start of a read. */
  public final class MetricsRead {
    private final Instant startedAt = facts.now();
    private final long events =
        lifetimes.entrySet().stream()
            .filter(lifetime -> isListed(lifetime.getValue()))
            .mapToLong(lifetime -> facts.written(lifetime.getKey()).size())
            .sum();

    private MetricsRead() {}

    private boolean isListed(Lifetime lifetime) {
      return !lifetime.startedAt().plus(LAG).isAfter(startedAt);
    }

    /** Checks the counters that the read returned. */
    public void finish(Counters metrics) {
      Instant now = facts.now();
      List<Lifetime> all = List.copyOf(lifetimes.values());
      long min =
          all.stream()
              .filter(lifetime -> isListed(lifetime) && lifetime.endedAt().isAfter(now))
              .count();
      long max = all.stream().filter(lifetime -> !lifetime.endedAt().isBefore(startedAt)).count();
      require(
          metrics.runsOpen() >= min && metrics.runsOpen() <= max,
          () ->
              String.format(
                  Locale.ROOT, "runs_open is %d, expected %d to %d", metrics.runsOpen(), min, max));
      long written = lifetimes.keySet().stream().mapToLong(run -> facts.written(run).size()).sum();
      require(
          metrics.eventsPublished() >= events && metrics.eventsPublished() <= written,
          () ->
              String.format(
                  Locale.ROOT,
                  "events_published is %d, expected %d to %d",
                  metrics.eventsPublished(),
                  events,
                  written));
    }
  }

  /** Called before the counters are read. */
  public MetricsRead startMetricsRead() {
    return new MetricsRead();
  }
}
