package arena.local.bom;

import java.util.List;
import java.util.Set;

/** The licences that libraries may have. */
final class LicencePolicy {
  /** For what is deployed: without conditions other than to keep the notice. */
  private static final Set<String> SHIPPED =
      Set.of("Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT", "MIT-0", "Public Domain");

  /** In addition for the local stack and the tests, which are not distributed. */
  private static final Set<String> TOOLS =
      Set.of(
          "BSD-4-Clause",
          "BSD style",
          "DynamoDB Local License Agreement",
          "EPL-2.0",
          "GPL-2.0-with-classpath-exception",
          "MPL-2.0");

  private LicencePolicy() {}

  /** Returns the libraries of which no licence is allowed, or that state none. */
  static List<Component> violations(List<Component> components) {
    return components.stream().filter(component -> !allowed(component)).toList();
  }

  private static boolean allowed(Component component) {
    return component.licences().stream()
        .anyMatch(
            licence ->
                SHIPPED.contains(licence) || (!component.shipped() && TOOLS.contains(licence)));
  }
}
