package arena.acceptance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.Dialects;
import com.networknt.schema.keyword.NonValidationKeyword;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The description of the HTTP interface, as what is held against it. */
final class OpenApi {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String LOCATION = "https://arena.invalid/openapi.json";
  private static final String JSON = "application/json";

  private final JsonNode document;
  private final SchemaRegistry schemas;

  /**
   * One call that is described.
   *
   * @param method in capitals
   * @param path such as {@code /runs/{run_id}}
   * @param pointer where in the document it is, as a JSON pointer
   */
  record Operation(String method, String path, String pointer) {
    /** As the gateway names it, such as {@code GET /runs/{run_id}}. */
    String routeKey() {
      return method + " " + path;
    }
  }

  private OpenApi(JsonNode document) {
    this.document = document;
    Dialect.Builder dialect = Dialect.builder(Dialects.getOpenApi31());
    // a schema of the description is asked for as a part of it, so that its references are found
    document.fieldNames().forEachRemaining(name -> dialect.keyword(new NonValidationKeyword(name)));
    this.schemas =
        SchemaRegistry.withDialect(
            dialect.build(), builder -> builder.schemas(Map.of(LOCATION, document.toString())));
  }

  /** Reads the description that is in the repository. */
  static OpenApi read() {
    Path file = Path.of("..", "..", "functions", "read-runs", "openapi.yaml");
    try {
      Object yaml = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
      return new OpenApi(MAPPER.valueToTree(yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every call that is described. */
  List<Operation> operations() {
    List<Operation> operations = new ArrayList<>();
    document
        .get("paths")
        .properties()
        .forEach(
            path ->
                path.getValue()
                    .fieldNames()
                    .forEachRemaining(
                        method ->
                            operations.add(
                                new Operation(
                                    method.toUpperCase(Locale.ROOT),
                                    path.getKey(),
                                    "/paths/%s/%s".formatted(escaped(path.getKey()), method)))));
    return operations;
  }

  /** The call with this route key. */
  Operation operation(String routeKey) {
    return operations().stream()
        .filter(operation -> operation.routeKey().equals(routeKey))
        .findFirst()
        .orElseThrow(() -> new AssertionError(routeKey + " is not described"));
  }

  /** What is at this pointer, with a reference followed. */
  JsonNode at(String pointer) {
    return document.at(resolve(pointer));
  }

  /** The pointer that a pointer's reference leads to, or itself. */
  String resolve(String pointer) {
    JsonNode node = document.at(pointer);
    if (node.isMissingNode()) {
      throw new AssertionError("openapi.yaml has nothing at " + pointer);
    }
    return node.has("$ref") ? resolve(node.get("$ref").textValue().substring(1)) : pointer;
  }

  /** The statuses that a call is described to answer with. */
  Set<Integer> statuses(Operation operation) {
    Set<Integer> statuses = new TreeSet<>();
    at(operation.pointer() + "/responses")
        .fieldNames()
        .forEachRemaining(status -> statuses.add(Integer.parseInt(status)));
    return statuses;
  }

  /** The query parameters that a call is described to have. */
  List<String> queryParameters(Operation operation) {
    List<String> names = new ArrayList<>();
    JsonNode parameters = document.at(operation.pointer() + "/parameters");
    for (int i = 0; i < parameters.size(); i++) {
      JsonNode parameter =
          at(String.format(Locale.ROOT, "%s/parameters/%d", operation.pointer(), i));
      if (parameter.get("in").textValue().equals("query")) {
        names.add(parameter.get("name").textValue());
      }
    }
    return names;
  }

  /** Where the schema of a call's request body is; empty if it has none. */
  String requestSchema(Operation operation) {
    String body = resolve(operation.pointer() + "/requestBody");
    return resolve("%s/content/%s/schema".formatted(body, escaped(JSON)));
  }

  /** Where the schema of an answer's body is. */
  String responseSchema(Operation operation, int status) {
    String response =
        resolve(String.format(Locale.ROOT, "%s/responses/%d", operation.pointer(), status));
    return resolve("%s/content/%s/schema".formatted(response, escaped(JSON)));
  }

  /** What is wrong with a value by the schema at this pointer; empty if nothing. */
  List<String> violations(String schemaPointer, JsonNode value) {
    return schemas
        .getSchema(SchemaLocation.of(LOCATION + "#" + schemaPointer))
        .validate(
            value.toString(),
            InputFormat.JSON,
            context -> context.executionConfig(config -> config.formatAssertionsEnabled(true)))
        .stream()
        .map(Object::toString)
        .toList();
  }

  /** The fields of a value that the schema at this pointer does not describe, as paths. */
  List<String> undescribed(String schemaPointer, JsonNode value) {
    List<String> found = new ArrayList<>();
    collectUndescribed(List.of(schemaPointer), value, "", found);
    return found;
  }

  private void collectUndescribed(
      List<String> pointers, JsonNode value, String path, List<String> found) {
    List<String> alternatives = pointers.stream().flatMap(p -> parts(p).stream()).toList();
    if (value.isArray()) {
      List<String> items =
          alternatives.stream().filter(p -> at(p).has("items")).map(p -> p + "/items").toList();
      for (JsonNode item : value) {
        collectUndescribed(items, item, path + "[]", found);
      }
      return;
    }
    boolean free = alternatives.stream().noneMatch(pointer -> at(pointer).has("properties"));
    if (!value.isObject() || free) {
      return;
    }
    value
        .properties()
        .forEach(
            field -> {
              List<String> described =
                  alternatives.stream()
                      .map(pointer -> "%s/properties/%s".formatted(pointer, field.getKey()))
                      .filter(pointer -> !document.at(pointer).isMissingNode())
                      .toList();
              if (described.isEmpty()) {
                found.add(path + "/" + field.getKey());
              } else {
                collectUndescribed(described, field.getValue(), path + "/" + field.getKey(), found);
              }
            });
  }

  /** A schema and all that it is put together from, references followed. */
  private List<String> parts(String pointer) {
    String resolved = resolve(pointer);
    List<String> parts = new ArrayList<>(List.of(resolved));
    for (String keyword : List.of("allOf", "oneOf", "anyOf")) {
      for (int i = 0; i < at(resolved).path(keyword).size(); i++) {
        parts.addAll(parts(String.format(Locale.ROOT, "%s/%s/%d", resolved, keyword, i)));
      }
    }
    return parts;
  }

  private static String escaped(String name) {
    return name.replace("~", "~0").replace("/", "~1");
  }
}
