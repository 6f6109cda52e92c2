package arena.local.presets;

import arena.agent.OfferedModels;
import arena.http.ModelRoutes;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Implements {@code ./arena presets}: validates a file of presets before it is copied into a
 * bucket. Deployments read the file later and not when they are created, so that a mistake in it
 * cannot fail one.
 */
public final class Main {
  private static final String USAGE = "presets takes: FILE [--bedrock-models PATTERN]";

  private Main() {}

  /** Takes the folder in which the command was given, and its arguments. */
  public static void main(String[] arguments) {
    List<String> given = List.of(arguments);
    System.exit(
        run(Path.of(given.getFirst()), given.subList(1, given.size()), System.out, System.err));
  }

  /**
   * Runs the command.
   *
   * @param folder that of a relative path
   * @return the exit status
   */
  static int run(Path folder, List<String> arguments, PrintStream out, PrintStream err) {
    boolean pattern = arguments.size() == 3 && arguments.get(1).equals("--bedrock-models");
    if (arguments.size() != 1 && !pattern) {
      err.println("arena: " + USAGE);
      return 1;
    }
    OfferedModels offered = new OfferedModels(pattern ? arguments.get(2) : "*", true, true);
    String text;
    try {
      text = Files.readString(folder.resolve(arguments.getFirst()));
    } catch (IOException e) {
      err.println("arena: cannot read " + arguments.getFirst());
      return 1;
    }
    Optional<String> problem = ModelRoutes.presetsProblem(offered, () -> Optional.of(text));
    problem.ifPresentOrElse(
        why -> err.println("arena: " + arguments.getFirst() + ": " + why),
        () -> out.println("valid"));
    return problem.isPresent() ? 1 : 0;
  }
}
