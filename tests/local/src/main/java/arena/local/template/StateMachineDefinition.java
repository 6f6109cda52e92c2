package arena.local.template;

import java.nio.file.Path;
import java.util.Map;

/**
 * A state machine that the template declares.
 *
 * @param name its name
 * @param arn its ARN
 * @param definition the file with its definition in Amazon States Language
 * @param substitutions the values of {@code ${name}} placeholders in the file
 */
public record StateMachineDefinition(
    String name, String arn, Path definition, Map<String, String> substitutions) {
  /** Copies the substitutions. */
  public StateMachineDefinition {
    substitutions = Map.copyOf(substitutions);
  }
}
