import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.reflect.AccessFlag;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Removes operations that the product does not call from the AWS SDK's clients and their
 * interfaces. To verify a client, the JVM loads the request class of each of its operations: 300
 * classes of a cold start, and the clients are among the largest classes.
 */
final class UnusedOperations {
  private static final Pattern CLIENT =
      Pattern.compile("software/amazon/awssdk/services/\\w+/\\w+Client\\.class");

  /** An operation's name is also that of its calls page by page, and of its lambda expressions. */
  private static final String PAGES = "Paginator";

  private static final Pattern LAMBDA = Pattern.compile("lambda\\$(\\w+)\\$\\d+");
  private static final String PRODUCT = "arena/";

  private final ClassFile format;
  private final Set<String> called = new HashSet<>();

  /**
   * @param format knows the classes that clients refer to
   */
  UnusedOperations(ClassFile format) {
    this.format = format.withOptions(ClassFile.ConstantPoolSharingOption.NEW_POOL);
  }

  /** Keeps the operations that the product's classes among these files call. */
  void keepCallsOf(Collection<StoreJars.JarFile> files) {
    for (StoreJars.JarFile file : files) {
      if (file.name().startsWith(PRODUCT) && file.name().endsWith(".class")) {
        for (PoolEntry entry : format.parse(file.content()).constantPool()) {
          if (entry instanceof MemberRefEntry member) {
            called.add(operation(member.name().stringValue()));
          }
        }
      }
    }
  }

  /**
   * Returns a client without the other operations, and another file as it is; also a client that
   * needs a library that is not there.
   */
  StoreJars.JarFile removedFrom(StoreJars.JarFile file) {
    if (!CLIENT.matcher(file.name()).matches()) {
      return file;
    }
    ClassModel client = format.parse(file.content());
    Set<String> operations = operations(client);
    try {
      byte[] changed =
          format.transformClass(
              client, ClassTransform.dropping(element -> isUnused(operations, element)));
      return new StoreJars.JarFile(file.name(), file.time(), changed);
    } catch (IllegalArgumentException e) {
      System.out.println("left as it is: " + file.name() + ": " + e.getMessage());
      return file;
    }
  }

  /** Whether a method is an operation, or a lambda expression of one, that is not called. */
  private boolean isUnused(Set<String> operations, ClassElement element) {
    if (!(element instanceof MethodModel method)) {
      return false;
    }
    String name = method.methodName().stringValue();
    Matcher lambda = LAMBDA.matcher(name);
    String operation = operation(lambda.matches() ? lambda.group(1) : name);
    return operations.contains(operation) && !called.contains(operation);
  }

  private static String operation(String method) {
    return method.endsWith(PAGES) ? method.substring(0, method.length() - PAGES.length()) : method;
  }

  /** Returns the names of the public methods with a request as their parameter. */
  private static Set<String> operations(ClassModel client) {
    return client.methods().stream()
        .filter(method -> method.flags().has(AccessFlag.PUBLIC))
        .filter(method -> method.methodType().stringValue().contains("Request;"))
        .map(method -> operation(method.methodName().stringValue()))
        .collect(Collectors.toSet());
  }
}
