package arena.simulation.invariants;

import arena.broker.Broker.Envelope;
import arena.journal.JournalEntry;
import arena.lifecycle.RunQueries;
import arena.run.Run;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** See {@link #says}. */
public final class ReadsMatchJournal extends Invariant {
  /** How long an index may take to follow its table. */
  private static final Duration LAG = Duration.ofSeconds(5);

  private record Life(Instant began, Instant ended) {}

  private final Map<String, Life> lives = new HashMap<>();

  ReadsMatchJournal(Facts facts) {
    super(facts);
  }

  @Override
  public String says() {
    return "What is read of a run, wherever it now is, is what was written, without gap; runs_open"
        + " and events_published are the truth, whatever the broker has lost.";
  }

  @Override
  public void written(JournalEntry entry) {
    lives.putIfAbsent(entry.runId(), new Life(facts.now(), Instant.MAX));
  }

  @Override
  public void rowChanged(Run before, Run after) {
    if (before.status() != after.status()) {
      lives.computeIfPresent(after.runId(), (_, life) -> new Life(life.began(), facts.now()));
    }
  }

  /** A page of a run's events was read. */
  public void read(String runId, long from, RunQueries.EventPage page) {
    long seq = from;
    for (Envelope envelope : page.envelopes()) {
      long expected = seq;
      require(
          envelope.seq() == expected && envelope.json().equals(facts.envelope(runId, expected)),
          () ->
              String.format(
                  Locale.ROOT, "run %s: seq %d is read as %s", runId, expected, envelope));
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
                "run %s: after seq %d there is said to be %s",
                runId,
                next - 1,
                page.next()));
  }

  /** How things stand while the counters are read. */
  public final class Counting {
    private final Instant began = facts.now();
    private final long events =
        lives.entrySet().stream()
            .filter(life -> isListed(life.getValue()))
            .mapToLong(life -> facts.written(life.getKey()).size())
            .sum();

    private Counting() {}

    private boolean isListed(Life life) {
      return !life.began().plus(LAG).isAfter(began);
    }

    /** They were read as these. */
    public void counted(RunQueries.Metrics metrics) {
      Instant now = facts.now();
      List<Life> all = List.copyOf(lives.values());
      long surely =
          all.stream().filter(life -> isListed(life) && life.ended().isAfter(now)).count();
      long perhaps = all.stream().filter(life -> !life.ended().isBefore(began)).count();
      require(
          metrics.runsOpen() >= surely && metrics.runsOpen() <= perhaps,
          () ->
              String.format(
                  Locale.ROOT,
                  "runs_open is %d, of %d to %d",
                  metrics.runsOpen(),
                  surely,
                  perhaps));
      long most = lives.keySet().stream().mapToLong(run -> facts.written(run).size()).sum();
      require(
          metrics.eventsPublished() >= events && metrics.eventsPublished() <= most,
          () ->
              String.format(
                  Locale.ROOT,
                  "events_published is %d, of %d to %d",
                  metrics.eventsPublished(),
                  events,
                  most));
    }
  }

  /** The counters are about to be read. */
  public Counting counting() {
    return new Counting();
  }
}
