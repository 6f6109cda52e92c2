import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeModel;
import java.lang.classfile.MethodModel;
import java.lang.constant.ConstantDescs;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Empties the methods with which the driver of DuckDB reports its memory to Flight Recorder, and
 * stores its jar without compression. Nothing is recorded in a function, and the first event that a
 * process registers loads Flight Recorder: 130 classes, a twelfth of a cold start.
 */
public final class MemoryEvents {
  private static final String MONITOR = "org/duckdb/JfrMemoryMonitor.class";

  private MemoryEvents() {}

  /** Changes the jar that is the argument. */
  public static void main(String[] arguments) throws IOException {
    Path jar = Path.of(arguments[0]);
    List<StoreJars.JarFile> files = new ArrayList<>();
    boolean found = false;
    for (StoreJars.JarFile file : StoreJars.read(jar)) {
      boolean isMonitor = file.name().equals(MONITOR);
      found |= isMonitor;
      files.add(
          isMonitor
              ? new StoreJars.JarFile(file.name(), file.time(), emptied(file.content()))
              : file);
    }
    if (!found) {
      throw new IOException(jar + " has no " + MONITOR + "; does the driver still report events?");
    }
    StoreJars.write(jar, files);
  }

  private static byte[] emptied(byte[] monitor) {
    ClassFile format = ClassFile.of();
    return format.transformClass(
        format.parse(monitor),
        ClassTransform.transformingMethods(
            MemoryEvents::isEvent,
            (builder, element) -> {
              if (element instanceof CodeModel) {
                builder.withCode(code -> code.return_());
              } else {
                builder.with(element);
              }
            }));
  }

  /** Whether a method reports: all do but the constructor. */
  private static boolean isEvent(MethodModel method) {
    return !method.methodName().equalsString(ConstantDescs.INIT_NAME)
        && method.methodTypeSymbol().returnType().equals(ConstantDescs.CD_void);
  }
}
