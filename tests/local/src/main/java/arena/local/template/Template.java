package arena.local.template;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A template that was parsed but not yet resolved. */
public final class Template {
  private final Path file;
  private final String name;
  private final Map<String, Object> root;

  private Template(Path file, String name, Map<String, Object> root) {
    this.file = file;
    this.name = name;
    this.root = root;
  }

  /**
   * Parses a template. Paths in it are relative to its folder.
   *
   * @throws InvalidTemplate if it is not valid YAML
   * @throws UncheckedIOException if the file cannot be read
   */
  public static Template read(Path file) {
    String name = String.valueOf(file.getFileName());
    try {
      return new Template(file, name, TemplateYaml.parse(name, Files.readString(file)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the template " + file, e);
    }
  }

  /**
   * Resolves the resources that the local stack hosts.
   *
   * @param overrides values of parameters, which take precedence over their defaults
   * @throws InvalidTemplate if something that the stack needs cannot be resolved or is not
   *     supported, or a parameter's value is not allowed
   */
  public StackPlan resolve(Map<String, String> overrides, Deployment deployment) {
    return new PlanReader(stack(overrides, deployment)).read();
  }

  /**
   * Returns the resolved properties of the resources of one type, by their ids, without those whose
   * condition does not hold. Resources of nested stacks are included.
   *
   * @param type such as {@code AWS::CloudWatch::Alarm}
   * @throws InvalidTemplate if something in them cannot be resolved, or two have the same id
   */
  public Map<String, Object> properties(
      String type, Map<String, String> overrides, Deployment deployment) {
    Map<String, Object> properties = new LinkedHashMap<>();
    collect(stack(overrides, deployment), type, properties);
    return properties;
  }

  /**
   * Returns the ids of the resources of one type whose condition holds, with those of nested
   * stacks.
   */
  public List<String> ids(String type, Map<String, String> overrides, Deployment deployment) {
    List<String> ids = new ArrayList<>();
    collectIds(stack(overrides, deployment), type, ids);
    return ids;
  }

  private static void collectIds(ResolvedStack stack, String type, List<String> ids) {
    ids.addAll(stack.ofType(type).keySet());
    stack.nested().values().forEach(nested -> collectIds(nested, type, ids));
  }

  /**
   * Returns one resolved property of a resource of the root stack; the others need not be
   * supported.
   *
   * @throws InvalidTemplate if it cannot be resolved, or there is no such resource
   */
  public Optional<Object> property(
      String id, String property, Map<String, String> overrides, Deployment deployment) {
    Section found = stack(overrides, deployment).properties(id).at(property);
    return found.present() ? Optional.of(found.value()) : Optional.empty();
  }

  private static void collect(ResolvedStack stack, String type, Map<String, Object> properties) {
    stack
        .ofType(type)
        .forEach(
            (id, section) -> {
              if (properties.put(id, section.value()) != null) {
                throw new InvalidTemplate(
                    stack.template(), "the resource " + id + " is also in another nested stack");
              }
            });
    stack.nested().values().forEach(nested -> collect(nested, type, properties));
  }

  ResolvedStack stack(Map<String, String> parameters, Deployment deployment) {
    Path folder = file.toAbsolutePath().getParent();
    return new ResolvedStack(folder, name, root, parameters, deployment);
  }
}
