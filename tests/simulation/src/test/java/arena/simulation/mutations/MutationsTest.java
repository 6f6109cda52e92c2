package arena.simulation.mutations;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Checks that every mutation applies to the sources and compiles; {@code ./arena mutate} checks
 * that they are detected.
 */
final class MutationsTest {
  @TempDir private Path folder;

  @Test
  void everyMutationCompiles() throws IOException {
    MutatedClasses classes = new MutatedClasses(Path.of("../.."));
    Map<String, Deque<Mutation>> byFile = new LinkedHashMap<>();
    for (Mutation mutation : Mutations.ALL) {
      byFile.computeIfAbsent(mutation.file(), _ -> new ArrayDeque<>()).add(mutation);
    }
    int compiled = 0;
    for (int batch = 0; compiled < Mutations.ALL.size(); batch++) {
      List<Mutation> ofDifferentFiles =
          byFile.values().stream().map(Deque::poll).filter(Objects::nonNull).toList();
      assertTrue(!ofDifferentFiles.isEmpty());
      classes.place(ofDifferentFiles, folder.resolve("batch-" + batch));
      compiled += ofDifferentFiles.size();
    }
  }

  @Test
  void namesAreUnique() {
    List<String> names = Mutations.ALL.stream().map(Mutation::name).toList();
    assertEquals(names.stream().distinct().toList(), names);
  }
}
