package arena.local.iam;

import java.util.List;

/**
 * A statement of a policy.
 *
 * @param sid its name, unique in the role
 * @param effect what it does to a call that matches
 * @param actions patterns such as {@code dynamodb:Get*}
 * @param resources patterns of ARNs
 */
public record Statement(String sid, Effect effect, List<String> actions, List<String> resources) {
  /** The effect of a statement. */
  public enum Effect {
    ALLOW,
    DENY
  }

  /** Copies the lists. */
  public Statement {
    actions = List.copyOf(actions);
    resources = List.copyOf(resources);
  }
}
