package arena.local.template;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A template that was read but not yet resolved. */
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
   * Reads a template. Paths in it are relative to its folder.
   *
   * @throws TemplateFault if it is no YAML
   * @throws UncheckedIOException if it cannot be read
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
   * Resolves what the local stack hosts.
   *
   * @param overrides values for parameters, instead of their defaults
   * @throws TemplateFault if something that the stack needs cannot be resolved, or a parameter's
   *     value is not allowed; the message names the path in the template
   */
  public StackPlan resolve(Map<String, String> overrides, Deployment deployment) {
    return reader(overrides, deployment).read(deployment);
  }

  /**
   * The properties of the resources of one type, resolved, by their ids; without those whose
   * condition does not hold. For what the stack does not host.
   *
   * @param type such as {@code AWS::CloudWatch::Alarm}
   * @throws TemplateFault if something in them cannot be resolved
   */
  public Map<String, Object> properties(
      String type, Map<String, String> overrides, Deployment deployment) {
    return reader(overrides, deployment).properties(type);
  }

  private PlanReader reader(Map<String, String> overrides, Deployment deployment) {
    Map<String, Object> declared =
        root.containsKey("Parameters")
            ? Values.map(name + ": Parameters", root.get("Parameters"))
            : Map.of();
    Map<String, String> parameters = Parameters.values(name, declared, overrides);
    Resources resources =
        new Resources(name, Values.map(name + ": Resources", root.get("Resources")), deployment);
    Intrinsics intrinsics = new Intrinsics(name, root, parameters, resources, deployment);
    return new PlanReader(file.toAbsolutePath().getParent(), name, root, resources, intrinsics);
  }
}
