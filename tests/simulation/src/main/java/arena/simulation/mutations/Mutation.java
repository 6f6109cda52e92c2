package arena.simulation.mutations;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A change of one place in layers/arena that a test must detect.
 *
 * @param name short name, letters and dashes
 * @param description the defect that the mutation causes
 * @param file path in layers/arena/src/main
 * @param before the original text, which occurs once in the file
 * @param after the replacement
 * @param test the test class that must fail; if empty, the simulation must fail
 */
public record Mutation(
    String name,
    String description,
    String file,
    String before,
    String after,
    Optional<String> test) {

  /** Package of the contract suite, with its dot. */
  static final String CONTRACTS = "arena.contract.";

  private static final String FOLDER = "layers/arena/src/main/";

  /** A mutation that the simulation must detect. */
  static Mutation simulated(
      String name, String description, String file, String before, String after) {
    return new Mutation(
        name, description, "java/arena/" + file + ".java", before, after, Optional.empty());
  }

  /** A mutation that the simulation hits too rarely and a unit test must detect. */
  static Mutation tested(
      String name, String description, String file, String before, String after, String test) {
    return new Mutation(
        name,
        description,
        "java/arena/" + file + ".java",
        before,
        after,
        Optional.of("arena." + test));
  }

  /** A mutation of a real store that its contract test must detect. */
  static Mutation ofStore(
      String name, String description, String file, String before, String after, String contract) {
    return new Mutation(name, description, file, before, after, Optional.of(CONTRACTS + contract));
  }

  /**
   * Returns the mutated file.
   *
   * @throws IllegalStateException if {@link #before} does not occur exactly once
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
          "mutation %s: text in %s found %s, expected once"
              .formatted(name, file, at < 0 ? "never" : "more than once"));
    }
    return source.substring(0, at) + after + source.substring(at + before.length());
  }
}
