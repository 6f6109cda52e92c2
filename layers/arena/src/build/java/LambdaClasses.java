import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.constant.ClassDesc;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Compiles the lambda expressions and method references in jars to classes, and stores the jars
 * without compression. The JVM makes a class for each lambda expression when it is first evaluated,
 * which takes three times as long as loading a class; and here one class has all lambda expressions
 * of a class that implement the same interface. The models of the AWS SDK have two for each field,
 * so that a cold start evaluates a thousand. Switches over types and the methods of records, for
 * which the JVM makes classes too, become methods ({@link TypeSwitch}, {@link RecordMethod}).
 * Operations that are not called are removed first, see {@link UnusedOperations}.
 *
 * <p>Each changed class is verified. One that cannot be verified, because it refers to a library
 * that is not there, stays as it is.
 */
public final class LambdaClasses {
  private static final String CLASS_FILE = ".class";

  /** Classes for other releases of Java, and the descriptions of modules, are left as they are. */
  private static final List<String> LEFT = List.of("META-INF/", "module-info.class");

  private final Map<String, byte[]> known;
  private final ClassFile format;

  private LambdaClasses(Map<String, byte[]> known) {
    this.known = known;
    ClassHierarchyResolver ofJars = ClassHierarchyResolver.ofResourceParsing(this::stream);
    format =
        ClassFile.of(
            ClassFile.ClassHierarchyResolverOption.of(
                ofJars.orElse(ClassHierarchyResolver.defaultResolver())));
  }

  /**
   * Changes jars, and those in folders and their subfolders. The last argument is what they refer
   * to: a folder of jars, or a file with a class path.
   */
  public static void main(String[] arguments) throws IOException {
    int last = arguments.length - 1;
    List<Path> changed = new ArrayList<>();
    for (String argument : List.of(arguments).subList(0, last)) {
      changed.addAll(jars(Path.of(argument)));
    }
    List<Path> all = new ArrayList<>(libraries(Path.of(arguments[last])));
    all.addAll(changed);
    Map<String, byte[]> known = new HashMap<>();
    LambdaClasses classes = new LambdaClasses(known);
    UnusedOperations operations = new UnusedOperations(classes.format);
    for (Path jar : all) {
      List<StoreJars.JarFile> files = StoreJars.read(jar);
      files.stream()
          .filter(file -> isClass(file.name()))
          .forEach(file -> known.put(file.name(), file.content()));
      operations.keepCallsOf(files);
    }
    for (Path jar : changed) {
      List<StoreJars.JarFile> files =
          StoreJars.read(jar).stream().map(operations::removedFrom).toList();
      StoreJars.write(jar, classes.converted(files));
    }
  }

  private static List<Path> libraries(Path path) throws IOException {
    return Files.isDirectory(path)
        ? jars(path)
        : Stream.of(Files.readString(path).strip().split(File.pathSeparator))
            .map(Path::of)
            .toList();
  }

  private static List<Path> jars(Path path) throws IOException {
    try (Stream<Path> files = Files.walk(path)) {
      return files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
  }

  private static boolean isClass(String name) {
    return name.endsWith(CLASS_FILE) && LEFT.stream().noneMatch(name::startsWith);
  }

  private ByteArrayInputStream stream(ClassDesc name) {
    byte[] found = known.get(file(name));
    return found == null ? null : new ByteArrayInputStream(found);
  }

  /** Returns the file of a class in its jar. */
  static String file(ClassDesc name) {
    return internalName(name) + CLASS_FILE;
  }

  /** Returns a class's name with slashes. */
  static String internalName(ClassDesc name) {
    String descriptor = name.descriptorString();
    return descriptor.substring(1, descriptor.length() - 1);
  }

  /** Returns the files of a jar with its changed classes, each followed by its new ones. */
  private List<StoreJars.JarFile> converted(List<StoreJars.JarFile> files) {
    return files.parallelStream().flatMap(this::converted).toList();
  }

  private Stream<StoreJars.JarFile> converted(StoreJars.JarFile file) {
    if (!isClass(file.name())) {
      return Stream.of(file);
    }
    try {
      HostClass host = new HostClass(format, format.parse(file.content()));
      Map<String, byte[]> changed = new TreeMap<>(host.convert());
      if (changed.isEmpty()) {
        return Stream.of(file);
      }
      changed.forEach(this::verify);
      List<StoreJars.JarFile> converted = new ArrayList<>();
      changed.forEach(
          (name, content) -> converted.add(new StoreJars.JarFile(name, file.time(), content)));
      return converted.stream();
    } catch (IllegalArgumentException e) {
      System.out.println("left as it is: " + file.name() + ": " + e.getMessage());
      return Stream.of(file);
    }
  }

  private void verify(String name, byte[] content) {
    List<VerifyError> errors = format.verify(content);
    if (!errors.isEmpty()) {
      throw new IllegalArgumentException(name + ": " + errors.getFirst().getMessage());
    }
  }
}
