package arena.local.template;

import java.nio.file.Path;
import java.util.Map;

/**
 * A state machine, as the template declares it.
 *
 * @param name its name
 * @param arn its ARN
 * @param definition the file that holds it, in Amazon States Language
 * @param substitutions what to put in the place of {@code ${name}} in the file
 */
public record StateMachineDefinition(
    String name, String arn, Path definition, Map<String, String> substitutions) {
  /** Keeps the substitutions from changing. */
  public StateMachineDefinition {
    substitutions = Map.copyOf(substitutions);
  }
}
