package arena.local.bom;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Checks the licences of all libraries, and the page that lists those of the layers; with {@code
 * --update} it writes the page.
 */
public final class Main {
  private static final Path BOM = Path.of("target", "bom.json");
  private static final Path PAGE = Path.of("layers", "THIRD-PARTY.md");

  private Main() {}

  public static void main(String[] arguments) throws IOException {
    List<Component> components = BillOfMaterials.read(BOM);
    List<Component> violations = LicencePolicy.violations(components);
    for (Component component : violations) {
      System.err.printf(
          Locale.ROOT,
          "arena: %s:%s has no allowed licence, only %s; see LicencePolicy%n",
          component.name(),
          component.version(),
          component.licences());
    }
    boolean current = true;
    String page = LicencePage.of(components);
    if (List.of(arguments).contains("--update")) {
      Files.writeString(PAGE, page);
    } else if (!Files.exists(PAGE) || !Files.readString(PAGE).equals(page)) {
      current = false;
      System.err.println("arena: " + PAGE + " is out of date; run ./arena bom --update");
    }
    System.out.printf(
        Locale.ROOT,
        "%d libraries, %d of them deployed; %d without an allowed licence%n",
        components.size(),
        components.stream().filter(Component::shipped).count(),
        violations.size());
    System.exit(violations.isEmpty() && current ? 0 : 1);
  }
}
