package arena.comparison;

import arena.agent.OfferedModels;
import arena.codec.WorldCodec;
import arena.comparison.Design.Arm;
import arena.comparison.Design.Experiment;
import arena.comparison.Design.Race;
import arena.lifecycle.CreateFork;
import arena.run.Limits;
import arena.run.NoSuchTurn;
import arena.run.Profile;
import arena.run.ProfileFields;
import arena.run.Run;
import arena.run.UnknownRun;
import arena.world.World;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/** Creates experiments and races, and adds replicas to experiments. */
public final class CreateComparison {
  private final Comparisons comparisons;
  private final Supplier<CreateFork> parents;
  private final ComparisonExecutions executions;
  private final Estimator estimator;
  private final OfferedModels models;
  private final InstantSource clock;

  /**
   * @param parents reads the runs that experiments fork
   * @param models the models that profiles may have
   */
  public CreateComparison(
      Comparisons comparisons,
      Supplier<CreateFork> parents,
      ComparisonExecutions executions,
      Estimator estimator,
      OfferedModels models,
      InstantSource clock) {
    this.comparisons = comparisons;
    this.parents = parents;
    this.executions = executions;
    this.estimator = estimator;
    this.models = models;
    this.clock = clock;
  }

  /**
   * Makes the design that a request asks for. Changes nothing.
   *
   * @throws InvalidComparison if it is not possible
   * @throws UnknownRun if the parent does not exist
   * @throws NoSuchTurn if the parent has no {@code turn_start} at the turn
   */
  public Design design(ComparisonRequest request) {
    Design design =
        switch (request) {
          case ComparisonRequest.OfExperiment experiment -> experiment(experiment);
          case ComparisonRequest.OfRace race -> race(race);
        };
    requireCells(design.cells());
    return design;
  }

  /** Estimates what a design takes. */
  public Estimate estimate(Design design, Budget budget) {
    return estimator.estimate(design, budget);
  }

  /**
   * Creates a comparison and starts its execution. Idempotent for its id. If the execution is not
   * started, the reaper starts it.
   *
   * @throws TooManyComparisons if {@value Comparisons#MAX_OPEN} others are open
   */
  public Comparison create(Design design, ComparisonRequest.Common request, ComparisonId id) {
    if (isFull() && comparisons.find(id).isEmpty()) {
      throw new TooManyComparisons(Comparisons.MAX_OPEN);
    }
    Comparison comparison =
        comparisons.create(
            Comparison.requested(
                id,
                request.label().orElseGet(() -> defaultLabel(design)),
                clock.instant(),
                design,
                request.budget(),
                request.seed()));
    if (comparison.progress().open()) {
      executions.start(id, comparison.progress().generation());
    }
    return comparison;
  }

  private boolean isFull() {
    return comparisons.queue().entries().size() >= Comparisons.MAX_OPEN;
  }

  private static String defaultLabel(Design design) {
    return switch (design) {
      case Experiment experiment ->
          String.format(
              Locale.ROOT, "%d arms at t=%d", experiment.arms().size(), experiment.parentT());
      case Race race -> String.format(Locale.ROOT, "%d profiles", race.profiles().size());
    };
  }

  private Race race(ComparisonRequest.OfRace request) {
    for (int i = 0; i < request.profiles().size(); i++) {
      requireOffered(request.profiles().get(i), "profiles[" + i + "].model");
    }
    return new Race(
        request.profiles(), request.scenarios(), request.rounds(), request.common().nTurns());
  }

  private Experiment experiment(ComparisonRequest.OfExperiment request) {
    List<String> names = request.arms().stream().map(ComparisonRequest.Arm::name).toList();
    String control = request.control().orElseGet(names::getFirst);
    if (!names.contains(control)) {
      throw new InvalidComparison(
          "control",
          "the name of an arm",
          "control must be the name of an arm: " + String.join(", ", names));
    }
    requireCells(request.arms().size() * request.replicas());
    Run parent = parents.get().parent(request.parentRunId());
    World start = parents.get().snapshot(parent, request.parentT());
    requireStored(start);
    List<Arm> arms = new ArrayList<>();
    List<Played> played = new ArrayList<>();
    for (int i = 0; i < request.arms().size(); i++) {
      ComparisonRequest.Arm arm = request.arms().get(i);
      Profile profile = profile(arm.profile(), parent.profile());
      requireOffered(profile, "arms[" + i + "].profile.model");
      Played plays = Played.of(arm.mutation().applyTo(start), profile);
      boolean changed = !plays.equals(Played.of(start, parent.profile()));
      if (!changed && !arm.name().equals(control)) {
        throw new InvalidComparison(
            "arms[" + i + "]",
            "a change of the parent's world or profile, except for the control",
            String.format(
                Locale.ROOT,
                "arms[%d] changes nothing: only the control may play as the parent did at turn %d",
                i,
                request.parentT()));
      }
      int same = played.indexOf(plays);
      if (same >= 0) {
        throw new InvalidComparison(
            "arms[" + i + "]",
            "another mutation or profile than every other arm",
            String.format(
                Locale.ROOT, "arms[%d] is identical to arms[%d]: both play the same", i, same));
      }
      played.add(plays);
      arms.add(new Arm(arm.name(), arm.mutation(), profile));
    }
    return new Experiment(
        parent.runId(),
        request.parentT(),
        parent.scenario(),
        start,
        arms,
        control,
        request.replicas(),
        request.common().nTurns());
  }

  /** The plan has the state, and all plans of a list are read together. */
  private static void requireStored(World start) {
    int bytes = WorldCodec.write(start).getBytes(StandardCharsets.UTF_8).length;
    if (bytes > Limits.MAX_FORKED_STATE_BYTES) {
      throw new InvalidComparison(
          "parent_t",
          String.format(
              Locale.ROOT,
              "a turn whose state has at most %d bytes",
              Limits.MAX_FORKED_STATE_BYTES),
          String.format(
              Locale.ROOT,
              "parent_t is a turn whose state has %d bytes as JSON, and must be one with at most %d:"
                  + " fork an earlier turn",
              bytes,
              Limits.MAX_FORKED_STATE_BYTES));
    }
  }

  /** What an arm plays; the name of a profile makes no difference. */
  private record Played(World start, Profile profile) {
    static Played of(World start, Profile profile) {
      return new Played(start, profile.withName(""));
    }
  }

  /** A profile with another model or prompt has the name that this gives it, not the parent's. */
  private static Profile profile(ProfileFields fields, Profile parent) {
    Profile profile = fields.inheriting(parent);
    boolean other = !profile.withName("").equals(parent.withName(""));
    return other && fields.name().isEmpty()
        ? profile.withName(Profile.defaultName(profile.model(), profile.promptVariant()))
        : profile;
  }

  private void requireOffered(Profile profile, String field) {
    if (!models.offers(profile.model())) {
      throw new InvalidComparison(
          field,
          models.description(),
          field + " is not offered by this deployment, which has: " + models.description());
    }
  }

  private static void requireCells(int cells) {
    if (cells > Limits.MAX_CELLS) {
      throw new InvalidComparison(
          "cells",
          "at most " + Limits.MAX_CELLS,
          String.format(
              Locale.ROOT, "cells is %d and must be at most %d", cells, Limits.MAX_CELLS));
    }
  }

  /**
   * Changes the number of an experiment's replicas.
   *
   * @return the experiment afterwards; empty if it starts no further cells, or changed meanwhile
   * @throws InvalidComparison if the number is not larger than before
   * @throws TooManyComparisons if it is complete and {@value Comparisons#MAX_OPEN} others are open
   * @throws UnknownComparison if the experiment does not exist
   */
  public Optional<Comparison> addReplicas(ComparisonId id, int replicas) {
    Comparison before = require(id);
    int now = ((Experiment) before.design()).replicas();
    if (replicas == now) {
      start(before); // a repeated request
      return Optional.of(before);
    }
    if (replicas < now) {
      throw new InvalidComparison(
          "replicas",
          String.format(Locale.ROOT, "%d to %d", now, Limits.MAX_REPLICAS),
          String.format(
              Locale.ROOT,
              "replicas is %d and must be at least %d, as many as there are",
              replicas,
              now));
    }
    if (!before.progress().open() && isFull()) {
      throw new TooManyComparisons(Comparisons.MAX_OPEN);
    }
    if (!comparisons.addReplicas(before, replicas, clock.instant())) {
      return Optional.empty();
    }
    Comparison after = require(id);
    start(after);
    return Optional.of(after);
  }

  private void start(Comparison comparison) {
    if (comparison.progress().open()) {
      executions.start(comparison.id(), comparison.progress().generation());
    }
  }

  private Comparison require(ComparisonId id) {
    return comparisons
        .find(id)
        .filter(comparison -> comparison.kind() == ComparisonKind.EXPERIMENT)
        .orElseThrow(() -> new UnknownComparison(id.value()));
  }

  /** Returns the first of some names that occurs twice. */
  public static Optional<String> repeated(List<String> names) {
    Set<String> seen = new HashSet<>();
    return names.stream().filter(name -> !seen.add(name)).findFirst();
  }
}
