import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
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
 * A method that a record does not declare, {@code equals}, {@code hashCode} or {@code toString}, as
 * {@code java.lang.runtime.ObjectMethods} describes it.
 *
 * @param name of the method
 * @param type takes the record first
 * @param owner the record
 * @param components its components, in their order
 */
record RecordMethod(String name, MethodTypeDesc type, ClassDesc owner, List<Component> components) {
  private static final ClassDesc BOOTSTRAP = ClassDesc.of("java.lang.runtime.ObjectMethods");
  private static final ClassDesc OBJECTS = ClassDesc.of("java.util.Objects");
  private static final ClassDesc BUILDER = ClassDesc.of("java.lang.StringBuilder");
  private static final int FIRST_COMPONENT = 2;

  /** The factor of {@code java.lang.runtime.ObjectMethods}. */
  private static final int HASH_FACTOR = 31;

  /** A component, which is a field. */
  record Component(String name, ClassDesc type) {}

  /** Returns what an instruction evaluates, or empty if it is another. */
  static Optional<RecordMethod> of(InvokeDynamicInstruction instruction) {
    if (!instruction.bootstrapMethod().owner().equals(BOOTSTRAP)) {
      return Optional.empty();
    }
    List<ConstantDesc> arguments = instruction.bootstrapArgs();
    List<Component> components = new ArrayList<>();
    for (ConstantDesc getter : arguments.subList(FIRST_COMPONENT, arguments.size())) {
      DirectMethodHandleDesc field = (DirectMethodHandleDesc) getter;
      components.add(
          new Component(field.methodName(), ClassDesc.ofDescriptor(field.lookupDescriptor())));
    }
    return Optional.of(
        new RecordMethod(
            instruction.name().stringValue(),
            instruction.typeSymbol(),
            (ClassDesc) arguments.getFirst(),
            components));
  }

  /** Writes the method, with the record in the first local variable. */
  void write(CodeBuilder code) {
    switch (name) {
      case "equals" -> writeEquals(code);
      case "hashCode" -> writeHashCode(code);
      case "toString" -> writeToString(code);
      default -> throw new IllegalArgumentException("not a method of records: " + name);
    }
  }

  private void writeEquals(CodeBuilder code) {
    Label differs = code.newLabel();
    Label same = code.newLabel();
    code.aload(0).aload(1).if_acmpeq(same);
    code.aload(1).instanceOf(owner).ifeq(differs);
    code.aload(1).checkcast(owner).astore(2);
    for (Component component : components) {
      ClassDesc compared = component.type();
      writeField(code, 0, component);
      writeField(code, 2, component);
      if (compared.isPrimitive()) {
        ClassDesc wrapper = Lambda.wrapper(compared);
        code.invokestatic(
            wrapper, "compare", MethodTypeDesc.of(ConstantDescs.CD_int, compared, compared));
        code.ifne(differs);
      } else {
        code.invokestatic(
            OBJECTS,
            "equals",
            MethodTypeDesc.of(
                ConstantDescs.CD_boolean, ConstantDescs.CD_Object, ConstantDescs.CD_Object));
        code.ifeq(differs);
      }
    }
    code.labelBinding(same).iconst_1().ireturn();
    code.labelBinding(differs).iconst_0().ireturn();
  }

  private void writeHashCode(CodeBuilder code) {
    code.iconst_0();
    for (Component component : components) {
      code.loadConstant(HASH_FACTOR).imul();
      writeField(code, 0, component);
      ClassDesc hashed =
          component.type().isPrimitive() ? component.type() : ConstantDescs.CD_Object;
      code.invokestatic(
          hashed.isPrimitive() ? Lambda.wrapper(hashed) : OBJECTS,
          "hashCode",
          MethodTypeDesc.of(ConstantDescs.CD_int, hashed));
      code.iadd();
    }
    code.ireturn();
  }

  private void writeToString(CodeBuilder code) {
    code.new_(BUILDER)
        .dup()
        .invokespecial(BUILDER, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void);
    code.loadConstant(owner);
    code.invokevirtual(
        ConstantDescs.CD_Class, "getSimpleName", MethodTypeDesc.of(ConstantDescs.CD_String));
    writeAppend(code, ConstantDescs.CD_String);
    String before = "[";
    for (Component component : components) {
      code.loadConstant(before + component.name() + "=");
      writeAppend(code, ConstantDescs.CD_String);
      writeField(code, 0, component);
      writeAppend(code, printed(component.type()));
      before = ", ";
    }
    code.loadConstant(components.isEmpty() ? "[]" : "]");
    writeAppend(code, ConstantDescs.CD_String);
    code.invokevirtual(BUILDER, "toString", MethodTypeDesc.of(ConstantDescs.CD_String)).areturn();
  }

  /** Returns the type that a string builder has a method for. */
  private static ClassDesc printed(ClassDesc type) {
    if (!type.isPrimitive()) {
      return ConstantDescs.CD_Object;
    }
    return type.equals(ConstantDescs.CD_byte) || type.equals(ConstantDescs.CD_short)
        ? ConstantDescs.CD_int
        : type;
  }

  private static void writeAppend(CodeBuilder code, ClassDesc type) {
    code.invokevirtual(BUILDER, "append", MethodTypeDesc.of(BUILDER, type));
  }

  private void writeField(CodeBuilder code, int local, Component component) {
    code.loadLocal(TypeKind.REFERENCE, local).getfield(owner, component.name(), component.type());
  }
}
