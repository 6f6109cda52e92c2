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

/** openapi.yaml: the description of the HTTP interface, for tests. */
final class OpenApi {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final String LOCATION = "https://arena.invalid/openapi.json";
  private static final String JSON = "application/json";

  private final JsonNode document;
  private final SchemaRegistry schemas;

  /**
   * A described operation.
   *
   * @param method in upper case
   * @param path such as {@code /runs/{run_id}}
   * @param pointer JSON pointer of the operation in the document
   */
  record Operation(String method, String path, String pointer) {
    /** The gateway's route key, such as {@code GET /runs/{run_id}}. */
    String routeKey() {
      return method + " " + path;
    }
  }

  private OpenApi(JsonNode document) {
    this.document = document;
    Dialect.Builder dialect = Dialect.builder(Dialects.getOpenApi31());
    // schemas are addressed inside the whole document, so that their references resolve
    document.fieldNames().forEachRemaining(name -> dialect.keyword(new NonValidationKeyword(name)));
    this.schemas =
        SchemaRegistry.withDialect(
            dialect.build(), builder -> builder.schemas(Map.of(LOCATION, document.toString())));
  }

  /** Reads the description in this repository. */
  static OpenApi read() {
    Path file = Path.of("..", "..", "functions", "read-runs", "openapi.yaml");
    try {
      Object yaml = new Yaml(new SafeConstructor(new LoaderOptions())).load(Files.readString(file));
      return new OpenApi(MAPPER.valueToTree(yaml));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All described operations. */
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

  /** The operation with this route key. */
  Operation operation(String routeKey) {
    return operations().stream()
        .filter(operation -> operation.routeKey().equals(routeKey))
        .findFirst()
        .orElseThrow(() -> new AssertionError(routeKey + " is not described"));
  }

  /** The node at a JSON pointer, with references resolved. */
  JsonNode at(String pointer) {
    return document.at(resolve(pointer));
  }

  /** Resolves a reference at a JSON pointer; returns the pointer itself if there is none. */
  String resolve(String pointer) {
    JsonNode node = document.at(pointer);
    if (node.isMissingNode()) {
      throw new AssertionError("not in openapi.yaml: " + pointer);
    }
    return node.has("$ref") ? resolve(node.get("$ref").textValue().substring(1)) : pointer;
  }

  /** The described response statuses of an operation. */
  Set<Integer> statuses(Operation operation) {
    Set<Integer> statuses = new TreeSet<>();
    at(operation.pointer() + "/responses")
        .fieldNames()
        .forEachRemaining(status -> statuses.add(Integer.parseInt(status)));
    return statuses;
  }

  /** The described query parameters of an operation. */
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

  /** JSON pointer of the request body's schema. */
  String requestSchema(Operation operation) {
    String body = resolve(operation.pointer() + "/requestBody");
    return resolve("%s/content/%s/schema".formatted(body, escaped(JSON)));
  }

  /** JSON pointer of a response body's schema. */
  String responseSchema(Operation operation, int status) {
    String response =
        resolve(String.format(Locale.ROOT, "%s/responses/%d", operation.pointer(), status));
    return resolve("%s/content/%s/schema".formatted(response, escaped(JSON)));
  }

  /** The described media types of a response; none if it has no body. */
  Set<String> mediaTypes(Operation operation, int status) {
    String response =
        resolve(String.format(Locale.ROOT, "%s/responses/%d", operation.pointer(), status));
    Set<String> types = new TreeSet<>();
    document.at(response + "/content").fieldNames().forEachRemaining(types::add);
    return types;
  }

  /** Validates a value against the schema at a pointer; returns the violations. */
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

  /** Returns the paths of a value's fields that the schema does not describe. */
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

  /**
   * A schema and its {@code allOf}, {@code oneOf} and {@code anyOf} parts, with references
   * resolved.
   */
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
