package arena.local.rights;

import arena.local.iam.Right;
import arena.local.iam.Role;
import arena.local.template.Deployment;
import arena.local.template.StackPlan;
import arena.local.template.StateMachineDefinition;
import arena.local.template.Template;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Compares the rights that the template grants with those that were used. */
final class UnusedRights {
  /** The operations on items name a table; only these name an index. */
  private static final Set<String> INDEX_ACTIONS = Set.of("dynamodb:Query", "dynamodb:Scan");

  /**
   * The services that Step Functions calls with the role when a state machine is created: for the
   * delivery of its logs, and for the rule that reports the ends of executions that it waits for.
   */
  private static final Set<String> SERVICES_AT_CREATION = Set.of("logs", "events");

  private UnusedRights() {}

  /**
   * Returns the rights that were not used, in alphabetical order.
   *
   * @param template the file {@code template.yaml}
   * @param used the rights that were used, as lines of text
   */
  static List<Right> of(Path template, Set<String> used) {
    StackPlan plan = Template.read(template).resolve(Map.of(), Deployment.placeholder());
    Set<String> machines =
        plan.stateMachines().stream().map(StateMachineDefinition::name).collect(Collectors.toSet());
    Set<Right> unused = new TreeSet<>();
    for (Role role : plan.roles().values()) {
      for (Right right : role.rights()) {
        boolean ofDeployment =
            machines.contains(right.holder())
                && SERVICES_AT_CREATION.contains(
                    right.action().substring(0, right.action().indexOf(':')));
        if (isPossible(right) && !ofDeployment && !used.contains(right.toString())) {
          unused.add(right);
        }
      }
    }
    return List.copyOf(unused);
  }

  /** Returns whether a request can need the right: one for an item never needs that of an index. */
  private static boolean isPossible(Right right) {
    return !right.resource().contains("/index/") || INDEX_ACTIONS.contains(right.action());
  }
}
