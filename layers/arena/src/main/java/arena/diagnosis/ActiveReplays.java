package arena.diagnosis;

import arena.catalog.RunningRunQuery;
import arena.codec.Timestamps;
import arena.journal.JournalTail;
import arena.run.Run;
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

/**
 * Every replay in flight, and where each waits: what looking into the set of fork tasks was in a
 * process of one's own. Looking changes nothing.
 */
public final class ActiveReplays {
  /** Most replays that one look tells. */
  public static final int MAX_REPLAYS = 100;

  /** Looked into at once: Step Functions lets an account read some 20 histories a second. */
  private static final int AT_ONCE = 8;

  private static final Duration TIME = Duration.ofSeconds(15);

  private final RunningRunQuery runs;
  private final FactSources sources;
  private final StallThresholds allowances;
  private final InstantSource clock;

  /** Looks at these. */
  public ActiveReplays(
      RunningRunQuery runs, FactSources sources, StallThresholds allowances, InstantSource clock) {
    this.runs = runs;
    this.sources = sources;
    this.allowances = allowances;
    this.clock = clock;
  }

  /**
   * A replay.
   *
   * @param waitingOn where it is, if that could be learnt
   * @param lastError what the state that it is in failed with before, if it did
   */
  public record Replay(
      Run run, Optional<WaitingOn> waitingOn, Optional<ExecutionState.TaskError> lastError) {
    private Instant since() {
      return waitingOn.map(WaitingOn::since).orElse(run.createdAt());
    }
  }

  /**
   * What one look saw.
   *
   * @param replays the oldest wait first
   * @param more whether more runs play than are told
   */
  public record Seen(Instant at, List<Replay> replays, boolean more) {
    /** As JSON. */
    public String json() {
      ObjectNode json = DiagnosisJson.MAPPER.createObjectNode();
      json.put("at", Timestamps.write(at));
      json.put("more", more);
      ArrayNode list = json.putArray("replays");
      for (Replay replay : replays) {
        ObjectNode one = list.addObject();
        Run run = replay.run();
        one.put("run_id", run.runId());
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
      return json.toString();
    }

    /** For a terminal. */
    public String text() {
      StringBuilder text = new StringBuilder();
      for (Replay replay : replays) {
        text.append(replay.run().runId())
            .append("  ")
            .append(replay.waitingOn().map(DiagnosisText::waits).orElse("(not told)"))
            .append(replay.lastError().map(error -> ", after " + error.name()).orElse(""))
            .append('\n');
      }
      text.append(replays.isEmpty() ? "no replay is in flight\n" : "")
          .append(more ? "and more\n" : "");
      return text.toString();
    }
  }

  /**
   * Looks.
   *
   * @param limit most replays told, from 1 to {@value #MAX_REPLAYS}, of those that began first
   */
  public Seen look(int limit) {
    Instant at = clock.instant();
    List<Run> running = runs.running(limit + 1);
    boolean more = running.size() > limit;
    Probe asking = new Probe(clock, at.plus(TIME));
    Semaphore room = new Semaphore(AT_ONCE);
    List<Supplier<Replay>> looks = new ArrayList<>();
    for (Run run : running.subList(0, Math.min(limit, running.size()))) {
      looks.add(look(run, asking, room));
    }
    List<Replay> replays =
        looks.stream().map(Supplier::get).sorted(Comparator.comparing(Replay::since)).toList();
    return new Seen(at, replays, more);
  }

  private Supplier<Replay> look(Run run, Probe asking, Semaphore room) {
    Probe.Question<Replay> question =
        asking.begin(
            "a look at run " + run.runId(),
            () -> {
              room.acquire();
              try {
                return look(run);
              } finally {
                room.release();
              }
            });
    return () ->
        question.answer().orElseGet(() -> new Replay(run, Optional.empty(), Optional.empty()));
  }

  private Replay look(Run run) {
    List<JournalTail.Written> journal = sources.journal(run.runId(), 1);
    Optional<ExecutionState> execution = sources.execution(run.runId());
    Facts facts =
        new Facts(
            clock.instant(),
            run.runId(),
            new ProbeResult.Fact<>(Optional.of(run)),
            new ProbeResult.Fact<>(journal),
            new ProbeResult.NotAsked<>(),
            Optional.empty(),
            new ProbeResult.Fact<>(execution),
            new ProbeResult.NotAsked<>(),
            new ProbeResult.NotAsked<>(),
            allowances);
    return new Replay(run, ReplayPosition.of(facts), execution.flatMap(ExecutionState::lastError));
  }
}
