package arena.run;

import arena.world.Score;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A run's row in the catalog. Its parts are grouped by when they change; the accessors below read
 * them without naming the group.
 *
 * @param runId its id
 * @param label the name it is listed under
 * @param createdAt time of the request that created it
 * @param plan what it is to play; never changes
 * @param progress how far its events are
 * @param outcome whether and how it ended
 */
public record Run(
    RunId runId, String label, Instant createdAt, Plan plan, Progress progress, Outcome outcome) {

  public Run {
    Objects.requireNonNull(runId);
    Objects.requireNonNull(label);
    Objects.requireNonNull(createdAt);
    Objects.requireNonNull(plan);
    Objects.requireNonNull(progress);
    Objects.requireNonNull(outcome);
  }

  /**
   * What a run is to play.
   *
   * @param profile who plays it
   * @param prompt what its model is prompted with; null if it plays without a model
   * @param scenario label of the scenario that its game, or that of its first ancestor, began with
   * @param t0 its first turn: 0, or the turn it was forked at
   * @param nTurns number of turns to play
   * @param origin what it was forked from; null if it is not a fork
   */
  public record Plan(
      Profile profile,
      @Nullable Prompt prompt,
      String scenario,
      int t0,
      int nTurns,
      @Nullable Origin origin) {

    public Plan {
      Objects.requireNonNull(profile);
      Objects.requireNonNull(scenario);
    }
  }

  /**
   * What a run was forked from.
   *
   * @param parentRunId the run it was branched from
   * @param parentT the turn it was branched at
   * @param mutation what the operator changed
   * @param reason why, in the operator's words; may be empty
   */
  public record Origin(RunId parentRunId, int parentT, Mutation mutation, String reason) {}

  /**
   * How far the events of a run are.
   *
   * @param nEvents events in the journal; the last one's {@code seq}
   * @param lastT turn of the last event, or the run's first turn before it has one
   * @param firstTs time of the first event; null before it has one
   * @param lastTs time of the last event; null before it has one
   * @param departsAt first turn at which a recorded run's state differs from its parent's; null if
   *     none does so far, or the run is not a recorded one
   */
  public record Progress(
      long nEvents,
      int lastT,
      @Nullable Instant firstTs,
      @Nullable Instant lastTs,
      @Nullable Integer departsAt) {
    /** The progress of a run that does not depart from another one. */
    public Progress(long nEvents, int lastT, @Nullable Instant firstTs, @Nullable Instant lastTs) {
      this(nEvents, lastT, firstTs, lastTs, null);
    }

    /** The same progress of a run that departs at a turn, unless it already did before. */
    public Progress departedAt(int t) {
      return departsAt == null ? new Progress(nEvents, lastT, firstTs, lastTs, t) : this;
    }

    /** No event yet. */
    public static Progress none(int t0) {
      return new Progress(0, t0, null, null);
    }
  }

  /**
   * Whether and how a run ended.
   *
   * @param status running, complete or failed
   * @param endedAt when it completed or failed; null while it is running
   * @param dbPath address of its archive; empty until it is archived
   * @param failure why it failed; null if it did not
   * @param summary its result, computed when it is archived; null before
   */
  public record Outcome(
      RunStatus status,
      @Nullable Instant endedAt,
      String dbPath,
      @Nullable Failure failure,
      @Nullable Summary summary) {

    /** The outcome of a run that has not ended. */
    public static final Outcome RUNNING = new Outcome(RunStatus.RUNNING, null, "", null, null);

    public Outcome {
      Objects.requireNonNull(status);
      Objects.requireNonNull(dbPath);
    }
  }

  /**
   * The result of an archived run.
   *
   * @param nTurns turns that were played to their end
   * @param finalAge label of the last age seen; empty if the run ended before its first turn
   * @param score of the last state seen
   * @param usage what the calls of its model used together
   */
  public record Summary(
      double totalCostUsd, int nTurns, String finalAge, Score score, Usage usage) {
    /** A run without calls of a model. */
    public Summary(double totalCostUsd, int nTurns, String finalAge, Score score) {
      this(totalCostUsd, nTurns, finalAge, score, Usage.NONE);
    }

    /** The same result of a run that called no model. */
    public Summary withoutCalls() {
      return new Summary(0, nTurns, finalAge, score, Usage.NONE);
    }
  }

  /** A run that was just requested: it starts from a scenario at turn 0 and has no event. */
  public static Run requested(
      RunId runId,
      String label,
      Profile profile,
      @Nullable Prompt prompt,
      String scenario,
      int nTurns,
      Instant createdAt) {
    return new Run(
        runId,
        label,
        createdAt,
        new Plan(profile, prompt, scenario, 0, nTurns, null),
        Progress.none(0),
        Outcome.RUNNING);
  }

  /** A fork that was just requested: it starts at its origin's turn and has no event. */
  public static Run forked(
      RunId runId,
      Run parent,
      Origin origin,
      Profile profile,
      @Nullable Prompt prompt,
      int nTurns,
      Instant createdAt) {
    String label = String.format(Locale.ROOT, "fork of %s at t=%d", parent.label, origin.parentT());
    return new Run(
        runId,
        Limits.cut(label, Limits.MAX_LABEL),
        createdAt,
        new Plan(profile, prompt, parent.scenario(), origin.parentT(), nTurns, origin),
        Progress.none(origin.parentT()),
        Outcome.RUNNING);
  }

  /** The run with another label. */
  public Run withLabel(String other) {
    return new Run(runId, other, createdAt, plan, progress, outcome);
  }

  /** The run with its events this far. */
  public Run withProgress(Progress progress) {
    return new Run(runId, label, createdAt, plan, progress, outcome);
  }

  /** The run with this outcome. */
  public Run withOutcome(Outcome outcome) {
    return new Run(runId, label, createdAt, plan, progress, outcome);
  }

  /** The run, failed for this reason. */
  public Run withFailure(Failure failure, Instant at) {
    return withOutcome(new Outcome(RunStatus.FAILED, at, outcome.dbPath, failure, outcome.summary));
  }

  /** The run with its archive; a running one is complete with that, a failed one stays failed. */
  public Run withArchive(String dbPath, Summary summary, Instant at) {
    boolean completes = outcome.status == RunStatus.RUNNING;
    return withOutcome(
        new Outcome(
            completes ? RunStatus.COMPLETE : outcome.status,
            completes ? at : outcome.endedAt,
            dbPath,
            outcome.failure,
            summary));
  }

  /** See {@link Plan}. */
  public Profile profile() {
    return plan.profile;
  }

  /** See {@link Plan}. */
  public Optional<Prompt> prompt() {
    return Optional.ofNullable(plan.prompt);
  }

  /** See {@link Plan}. */
  public String scenario() {
    return plan.scenario;
  }

  /** See {@link Plan}. */
  public int t0() {
    return plan.t0;
  }

  /** See {@link Plan}. */
  public int nTurns() {
    return plan.nTurns;
  }

  /** See {@link Plan}. */
  public Optional<Origin> origin() {
    return Optional.ofNullable(plan.origin);
  }

  /** See {@link Progress}. */
  public long nEvents() {
    return progress.nEvents;
  }

  /** See {@link Progress}. */
  public int lastT() {
    return progress.lastT;
  }

  /** See {@link Progress}. */
  public Optional<Instant> firstTs() {
    return Optional.ofNullable(progress.firstTs);
  }

  /** See {@link Progress}. */
  public Optional<Instant> lastTs() {
    return Optional.ofNullable(progress.lastTs);
  }

  /** See {@link Progress}. */
  public Optional<Integer> departsAt() {
    return Optional.ofNullable(progress.departsAt);
  }

  /** See {@link Outcome}. */
  public RunStatus status() {
    return outcome.status;
  }

  /** See {@link Outcome}. */
  public Optional<Instant> endedAt() {
    return Optional.ofNullable(outcome.endedAt);
  }

  /** See {@link Outcome}. */
  public String dbPath() {
    return outcome.dbPath;
  }

  /** See {@link Outcome}. */
  public Optional<Failure> failure() {
    return Optional.ofNullable(outcome.failure);
  }

  /** See {@link Outcome}. */
  public Optional<Summary> summary() {
    return Optional.ofNullable(outcome.summary);
  }

  /** Whether the archive has the run. */
  public boolean archived() {
    return !outcome.dbPath.isEmpty();
  }

  /** Turns played so far: those before the turn of the last event, and all once complete. */
  public int turnsPlayed() {
    return Math.clamp((long) progress.lastT - plan.t0, 0, plan.nTurns);
  }
}
