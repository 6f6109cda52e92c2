package arena.simulation.mutations;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A change of one place in layers/arena that something must notice.
 *
 * @param name short, of letters and dashes
 * @param says what the product does wrong with it
 * @param file in layers/arena/src/main
 * @param before what stands there, once
 * @param after what is to stand there instead
 * @param test the test that must fail; if there is none, the simulation must
 */
public record Mutation(
    String name, String says, String file, String before, String after, Optional<String> test) {

  private static final String FOLDER = "layers/arena/src/main/";

  /** One that the simulation must notice. */
  static Mutation simulated(String name, String says, String file, String before, String after) {
    return new Mutation(
        name, says, "java/arena/" + file + ".java", before, after, Optional.empty());
  }

  /** One that the simulation meets too seldom, and that this test of the lifecycle must notice. */
  static Mutation tested(
      String name, String says, String file, String before, String after, String test) {
    return new Mutation(
        name, says, "java/arena/" + file + ".java", before, after, Optional.of("arena." + test));
  }

  /** One of a real store, which its contract test must notice. */
  static Mutation ofStore(
      String name, String says, String file, String before, String after, String contract) {
    return new Mutation(name, says, file, before, after, Optional.of("arena.contract." + contract));
  }

  /**
   * The file with the change in it.
   *
   * @throws IllegalStateException if the place is not found, or found more than once
   */
  public String mutated(Path root) {
    String source;
    try {
      source = Files.readString(root.resolve(FOLDER + file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    int at = source.indexOf(before);
    if (at < 0 || source.indexOf(before, at + 1) >= 0) {
      throw new IllegalStateException(
          "mutation %s: its text stands in %s not once, but %s"
              .formatted(name, file, at < 0 ? "never" : "more often"));
    }
    return source.substring(0, at) + after + source.substring(at + before.length());
  }
}
