package arena.simulation.mutations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/**
 * Checks that every mutation applies to the sources; {@code ./arena mutate} checks that they are
 * detected.
 */
final class MutationsTest {
  @Test
  void appliesEveryMutation() {
    for (Mutation mutation : Mutations.ALL) {
      assertFalse(mutation.mutated(Path.of("../..")).isEmpty(), mutation.name());
    }
  }

  @Test
  void namesAreUnique() {
    assertEquals(
        Mutations.ALL.size(), Mutations.ALL.stream().map(Mutation::name).distinct().count());
  }
}
