package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/**
 * Functions start without Jackson's mapper, which loads 400 classes. {@code JsonNode.toString} uses
 * it too; {@link arena.json.Json} does not.
 */
final class JsonMapperTest {
  private static final String JACKSON = "com/fasterxml/jackson/databind/";

  /** Their mapper reads what a model answers, which takes longer than any start. */
  private static final Path MODELS = Path.of("arena", "agent");

  private static final List<Path> CLASSES =
      List.of(
          Path.of("..", "..", "layers", "arena", "target", "classes"),
          Path.of("..", "..", "functions", "target", "classes"));

  private static boolean loadsMapper(PoolEntry entry) {
    return switch (entry) {
      case ClassEntry type -> type.asInternalName().matches(JACKSON + "(ObjectMapper|json/.*)");
      case MemberRefEntry member ->
          member.owner().asInternalName().matches(JACKSON + "(node/)?\\w+Node")
              && member.name().equalsString("toString");
      default -> false;
    };
  }

  private static boolean loadsMapper(Path classFile) throws IOException {
    return StreamSupport.stream(
            ClassFile.of().parse(Files.readAllBytes(classFile)).constantPool().spliterator(), false)
        .anyMatch(JsonMapperTest::loadsMapper);
  }

  @Test
  void onlyModelsUseTheMapper() throws IOException {
    TreeSet<String> users = new TreeSet<>();
    int models = 0;
    for (Path folder : CLASSES) {
      try (Stream<Path> files = Files.walk(folder)) {
        for (Path file : files.filter(path -> path.toString().endsWith(".class")).toList()) {
          if (loadsMapper(file)) {
            Path name = folder.relativize(file);
            if (name.startsWith(MODELS)) {
              models++;
            } else {
              users.add(name.toString());
            }
          }
        }
      }
    }
    assertTrue(models > 0, "uses are found");
    assertEquals(new TreeSet<>(), users);
  }
}
