package arena.diagnosis;

import arena.catalog.RunningRunQuery;
import arena.codec.Timestamps;
import arena.journal.JournalTail;
import arena.json.Json;
import arena.run.Run;
import arena.text.PlainText;
import arena.text.Redactor;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

/** Lists the replays in flight and what each is waiting on. Read-only. */
public final class ActiveReplays {
  /** Maximum number of replays listed. */
  public static final int MAX_REPLAYS = 100;

  /** Step Functions allows about 20 {@code GetExecutionHistory} calls per second and account. */
  private static final int MAX_CONCURRENT = 8;

  private static final Duration TIMEOUT = Duration.ofSeconds(15);
  private final RunningRunQuery runs;
  private final FactSources sources;
  private final StallThresholds thresholds;
  private final InstantSource clock;

  public ActiveReplays(
      RunningRunQuery runs, FactSources sources, StallThresholds thresholds, InstantSource clock) {
    this.runs = runs;
    this.sources = sources;
    this.thresholds = thresholds;
    this.clock = clock;
  }

  /**
   * A replay in flight.
   *
   * @param waitingOn empty if unknown
   * @param lastError error of the current state's previous attempt
   */
  public record Replay(
      Run run, Optional<WaitingOn> waitingOn, Optional<ExecutionState.TaskError> lastError) {
    private Instant since() {
      return waitingOn.map(WaitingOn::since).orElse(run.createdAt());
    }
  }

  /**
   * The replays in flight at one moment.
   *
   * @param replays longest wait first
   * @param more whether the list was truncated
   */
  public record Snapshot(Instant at, List<Replay> replays, boolean more) {
    public String json(Redactor redactor) {
      ObjectNode json = Json.object();
      json.put("at", Timestamps.write(at));
      json.put("more", more);
      ArrayNode list = json.putArray("replays");
      for (Replay replay : replays) {
        ObjectNode one = list.addObject();
        Run run = replay.run();
        one.put("run_id", run.runId().value());
        one.put("label", run.label());
        one.put("model", run.profile().model());
        one.put("created_at", Timestamps.write(run.createdAt()));
        one.put("turns_played", run.turnsPlayed());
        one.put("n_turns", run.nTurns());
        if (replay.waitingOn().isPresent()) {
          DiagnosisJson.waitingOn(replay.waitingOn().get(), one.putObject("waiting_on"));
        } else {
          one.putNull("waiting_on");
        }
        one.put("last_error", replay.lastError().map(ExecutionState.TaskError::name).orElse(null));
      }
      return Json.write(redactor.redact(json, _ -> false));
    }

    /** The list as text for a terminal. */
    public String text(Redactor redactor) {
      StringBuilder text = new StringBuilder();
      for (Replay replay : replays) {
        text.append(replay.run().runId())
            .append("  ")
            .append(
                PlainText.line(replay.waitingOn().map(DiagnosisText::position).orElse("(unknown)")))
            .append(
                replay
                    .lastError()
                    .map(error -> ", after " + PlainText.line(redactor.redact(error.name())))
                    .orElse(""))
            .append('\n');
      }
      text.append(replays.isEmpty() ? "no replays in flight\n" : "")
          .append(more ? "(truncated)\n" : "");
      return text.toString();
    }
  }

  /**
   * Lists the oldest running replays.
   *
   * @param limit maximum number of replays, from 1 to {@value #MAX_REPLAYS}
   */
  public Snapshot list(int limit) {
    Instant at = clock.instant();
    List<Run> running = runs.running(limit + 1);
    boolean more = running.size() > limit;
    Probe probe = new Probe(clock, at.plus(TIMEOUT));
    Semaphore permits = new Semaphore(MAX_CONCURRENT);
    List<Supplier<Replay>> pending = new ArrayList<>();
    for (Run run : running.subList(0, Math.min(limit, running.size()))) {
      pending.add(startInspection(run, probe, permits));
    }
    List<Replay> replays =
        pending.stream().map(Supplier::get).sorted(Comparator.comparing(Replay::since)).toList();
    return new Snapshot(at, replays, more);
  }

  private Supplier<Replay> startInspection(Run run, Probe probe, Semaphore permits) {
    Probe.Pending<Replay> pending =
        probe.start(
            "run " + run.runId(),
            () -> {
              permits.acquire();
              try {
                return inspect(run);
              } finally {
                permits.release();
              }
            });
    return () ->
        pending
            .await()
            .known()
            .orElseGet(() -> new Replay(run, Optional.empty(), Optional.empty()));
  }

  private Replay inspect(Run run) {
    List<JournalTail.EntrySummary> journal = sources.journal(run.runId(), 1);
    Optional<ExecutionState> execution = sources.execution(run.runId());
    Facts facts =
        new Facts(
            clock.instant(),
            run.runId(),
            new ProbeResult.Known<>(Optional.of(run)),
            new ProbeResult.Known<>(journal),
            new ProbeResult.Skipped<>(),
            Optional.empty(),
            new ProbeResult.Known<>(execution),
            new ProbeResult.Skipped<>(),
            new ProbeResult.Skipped<>(),
            thresholds);
    return new Replay(run, ReplayPosition.of(facts), execution.flatMap(ExecutionState::lastError));
  }
}
