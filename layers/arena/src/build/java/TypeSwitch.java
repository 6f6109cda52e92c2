import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.instruction.InvokeDynamicInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.Optional;

/**
 * The selection of a switch with patterns of types, as {@code java.lang.runtime.SwitchBootstraps}
 * describes it: the number of the first type, from a given one on, that a value has.
 *
 * @param type takes the value, and the number from which to look
 * @param types what the patterns name, in their order
 */
record TypeSwitch(MethodTypeDesc type, List<ClassDesc> types) {
  private static final ClassDesc BOOTSTRAPS = ClassDesc.of("java.lang.runtime.SwitchBootstraps");

  /** The number for null. */
  private static final int NULL = -1;

  /** Returns what an instruction evaluates; empty if it is another, or also selects constants. */
  static Optional<TypeSwitch> of(InvokeDynamicInstruction instruction) {
    boolean selects =
        instruction.bootstrapMethod().owner().equals(BOOTSTRAPS)
            && instruction.bootstrapMethod().methodName().equals("typeSwitch")
            && !instruction.typeSymbol().parameterType(0).isPrimitive()
            && instruction.bootstrapArgs().stream()
                .allMatch(label -> label instanceof ClassDesc type && !type.isPrimitive());
    return selects
        ? Optional.of(
            new TypeSwitch(
                instruction.typeSymbol(),
                instruction.bootstrapArgs().stream().map(ClassDesc.class::cast).toList()))
        : Optional.empty();
  }

  /** Returns the number, with the value and the first number in local variables. */
  void write(CodeBuilder code) {
    Label present = code.newLabel();
    code.aload(0).ifnonnull(present).loadConstant(NULL).ireturn().labelBinding(present);
    for (int number = 0; number < types.size(); number++) {
      Label next = code.newLabel();
      code.iload(1).loadConstant(number).if_icmpgt(next);
      code.aload(0).instanceOf(types.get(number)).ifeq(next);
      code.loadConstant(number).ireturn().labelBinding(next);
    }
    code.loadConstant(types.size()).ireturn();
  }
}
