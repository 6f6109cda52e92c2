package arena.local.states;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A state machine, checked when it is made.
 *
 * @param name part of its executions' ARNs
 * @param arn ends with {@code :stateMachine:} and the name
 * @param roleArn the role that its executions have on AWS; only shown
 * @param definition in the states language, JSON or YAML, its substitutions made
 */
public record StateMachine(String name, String arn, String roleArn, String definition) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,80}");

  /**
   * Reads the definition through.
   *
   * @throws DefinitionRefused if it is wrong, or uses what is not supported here
   */
  public StateMachine {
    Objects.requireNonNull(roleArn);
    if (!NAME.matcher(name).matches()) {
      throw new DefinitionRefused("a state machine cannot be called " + name);
    }
    if (!Arns.isStateMachine(arn) || !arn.endsWith(":stateMachine:" + name)) {
      throw new DefinitionRefused("the ARN " + arn + " is not that of a state machine " + name);
    }
    try {
      DefinitionReader.read(definition);
    } catch (DefinitionRefused e) {
      throw new DefinitionRefused("state machine " + name + ": " + e.getMessage());
    }
  }
}
