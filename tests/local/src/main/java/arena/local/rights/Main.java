package arena.local.rights;

import arena.local.iam.Right;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Lists the rights that no test used; the exit code is 1 if there are any. */
final class Main {
  private Main() {}

  /**
   * Runs the command.
   *
   * @param arguments the template, and the file in which used rights are recorded
   */
  public static void main(String[] arguments) throws IOException {
    Path record = Path.of(arguments[1]);
    Set<String> used = Files.exists(record) ? new HashSet<>(Files.readAllLines(record)) : Set.of();
    List<Right> unused = UnusedRights.of(Path.of(arguments[0]), used);
    if (unused.isEmpty()) {
      System.out.println("arena: every right in template.yaml was used");
      return;
    }
    System.out.println(
        "arena: no test used these rights in template.yaml; remove them, or test what needs them"
            + " (function, statement, action, resource):");
    unused.forEach(right -> System.out.println("  " + right));
    System.exit(1);
  }
}
