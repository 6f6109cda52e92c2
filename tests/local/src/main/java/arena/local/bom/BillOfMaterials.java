package arena.local.bom;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Reads a bill of materials in CycloneDX's JSON format. */
final class BillOfMaterials {
  /** The group of the project's modules. */
  private static final String OWN_GROUP = "arena";

  /** The modules whose dependencies are deployed. */
  private static final Set<String> DEPLOYED = Set.of("arena-layer", "duckdb-layer", "functions");

  private BillOfMaterials() {}

  /**
   * Returns the libraries, without the project's modules, by name.
   *
   * @throws IOException if the file cannot be read, or is not a bill of materials of this project
   */
  static List<Component> read(Path file) throws IOException {
    JsonNode bom = JsonMapper.builder().build().readTree(file.toFile());
    Map<String, List<String>> dependencies = new HashMap<>();
    for (JsonNode dependency : bom.path("dependencies")) {
      List<String> on = new ArrayList<>();
      dependency.path("dependsOn").forEach(one -> on.add(one.asText()));
      dependencies.put(dependency.path("ref").asText(), on);
    }
    Set<String> shipped = reachable(modules(bom, file), dependencies);
    List<Component> components = new ArrayList<>();
    for (JsonNode component : bom.path("components")) {
      if (!component.path("group").asText().equals(OWN_GROUP)) {
        components.add(
            new Component(
                component.path("group").asText() + ":" + component.path("name").asText(),
                component.path("version").asText(),
                licences(component),
                shipped.contains(component.path("bom-ref").asText())));
      }
    }
    components.sort(Comparator.comparing(Component::name).thenComparing(Component::version));
    return components;
  }

  private static List<String> modules(JsonNode bom, Path file) throws IOException {
    List<String> refs = new ArrayList<>();
    for (JsonNode component : bom.path("components")) {
      if (component.path("group").asText().equals(OWN_GROUP)
          && DEPLOYED.contains(component.path("name").asText())) {
        refs.add(component.path("bom-ref").asText());
      }
    }
    if (refs.size() != DEPLOYED.size()) {
      throw new IOException(file + " does not have the modules " + DEPLOYED);
    }
    return refs;
  }

  private static Set<String> reachable(List<String> from, Map<String, List<String>> dependencies) {
    Deque<String> waiting = new ArrayDeque<>(from);
    Set<String> reached = new HashSet<>();
    while (!waiting.isEmpty()) {
      String ref = waiting.remove();
      if (reached.add(ref)) {
        waiting.addAll(dependencies.getOrDefault(ref, List.of()));
      }
    }
    return reached;
  }

  private static List<String> licences(JsonNode component) {
    List<String> licences = new ArrayList<>();
    for (JsonNode entry : component.path("licenses")) {
      JsonNode licence = entry.path("license");
      for (JsonNode name :
          List.of(licence.path("id"), licence.path("name"), entry.path("expression"))) {
        if (name.isTextual()) {
          licences.add(name.textValue());
          break;
        }
      }
    }
    return licences;
  }
}
