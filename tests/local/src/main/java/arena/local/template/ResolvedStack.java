package arena.local.template;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** A template with values for its parameters: the resources whose conditions hold. */
final class ResolvedStack {
  private static final String NESTED = "AWS::CloudFormation::Stack";

  private final Path folder;
  private final String template;
  private final Resources resources;
  private final Intrinsics intrinsics;
  private final Deployment deployment;

  /**
   * Checks the parameters.
   *
   * @param folder the template's folder, which paths in it are relative to
   * @param template the template's name, for messages
   */
  ResolvedStack(
      Path folder,
      String template,
      Map<String, Object> root,
      Map<String, String> parameterValues,
      Deployment deployment) {
    this.folder = folder;
    this.template = template;
    this.deployment = deployment;
    Map<String, Object> declared =
        root.containsKey("Parameters")
            ? TemplateValues.map(template + ": Parameters", root.get("Parameters"))
            : Map.of();
    Map<String, String> parameters = Parameters.values(template, declared, parameterValues);
    resources =
        new Resources(
            template,
            TemplateValues.map(template + ": Resources", root.get("Resources")),
            deployment);
    intrinsics = new Intrinsics(template, root, parameters, resources, deployment);
  }

  /** Returns the properties of the resources of a type, by their ids. */
  Map<String, Section> ofType(String type) {
    Map<String, Section> active = new LinkedHashMap<>();
    resources
        .ofType(type)
        .forEach(
            (id, declaration) -> {
              Object condition = declaration.get("Condition");
              String path = resources.path(id);
              if (condition == null
                  || intrinsics
                      .conditions()
                      .holds(path, TemplateValues.string(path + ".Condition", condition))) {
                active.put(id, intrinsics.section(path, declaration).at("Properties"));
              }
            });
    return active;
  }

  /** Returns the properties of a resource, regardless of its condition. */
  Section properties(String id) {
    return intrinsics.section(resources.path(id), resources.declaration(id)).at("Properties");
  }

  /** Returns the properties of a function for which the defaults of all functions do not apply. */
  Set<String> ignoredDefaults(String id) {
    Section ignored =
        intrinsics.section(resources.path(id), resources.declaration(id)).at("IgnoreGlobals");
    return ignored.present() ? Set.copyOf(ignored.strings()) : Set.of();
  }

  /** Returns the nested stacks, by their ids. */
  Map<String, ResolvedStack> nested() {
    Map<String, ResolvedStack> nested = new LinkedHashMap<>();
    ofType(NESTED).forEach((id, properties) -> nested.put(id, nested(id, properties)));
    return nested;
  }

  private ResolvedStack nested(String id, Section properties) {
    Map<String, String> values = new LinkedHashMap<>();
    properties
        .at("Parameters")
        .entries()
        .forEach((name, value) -> values.put(name, value.string()));
    return Template.read(folder.resolve(properties.at("TemplateURL").string()))
        .stack(values, deployment.withStackName(deployment.stackName() + "-" + id));
  }

  /** Returns what {@code Ref} gives for a resource of a supported type. */
  String reference(String id) {
    return resources.reference(id, intrinsics).orElseThrow();
  }

  /** Returns the name that a property of a resource gives it, or the default name. */
  String name(String id, String property) {
    return resources.name(id, property, intrinsics);
  }

  /** Returns the defaults of all functions. */
  Section functionDefaults() {
    return intrinsics.functionDefaults();
  }

  Path folder() {
    return folder;
  }

  String template() {
    return template;
  }

  Deployment deployment() {
    return deployment;
  }
}
