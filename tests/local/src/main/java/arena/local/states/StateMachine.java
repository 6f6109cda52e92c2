package arena.local.states;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A validated state machine.
 *
 * @param name its name, a part of its executions' ARNs
 * @param arn its ARN, which ends with {@code :stateMachine:} and the name
 * @param roleArn the role of its executions, which the API only returns
 * @param definition JSON or YAML in the Amazon States Language, with its substitutions replaced
 */
public record StateMachine(String name, String arn, String roleArn, String definition) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]{1,80}");

  /**
   * Validates the definition.
   *
   * @throws InvalidDefinition if it is invalid or uses something that is not supported
   */
  public StateMachine {
    Objects.requireNonNull(roleArn);
    if (!NAME.matcher(name).matches()) {
      throw new InvalidDefinition("the name " + name + " of a state machine is invalid");
    }
    if (!Arns.isStateMachine(arn) || !arn.endsWith(":stateMachine:" + name)) {
      throw new InvalidDefinition("the ARN " + arn + " is not that of a state machine " + name);
    }
    try {
      DefinitionReader.read(definition);
    } catch (InvalidDefinition e) {
      throw new InvalidDefinition("state machine " + name + ": " + e.getMessage());
    }
  }
}
