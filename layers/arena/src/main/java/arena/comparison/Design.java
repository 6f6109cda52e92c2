package arena.comparison;

import arena.run.Mutation;
import arena.run.Profile;
import arena.run.RunId;
import arena.world.Scenario;
import arena.world.World;
import java.util.List;

/**
 * What is compared: the cells of a comparison follow from it. Cells are numbered so that those that
 * belong together are neighbours, and a comparison that ends early has whole replicas or rounds.
 */
public sealed interface Design {
  /** The kind of the comparison. */
  ComparisonKind kind();

  /** Number of turns of each run. */
  int nTurns();

  /** Number of cells. */
  int cells();

  /** Returns the cell with a number, from 0. */
  CellPlan cell(int number);

  /** The profiles that play, in order; one for each arm or player. */
  List<Profile> profiles();

  /**
   * Forks of one turn in several arms, each replicated.
   *
   * @param parentRunId the run that is forked
   * @param parentT the turn at which it is forked
   * @param scenario label of the scenario of the parent's game
   * @param start the parent's world at the start of that turn
   * @param arms at least two
   * @param control name of the arm that the others are compared with
   * @param replicas runs of each arm
   */
  record Experiment(
      RunId parentRunId,
      int parentT,
      String scenario,
      World start,
      List<Arm> arms,
      String control,
      int replicas,
      int nTurns)
      implements Design {
    public Experiment {
      arms = List.copyOf(arms);
    }

    @Override
    public ComparisonKind kind() {
      return ComparisonKind.EXPERIMENT;
    }

    @Override
    public int cells() {
      return arms.size() * replicas;
    }

    /** Replica by replica, so that replicas can be added behind the others. */
    @Override
    public CellPlan cell(int number) {
      Arm arm = arms.get(number % arms.size());
      return new CellPlan(
          number, arm.name(), arm.profile(), scenario, number / arms.size(), arm.mutation());
    }

    @Override
    public List<Profile> profiles() {
      return arms.stream().map(Arm::profile).toList();
    }

    /** The experiment with another number of replicas. */
    public Experiment withReplicas(int other) {
      return new Experiment(parentRunId, parentT, scenario, start, arms, control, other, nTurns);
    }
  }

  /**
   * An arm of an experiment.
   *
   * @param mutation change of the parent's world
   * @param profile what plays, complete with the parent's fields
   */
  record Arm(String name, Mutation mutation, Profile profile) {}

  /**
   * Profiles over scenarios and rounds.
   *
   * @param profiles at least two, with unique names
   * @param scenarios at least one
   * @param rounds runs of each profile in each scenario
   */
  record Race(List<Profile> profiles, List<Scenario> scenarios, int rounds, int nTurns)
      implements Design {
    public Race {
      profiles = List.copyOf(profiles);
      scenarios = List.copyOf(scenarios);
    }

    @Override
    public ComparisonKind kind() {
      return ComparisonKind.RACE;
    }

    @Override
    public int cells() {
      return profiles.size() * scenarios.size() * rounds;
    }

    /** Round by round, in each scenario by scenario. */
    @Override
    public CellPlan cell(int number) {
      Profile profile = profiles.get(number % profiles.size());
      int match = number / profiles.size();
      Scenario scenario = scenarios.get(match % scenarios.size());
      return new CellPlan(
          number,
          profile.name(),
          profile,
          scenario.label(),
          match / scenarios.size(),
          Mutation.NONE);
    }
  }

  /**
   * What a cell plays.
   *
   * @param number its number, from 0
   * @param player name of the arm or of the profile
   * @param scenario label of the scenario
   * @param round the round of a race or the replica of an experiment, from 0
   * @param mutation change of the parent's world; none in a race
   */
  record CellPlan(
      int number, String player, Profile profile, String scenario, int round, Mutation mutation) {
    /** The provider of the model, such as {@code bedrock}; {@code scripted} without a model. */
    public String provider() {
      return providerOf(profile);
    }
  }

  /** The provider of a profile's model, such as {@code bedrock}. */
  static String providerOf(Profile profile) {
    String model = profile.model();
    int colon = model.indexOf(':');
    return colon < 0 ? model : model.substring(0, colon);
  }

  /** The providers that the cells need, in order and without repeats. */
  default List<String> providers() {
    return profiles().stream().map(Design::providerOf).distinct().sorted().toList();
  }
}
