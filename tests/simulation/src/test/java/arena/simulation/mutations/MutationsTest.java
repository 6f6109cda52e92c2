package arena.simulation.mutations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Whether they are noticed is tried by {@code ./arena mutate}; this, that they can be made. */
final class MutationsTest {
  @Test
  void everyMutationStillHasItsPlace() {
    for (Mutation mutation : Mutations.ALL) {
      assertFalse(mutation.mutated(Path.of("../..")).isEmpty(), mutation.name());
    }
  }

  @Test
  void everyMutationHasANameOfItsOwn() {
    assertEquals(
        Mutations.ALL.size(), Mutations.ALL.stream().map(Mutation::name).distinct().count());
  }
}
