import java.lang.classfile.ClassBuilder;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.Label;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.SwitchCase;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;
import java.util.ArrayList;
import java.util.List;

/**
 * The class of all lambda expressions of a class that implement the same interface. An object has
 * the number of its expression, and the captured values.
 */
final class LambdaClass {
  private static final String CREATE = "create";
  private static final String NUMBER = "number";
  private static final String CAPTURED = "captured";
  private static final MethodTypeDesc CONSTRUCTOR =
      MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int);

  private final ClassDesc name;
  private final Lambda shape;
  private final List<Lambda> lambdas = new ArrayList<>();
  private final List<Bridge> bridges = new ArrayList<>();

  /** A static method that calls what a lambda expression calls. */
  record Bridge(ClassDesc owner, boolean ofInterface, String name, MethodTypeDesc type) {}

  /**
   * @param shape any of the expressions
   */
  LambdaClass(ClassDesc name, Lambda shape) {
    this.name = name;
    this.shape = shape;
  }

  ClassDesc name() {
    return name;
  }

  /** Adds an expression, and creates an object of it from the captured values on the stack. */
  void writeCreation(CodeBuilder code, Lambda lambda, Bridge bridge) {
    code.loadConstant(lambdas.size());
    code.invokestatic(name, CREATE, creation(lambda.captured()));
    lambdas.add(lambda);
    bridges.add(bridge);
  }

  private MethodTypeDesc creation(List<ClassDesc> captured) {
    List<ClassDesc> parameters = new ArrayList<>(captured);
    parameters.add(ConstantDescs.CD_int);
    return MethodTypeDesc.of(shape.implemented(), parameters);
  }

  byte[] write(ClassFile format) {
    return format.build(name, this::write);
  }

  private void write(ClassBuilder builder) {
    builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
    builder.withFlags(ClassFile.ACC_FINAL | ClassFile.ACC_SUPER | ClassFile.ACC_SYNTHETIC);
    builder.withInterfaceSymbols(shape.implemented());
    builder.withField(NUMBER, ConstantDescs.CD_int, ClassFile.ACC_PRIVATE | ClassFile.ACC_FINAL);
    int most = lambdas.stream().mapToInt(lambda -> lambda.captured().size()).max().orElse(0);
    for (int i = 0; i < most; i++) {
      builder.withField(CAPTURED + i, ConstantDescs.CD_Object, ClassFile.ACC_PRIVATE);
    }
    builder.withMethodBody(
        ConstantDescs.INIT_NAME, CONSTRUCTOR, ClassFile.ACC_PRIVATE, this::writeConstructor);
    lambdas.stream()
        .map(Lambda::captured)
        .distinct()
        .forEach(
            captured ->
                builder.withMethodBody(
                    CREATE,
                    creation(captured),
                    ClassFile.ACC_STATIC,
                    code -> writeCreate(code, captured)));
    builder.withMethodBody(
        shape.method(), shape.methodType(), ClassFile.ACC_PUBLIC, this::writeMethod);
  }

  private void writeConstructor(CodeBuilder code) {
    code.aload(0)
        .invokespecial(ConstantDescs.CD_Object, ConstantDescs.INIT_NAME, ConstantDescs.MTD_void)
        .aload(0)
        .iload(1)
        .putfield(name, NUMBER, ConstantDescs.CD_int)
        .return_();
  }

  private void writeCreate(CodeBuilder code, List<ClassDesc> captured) {
    int slots = captured.stream().mapToInt(type -> TypeKind.from(type).slotSize()).sum();
    code.new_(name).dup().iload(slots).invokespecial(name, ConstantDescs.INIT_NAME, CONSTRUCTOR);
    int slot = 0;
    for (int i = 0; i < captured.size(); i++) {
      TypeKind kind = TypeKind.from(captured.get(i));
      code.dup().loadLocal(kind, slot);
      if (captured.get(i).isPrimitive()) {
        Lambda.writeConversion(code, captured.get(i), ConstantDescs.CD_Object);
      }
      code.putfield(name, CAPTURED + i, ConstantDescs.CD_Object);
      slot += kind.slotSize();
    }
    code.areturn();
  }

  private void writeMethod(CodeBuilder code) {
    if (lambdas.size() == 1) {
      writeCall(code, 0);
      return;
    }
    List<SwitchCase> cases = new ArrayList<>();
    for (int i = 0; i < lambdas.size(); i++) {
      cases.add(SwitchCase.of(i, code.newLabel()));
    }
    Label first = cases.getFirst().target();
    code.aload(0).getfield(name, NUMBER, ConstantDescs.CD_int);
    code.tableswitch(0, cases.size() - 1, first, cases);
    for (SwitchCase one : cases) {
      code.labelBinding(one.target());
      writeCall(code, one.caseValue());
    }
  }

  private void writeCall(CodeBuilder code, int number) {
    Lambda lambda = lambdas.get(number);
    for (int i = 0; i < lambda.captured().size(); i++) {
      code.aload(0).getfield(name, CAPTURED + i, ConstantDescs.CD_Object);
      Lambda.writeConversion(code, ConstantDescs.CD_Object, lambda.captured().get(i));
    }
    int slot = 1;
    for (int i = 0; i < lambda.methodType().parameterCount(); i++) {
      ClassDesc given = lambda.methodType().parameterType(i);
      code.loadLocal(TypeKind.from(given), slot);
      slot += TypeKind.from(given).slotSize();
      Lambda.writeConversion(code, given, lambda.type().parameterType(i));
    }
    Bridge bridge = bridges.get(number);
    code.invokestatic(bridge.owner(), bridge.name(), bridge.type(), bridge.ofInterface());
    code.return_(TypeKind.from(lambda.methodType().returnType()));
  }
}
