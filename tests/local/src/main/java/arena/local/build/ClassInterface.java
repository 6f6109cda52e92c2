package arena.local.build;

import java.io.IOException;
import java.lang.classfile.AttributedElement;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.FieldModel;
import java.lang.classfile.MethodModel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What other classes are compiled against: a class's supertypes, and its members that are not
 * private.
 */
final class ClassInterface {
  private ClassInterface() {}

  /**
   * Describes the interface of a class; equal texts mean that other classes need not be compiled
   * again.
   *
   * @return empty for a local or anonymous class, which no other source can name
   */
  static Optional<String> of(Path classFile) throws IOException {
    ClassModel model = ClassFile.of().parse(Files.readAllBytes(classFile));
    if (model.findAttribute(Attributes.enclosingMethod()).isPresent()) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder();
    text.append(model.flags().flagsMask()).append(' ').append(model.thisClass().asInternalName());
    model.superclass().ifPresent(type -> text.append(' ').append(type.asInternalName()));
    model.interfaces().forEach(type -> text.append(' ').append(type.asInternalName()));
    text.append(signature(model));
    model
        .findAttribute(Attributes.permittedSubclasses())
        .ifPresent(
            permitted ->
                permitted
                    .permittedSubclasses()
                    .forEach(type -> text.append(" permits ").append(type.asInternalName())));
    model
        .findAttribute(Attributes.innerClasses())
        .ifPresent(
            inner ->
                inner.classes().stream()
                    .filter(info -> info.innerClass().equals(model.thisClass()))
                    .forEach(info -> text.append(" nested ").append(info.flagsMask())));
    model
        .findAttribute(Attributes.record())
        .ifPresent(
            components ->
                components
                    .components()
                    .forEach(
                        component ->
                            text.append("\ncomponent ")
                                .append(component.name())
                                .append(' ')
                                .append(component.descriptor())));
    TreeSet<String> members = new TreeSet<>();
    model.fields().stream()
        .filter(field -> isVisible(field.flags().flagsMask()))
        .forEach(field -> members.add(describe(field)));
    model.methods().stream()
        .filter(method -> isVisible(method.flags().flagsMask()))
        .forEach(method -> members.add(describe(method)));
    members.forEach(member -> text.append('\n').append(member));
    return Optional.of(text.toString());
  }

  private static boolean isVisible(int flags) {
    return (flags & (ClassFile.ACC_PRIVATE | ClassFile.ACC_SYNTHETIC)) == 0;
  }

  private static String describe(FieldModel field) {
    String constant =
        field.findAttribute(Attributes.constantValue()).map(v -> " = " + v.constant()).orElse("");
    return field.flags().flagsMask()
        + " "
        + field.fieldName()
        + " "
        + field.fieldType()
        + signature(field)
        + constant;
  }

  private static String describe(MethodModel method) {
    StringBuilder text = new StringBuilder();
    text.append(method.flags().flagsMask())
        .append(' ')
        .append(method.methodName())
        .append(method.methodType())
        .append(signature(method));
    method
        .findAttribute(Attributes.exceptions())
        .ifPresent(
            thrown ->
                thrown
                    .exceptions()
                    .forEach(type -> text.append(' ').append(type.asInternalName())));
    return text.toString();
  }

  private static String signature(AttributedElement element) {
    return element
        .findAttribute(Attributes.signature())
        .map(signature -> " " + signature.signature())
        .orElse("");
  }
}
