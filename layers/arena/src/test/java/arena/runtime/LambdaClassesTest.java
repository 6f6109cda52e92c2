package arena.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeModel;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.CharBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the build makes of lambda expressions, switches over types and records ({@code
 * LambdaClasses}) does the same as before.
 */
class LambdaClassesTest {
  private static final Path BUILD = Path.of("src", "build", "java", "LambdaClasses.java");

  /** Classes that are converted: they refer to the JDK only. */
  public static final class Sample implements Supplier<String> {
    /** Components of every kind. */
    record Kinds(boolean z, byte b, char c, short s, int i, long j, float f, double d, Object o) {}

    /** No component. */
    record None() {}

    private static Kinds kinds(double d, Object o) {
      return new Kinds(true, (byte) -1, 'c', (short) -2, 3, -4L, 5.5f, d, o);
    }

    private static String kind(Object value) {
      return switch (value) {
        case null -> "null";
        case String text when text.isEmpty() -> "empty";
        case CharSequence text -> "text " + text;
        case Kinds(_, _, _, _, int i, _, _, _, None _) -> "kinds without " + i;
        case Kinds(_, _, _, _, int i, _, _, _, Object o) -> "kinds " + i + kind(o);
        case Integer _ -> "integer";
        default -> "other";
      };
    }

    private static Supplier<String> capturing(
        boolean z, byte b, char c, short s, int i, long j, float f, double d, String text) {
      return () -> text + z + b + c + s + i + j + f + d;
    }

    private static DoubleSupplier sum(double d, int i, long j) {
      return () -> d + i + j;
    }

    @Override
    public String get() {
      List<Object> values =
          Arrays.asList(
              "",
              "a",
              CharBuffer.wrap("b"),
              1,
              2L,
              null,
              kinds(Double.NaN, new None()),
              kinds(0.0, 1));
      List<Object> said = new ArrayList<>();
      values.forEach(value -> said.add(kind(value)));
      Function<Object, String> print = String::valueOf;
      said.add(print.apply(new None()));
      said.add(new None().equals(new None()));
      said.add(new None().hashCode());
      Kinds one = kinds(Double.NaN, null);
      said.add(one.toString());
      said.add(one.hashCode() - kinds(0.0, null).hashCode());
      List.of(one, "x").forEach(other -> said.add(one.equals(other)));
      said.add(one.equals(kinds(Double.NaN, null)));
      said.add(kinds(0.0, "x").equals(kinds(-0.0, "x")));
      said.add(kinds(0.0, "x").equals(kinds(0.0, "y")));
      values.forEach(other -> said.add(one.equals(other)));
      said.add(capturing(true, (byte) 1, 'c', (short) 2, 3, 4L, 5f, 6.0, "t").get());
      said.add(sum(0.5, 1, 1L << 40).getAsDouble());
      return said.toString();
    }
  }

  @TempDir private Path folder;

  private Path jar() throws IOException {
    Path classes = Path.of("target", "test-classes", "arena", "runtime");
    Path jar = folder.resolve("sample.jar");
    try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.list(classes)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        if (file.getFileName().toString().startsWith("LambdaClassesTest$Sample")) {
          out.putNextEntry(new ZipEntry("arena/runtime/" + file.getFileName()));
          out.write(Files.readAllBytes(file));
        }
      }
    }
    return jar;
  }

  private void convert(Path jar) throws IOException, InterruptedException {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    ProcessBuilder program =
        new ProcessBuilder(
            java.toString(), BUILD.toString(), jar.toString(), folder.resolve("none").toString());
    assertEquals("", Programs.output(program), "no class is left as it is");
  }

  /**
   * What the JVM links, but for the concatenation of strings, which the product's build inlines.
   */
  private static List<String> linkedByTheJvm(byte[] classFile) {
    return ClassFile.of().parse(classFile).methods().stream()
        .flatMap(method -> method.code().stream())
        .flatMap(CodeModel::elementStream)
        .filter(InvokeDynamicInstruction.class::isInstance)
        .map(instruction -> ((InvokeDynamicInstruction) instruction).bootstrapMethod().owner())
        .map(ClassDesc::displayName)
        .filter(owner -> !owner.equals("StringConcatFactory"))
        .toList();
  }

  @Test
  void convertedClassesDoTheSame() throws Exception {
    Path jar = jar();
    Files.createDirectory(folder.resolve("none"));
    convert(jar);
    try (URLClassLoader converted =
        new URLClassLoader(new URL[] {jar.toUri().toURL()}, ClassLoader.getPlatformClassLoader())) {
      String name = Sample.class.getName();
      for (String made : List.of(name, name + "$Kinds", name + "$None", name + "$Lambdas0")) {
        try (var in = converted.getResourceAsStream(made.replace('.', '/') + ".class")) {
          assertTrue(in != null, made);
          assertEquals(List.of(), linkedByTheJvm(in.readAllBytes()), made);
        }
      }
      Object sample = converted.loadClass(name).getConstructor().newInstance();
      assertEquals(new Sample().get(), ((Supplier<?>) sample).get());
    }
  }
}
