package arena.local.bom;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The page that lists the deployed libraries with their licences. */
final class LicencePage {
  private static final String HEAD =
      """
      # Libraries in the layers and functions

      Written by `./arena bom --update` from the build's bill of materials, which has also the versions
      (`target/bom.json`). `./arena bom` fails if this page is out of date, or a library has a licence that is not
      allowed. Where there are several licences, one can be chosen.

      The build changes some of their classes: lambda expressions become classes, and operations of the AWS SDK that nothing
      calls are removed ([`layers/arena/src/build/java`](arena/src/build/java)).

      | library | licence |
      |---|---|
      """;

  private LicencePage() {}

  static String of(List<Component> components) {
    List<String> rows = new ArrayList<>();
    for (Component component : components) {
      if (component.shipped()) {
        rows.add(
            "| `" + component.name() + "` | " + String.join(", ", component.licences()) + " |");
      }
    }
    return HEAD + rows.stream().distinct().collect(Collectors.joining("\n", "", "\n"));
  }
}
