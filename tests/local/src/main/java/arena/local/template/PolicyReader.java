package arena.local.template;

import arena.local.iam.Role;
import arena.local.iam.Statement;
import arena.local.iam.Statement.Effect;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Reads the {@code Policies} of a function or of a state machine. */
final class PolicyReader {
  private static final Set<String> POLICY = Set.of("Version", "Statement");
  private static final Set<String> STATEMENT = Set.of("Sid", "Effect", "Action", "Resource");

  private PolicyReader() {}

  /**
   * Reads the role of a resource.
   *
   * @param holder the name of the function or state machine
   */
  static Role read(String holder, Section properties) {
    List<Statement> statements = new ArrayList<>();
    Set<String> sids = new HashSet<>();
    for (Section policy : properties.at("Policies").items()) {
      requireOnly(POLICY, policy);
      for (Section statement : policy.at("Statement").items()) {
        Statement read = statement(statement);
        if (!sids.add(read.sid())) {
          throw new InvalidTemplate(statement.path(), "the role has two statements " + read.sid());
        }
        statements.add(read);
      }
    }
    return new Role(holder, statements);
  }

  private static void requireOnly(Set<String> supported, Section section) {
    for (String element : section.entries().keySet()) {
      if (!supported.contains(element)) {
        throw new InvalidTemplate(
            section.path() + "." + element,
            "the local stack does not support " + element + " in a policy");
      }
    }
  }

  private static Statement statement(Section section) {
    requireOnly(STATEMENT, section);
    Section effect = section.at("Effect");
    return new Statement(
        section.at("Sid").string(),
        switch (effect.string()) {
          case "Allow" -> Effect.ALLOW;
          case "Deny" -> Effect.DENY;
          default -> throw new InvalidTemplate(effect.path(), "expected Allow or Deny");
        },
        strings(section.at("Action")),
        strings(section.at("Resource")));
  }

  /** Returns the strings of a list, or the only one. */
  private static List<String> strings(Section section) {
    Object value = section.value();
    return value instanceof List<?> list
        ? list.stream().map(item -> TemplateValues.string(section.path(), item)).toList()
        : List.of(section.string());
  }
}
