import java.lang.classfile.CodeBuilder;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.DirectMethodHandleDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A lambda expression or method reference, as {@code java.lang.invoke.LambdaMetafactory} describes
 * it.
 *
 * @param method the name of the interface's method
 * @param methodType its type
 * @param implemented the interface
 * @param captured the types of the values that it captures
 * @param type the type of the method with the interface's type arguments
 * @param implementation what it calls
 */
record Lambda(
    String method,
    MethodTypeDesc methodType,
    ClassDesc implemented,
    List<ClassDesc> captured,
    MethodTypeDesc type,
    DirectMethodHandleDesc implementation) {
  private static final ClassDesc FACTORY = ClassDesc.of("java.lang.invoke.LambdaMetafactory");

  /** Returns what an instruction evaluates, or empty if this program does not convert it. */
  static Optional<Lambda> of(InvokeDynamicInstruction instruction) {
    DirectMethodHandleDesc bootstrap = instruction.bootstrapMethod();
    if (!bootstrap.owner().equals(FACTORY) || !bootstrap.methodName().equals("metafactory")) {
      return Optional.empty(); // of strings, patterns and records, or serializable
    }
    List<ConstantDesc> arguments = instruction.bootstrapArgs();
    MethodTypeDesc site = instruction.typeSymbol();
    Lambda lambda =
        new Lambda(
            instruction.name().stringValue(),
            (MethodTypeDesc) arguments.get(0),
            site.returnType(),
            site.parameterList(),
            (MethodTypeDesc) arguments.get(2),
            (DirectMethodHandleDesc) arguments.get(1));
    return lambda.isConvertible() ? Optional.of(lambda) : Optional.empty();
  }

  private boolean isConstructor() {
    return implementation.kind() == DirectMethodHandleDesc.Kind.CONSTRUCTOR;
  }

  /** Returns the captured values and the arguments. */
  List<ClassDesc> given() {
    List<ClassDesc> given = new ArrayList<>(captured);
    given.addAll(type.parameterList());
    return given;
  }

  /** Returns the implementation's parameters, of which its receiver is the first. */
  private List<ClassDesc> needed() {
    return implementation.invocationType().parameterList();
  }

  private boolean isConvertible() {
    List<ClassDesc> given = given();
    List<ClassDesc> needed = needed();
    if (given.size() != needed.size()) {
      return false;
    }
    for (int i = 0; i < given.size(); i++) {
      if (!isConvertible(given.get(i), needed.get(i))) {
        return false;
      }
    }
    for (int i = 0; i < type.parameterCount(); i++) {
      if (differs(methodType.parameterType(i), type.parameterType(i))) {
        return false;
      }
    }
    ClassDesc returned = implementation.invocationType().returnType();
    return !differs(methodType.returnType(), type.returnType())
        && (type.returnType().equals(ConstantDescs.CD_void)
            || isConvertible(returned, type.returnType()));
  }

  private static boolean differs(ClassDesc one, ClassDesc other) {
    return (one.isPrimitive() || other.isPrimitive()) && !one.equals(other);
  }

  private static boolean isConvertible(ClassDesc from, ClassDesc to) {
    if (from.equals(to)) {
      return true;
    }
    if (from.isPrimitive()) {
      return !to.isPrimitive() && !from.equals(ConstantDescs.CD_void);
    }
    return !to.isPrimitive() || from.equals(wrapper(to));
  }

  /** Returns the class of a primitive type's objects. */
  static ClassDesc wrapper(ClassDesc primitive) {
    return switch (primitive.descriptorString()) {
      case "Z" -> ConstantDescs.CD_Boolean;
      case "B" -> ConstantDescs.CD_Byte;
      case "C" -> ConstantDescs.CD_Character;
      case "D" -> ConstantDescs.CD_Double;
      case "F" -> ConstantDescs.CD_Float;
      case "I" -> ConstantDescs.CD_Integer;
      case "J" -> ConstantDescs.CD_Long;
      case "S" -> ConstantDescs.CD_Short;
      default -> ConstantDescs.CD_Void;
    };
  }

  /** Calls the implementation with the captured values and the arguments in local variables. */
  void writeCall(CodeBuilder code) {
    if (isConstructor()) {
      code.new_(implementation.owner()).dup();
    }
    List<ClassDesc> given = given();
    List<ClassDesc> needed = needed();
    int slot = 0;
    for (int i = 0; i < given.size(); i++) {
      TypeKind kind = TypeKind.from(given.get(i));
      code.loadLocal(kind, slot);
      slot += kind.slotSize();
      writeConversion(code, given.get(i), needed.get(i));
    }
    writeInvocation(code);
    ClassDesc returned = implementation.invocationType().returnType();
    if (!type.returnType().equals(ConstantDescs.CD_void)) {
      writeConversion(code, returned, type.returnType());
    }
    code.return_(TypeKind.from(type.returnType())); // discards what is not returned
  }

  private void writeInvocation(CodeBuilder code) {
    ClassDesc owner = implementation.owner();
    String name = implementation.methodName();
    MethodTypeDesc invoked = MethodTypeDesc.ofDescriptor(implementation.lookupDescriptor());
    switch (implementation.kind()) {
      case STATIC -> code.invokestatic(owner, name, invoked);
      case INTERFACE_STATIC -> code.invokestatic(owner, name, invoked, true);
      case VIRTUAL -> code.invokevirtual(owner, name, invoked);
      case INTERFACE_VIRTUAL -> code.invokeinterface(owner, name, invoked);
      case SPECIAL -> code.invokespecial(owner, name, invoked);
      case INTERFACE_SPECIAL -> code.invokespecial(owner, name, invoked, true);
      case CONSTRUCTOR -> code.invokespecial(owner, ConstantDescs.INIT_NAME, invoked);
      default -> throw new IllegalArgumentException("not a call: " + implementation);
    }
  }

  /** Converts the value on the stack. */
  static void writeConversion(CodeBuilder code, ClassDesc from, ClassDesc to) {
    if (from.equals(to)) {
      return;
    }
    if (from.isPrimitive()) {
      code.invokestatic(wrapper(from), "valueOf", MethodTypeDesc.of(wrapper(from), from));
    } else if (to.isPrimitive()) {
      if (!from.equals(wrapper(to))) {
        code.checkcast(wrapper(to));
      }
      code.invokevirtual(wrapper(to), to.displayName() + "Value", MethodTypeDesc.of(to));
    } else {
      code.checkcast(to);
    }
  }
}
