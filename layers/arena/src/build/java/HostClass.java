import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassElement;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.MethodModel;
import java.lang.classfile.MethodTransform;
import java.lang.classfile.attribute.RuntimeInvisibleTypeAnnotationsAttribute;
import java.lang.classfile.attribute.RuntimeVisibleTypeAnnotationsAttribute;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.lang.reflect.AccessFlag;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A class with lambda expressions, switches over types, or the methods of a record. Its conversion
 * replaces them by calls to other classes, and to methods of its own.
 */
final class HostClass {
  /** What javac does not call a method. */
  private static final String BRIDGE = "lambda$class$";

  private static final String LINKED = "linked$class$";

  private final ClassFile format;
  private final ClassModel host;
  private final ClassDesc name;
  private final boolean isInterface;
  private final Map<String, LambdaClass> classes = new LinkedHashMap<>();
  private final List<Lambda> bridges = new ArrayList<>();
  private final List<Linked> linked = new ArrayList<>();

  /** A static method for what the JVM would link. */
  private record Linked(MethodTypeDesc type, Consumer<CodeBuilder> body) {}

  HostClass(ClassFile format, ClassModel host) {
    this.format = format;
    this.host = host;
    name = host.thisClass().asSymbol();
    isInterface = host.flags().has(AccessFlag.INTERFACE);
  }

  /** Returns the changed class and the new ones by their files; empty if nothing changes. */
  Map<String, byte[]> convert() {
    byte[] changed = format.transformClass(host, ClassTransform.ofStateful(() -> new Transform()));
    Map<String, byte[]> files = new HashMap<>();
    if (!classes.isEmpty() || !linked.isEmpty()) {
      files.put(LambdaClasses.file(name), changed);
      classes
          .values()
          .forEach(made -> files.put(LambdaClasses.file(made.name()), made.write(format)));
    }
    return files;
  }

  private final class Transform implements ClassTransform {
    @Override
    public void accept(ClassBuilder builder, ClassElement element) {
      if (element instanceof MethodModel method && method.code().isPresent()) {
        builder.transformMethod(
            method, MethodTransform.transformingCode(HostClass.this::writeConverted));
      } else {
        builder.with(element);
      }
    }

    @Override
    public void atEnd(ClassBuilder builder) {
      int flags =
          ClassFile.ACC_STATIC | ClassFile.ACC_SYNTHETIC | (isInterface ? ClassFile.ACC_PUBLIC : 0);
      for (int i = 0; i < bridges.size(); i++) {
        Lambda lambda = bridges.get(i);
        builder.withMethodBody(BRIDGE + i, bridgeType(lambda), flags, lambda::writeCall);
      }
      for (int i = 0; i < linked.size(); i++) {
        builder.withMethodBody(LINKED + i, linked.get(i).type(), flags, linked.get(i).body());
      }
    }
  }

  private static MethodTypeDesc bridgeType(Lambda lambda) {
    return MethodTypeDesc.of(lambda.type().returnType(), lambda.given());
  }

  private void writeConverted(CodeBuilder code, CodeElement element) {
    if (element instanceof RuntimeVisibleTypeAnnotationsAttribute
        || element instanceof RuntimeInvisibleTypeAnnotationsAttribute) {
      return; // of positions in the code, which change
    }
    if (!(element instanceof InvokeDynamicInstruction instruction)) {
      code.with(element);
      return;
    }
    Optional<Lambda> lambda = Lambda.of(instruction);
    Optional<Linked> method = linked(instruction);
    if (lambda.isPresent()) {
      made(lambda.get()).writeCreation(code, lambda.get(), bridge(lambda.get()));
    } else if (method.isPresent()) {
      code.invokestatic(name, LINKED + linked.size(), method.get().type(), isInterface);
      linked.add(method.get());
    } else {
      code.with(element);
    }
  }

  private static Optional<Linked> linked(InvokeDynamicInstruction instruction) {
    return TypeSwitch.of(instruction)
        .map(selection -> new Linked(selection.type(), selection::write))
        .or(
            () ->
                RecordMethod.of(instruction)
                    .map(method -> new Linked(method.type(), method::write)));
  }

  private LambdaClass made(Lambda lambda) {
    String shape =
        lambda.implemented().descriptorString()
            + lambda.method()
            + lambda.methodType().descriptorString();
    return classes.computeIfAbsent(
        shape,
        _ ->
            new LambdaClass(
                ClassDesc.ofInternalName(
                    LambdaClasses.internalName(name) + "$Lambdas" + classes.size()),
                lambda));
  }

  /**
   * Adds a method that the lambda's class may call: what the lambda calls may be private, or need
   * this class as its caller.
   */
  private LambdaClass.Bridge bridge(Lambda lambda) {
    String bridge = BRIDGE + bridges.size();
    bridges.add(lambda);
    return new LambdaClass.Bridge(name, isInterface, bridge, bridgeType(lambda));
  }
}
