package arena.comparison;

import arena.run.Mutation;
import arena.run.Profile;
import arena.run.ProfileFields;
import arena.run.RunId;
import arena.world.Scenario;
import java.util.List;
import java.util.Optional;

/** A request to create a comparison, each field within its limits. */
public sealed interface ComparisonRequest {
  /** The fields that experiments and races have in common. */
  Common common();

  /**
   * Fields of every comparison.
   *
   * @param label display name; empty for a default
   * @param seed of its statistics; empty for one that is derived from the id
   * @param dryRun whether only the estimate is asked for
   */
  record Common(
      int nTurns, Optional<String> label, Budget budget, Optional<Long> seed, boolean dryRun) {}

  /**
   * A request for an experiment.
   *
   * @param parentRunId the run to fork, which may not exist
   * @param control name of the control arm; empty for the first one
   */
  record OfExperiment(
      RunId parentRunId,
      int parentT,
      List<Arm> arms,
      Optional<String> control,
      int replicas,
      Common common)
      implements ComparisonRequest {}

  /**
   * An arm that is asked for.
   *
   * @param profile fields of its profile; omitted ones are the parent's
   */
  record Arm(String name, Mutation mutation, ProfileFields profile) {}

  /** A request for a race. */
  record OfRace(List<Profile> profiles, List<Scenario> scenarios, int rounds, Common common)
      implements ComparisonRequest {}
}
