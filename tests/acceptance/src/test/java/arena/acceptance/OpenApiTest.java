package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.Role;
import arena.agent.OfferedModels;
import arena.diagnosis.Cause;
import arena.event.Payload;
import arena.http.ApiException;
import arena.http.ComparisonReadRoutes;
import arena.http.ComparisonRequestReader;
import arena.http.ComparisonRoutes;
import arena.http.ConsoleFiles;
import arena.http.ConsoleRoutes;
import arena.http.DeploymentJson;
import arena.http.DiagnosisRoutes;
import arena.http.ExportRoutes;
import arena.http.ModelRoutes;
import arena.http.ReadRoutes;
import arena.http.RequestReader;
import arena.http.RouteTable;
import arena.http.TicketRoutes;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Checks that request parsing accepts and rejects what openapi.yaml describes. */
class OpenApiTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();
  private static final OpenApi OPEN_API = OpenApi.read();
  private static final InvalidBodies BODIES = new InvalidBodies(OPEN_API);

  private static Stream<Arguments> invalidBodies() {
    return requests()
        .flatMap(
            request ->
                BODIES.invalid(request.schema(), request.valid()).stream()
                    .map(body -> Arguments.of(request.routeKey(), body)));
  }

  private static Stream<Arguments> bodiesAtLimits() {
    return requests()
        .flatMap(
            request ->
                BODIES.atLimits(request.schema(), request.valid()).stream()
                    .map(body -> Arguments.of(request.routeKey(), body)));
  }

  private record Request(String routeKey, String schema, ObjectNode valid) {}

  private static Stream<Request> requests() {
    return Stream.of("POST /runs", "POST /forks", "POST /tickets")
        .map(
            routeKey ->
                new Request(
                    routeKey,
                    OPEN_API.requestSchema(OPEN_API.operation(routeKey)),
                    minimal(routeKey)));
  }

  /** The smallest valid body. */
  static ObjectNode minimal(String routeKey) {
    ObjectNode body = MAPPER.createObjectNode();
    if (routeKey.equals("POST /forks")) {
      body.put("parent_run_id", "0123456789abcdef0123456789abcdef");
      body.put("parent_t", 0);
    }
    return body;
  }

  @ParameterizedTest
  @MethodSource("invalidBodies")
  void rejectsWhatTheSchemaForbids(String routeKey, InvalidBodies.Body body) throws Exception {
    ApiException error = assertThrows(ApiException.class, () -> read(routeKey, body.json()));

    assertEquals(422, error.status(), error.getMessage());
    assertEquals("invalid_field", error.code());
    assertEquals(Optional.of(body.field()), error.field());
    assertTrue(error.limit().isPresent());
    if (body.violatesSchema()) {
      String schema = OPEN_API.requestSchema(OPEN_API.operation(routeKey));
      assertFalse(OPEN_API.violations(schema, MAPPER.readTree(body.json())).isEmpty());
    }
  }

  @ParameterizedTest
  @MethodSource("bodiesAtLimits")
  void acceptsWhatTheSchemaAllows(String routeKey, InvalidBodies.Body body) throws Exception {
    JsonNode json = MAPPER.readTree(body.json());
    String schema = OPEN_API.requestSchema(OPEN_API.operation(routeKey));

    assertEquals(List.of(), OPEN_API.violations(schema, json));
    assertFalse(read(routeKey, body.json()).toString().isEmpty());
  }

  @Test
  void describesExactlyTheServedRoutes(@TempDir Path folder) throws IOException {
    // only the keys are used, so no dependencies are needed
    Set<String> served = new TreeSet<>(ReadRoutes.over(null).keySet());
    served.addAll(
        DiagnosisRoutes.over(new DiagnosisRoutes.Parts(null, null, null, null, null, null))
            .keySet());
    served.addAll(TicketRoutes.over(null).keySet());
    served.addAll(ExportRoutes.over(null, null).keySet());
    served.addAll(ComparisonReadRoutes.over(null).keySet());
    served.addAll(ComparisonRoutes.over(null, null, null).keySet());
    Files.createDirectory(folder.resolve("console"));
    OfferedModels offered = new OfferedModels("", false, false);
    DeploymentJson.Settings settings = new DeploymentJson.Settings("ws://a/b", false, offered, "");
    served.addAll(ConsoleRoutes.over(ConsoleFiles.in(folder), settings).keySet());
    served.addAll(ModelRoutes.over(offered, null, null).keySet());
    served.addAll(Set.of("POST /runs", "POST /forks"));

    assertEquals(served, new TreeSet<>(RouteTable.KEYS));
    assertEquals(
        served,
        OPEN_API.operations().stream()
            .map(OpenApi.Operation::routeKey)
            .collect(Collectors.toCollection(TreeSet::new)));
  }

  @Test
  void requiresTheRolesThatAreChecked() {
    for (OpenApi.Operation operation : OPEN_API.operations()) {
      JsonNode own = OPEN_API.at(operation.pointer()).path("security");
      JsonNode security = own.isMissingNode() ? OPEN_API.at("/security") : own;
      Optional<Role> least = RouteTable.leastRole(operation.routeKey());

      assertEquals(
          least.map(role -> "[{\"token\":[\"" + role.label() + "\"]}]").orElse("[]"),
          security.toString(),
          operation.routeKey());
      assertEquals(
          least.isPresent(), OPEN_API.statuses(operation).contains(401), operation.routeKey());
      assertEquals(
          least.equals(Optional.of(Role.OPERATOR)),
          OPEN_API.statuses(operation).contains(403),
          operation.routeKey());
    }
  }

  @Test
  void examplesAreValid() {
    List<Executable> checks = new ArrayList<>();
    for (OpenApi.Operation operation : OPEN_API.operations()) {
      if (OPEN_API.at(operation.pointer()).has("requestBody")) {
        String body = OPEN_API.resolve(operation.pointer() + "/requestBody");
        JsonNode example = OPEN_API.at(body + "/content/application~1json/example");
        checks.add(
            () ->
                assertEquals(
                    List.of(),
                    OPEN_API.violations(OPEN_API.requestSchema(operation), example),
                    operation.routeKey()));
        checks.add(
            () -> assertFalse(read(operation.routeKey(), example.toString()).toString().isEmpty()));
      }
      for (int status : OPEN_API.statuses(operation)) {
        if (!OPEN_API.mediaTypes(operation, status).contains("application/json")) {
          continue;
        }
        String response =
            OPEN_API.resolve(
                String.format(Locale.ROOT, "%s/responses/%d", operation.pointer(), status));
        JsonNode content = OPEN_API.at(response + "/content/application~1json");
        if (content.has("example")) {
          checks.add(
              () ->
                  assertEquals(
                      List.of(),
                      OPEN_API.violations(
                          OPEN_API.responseSchema(operation, status), content.get("example")),
                      operation.routeKey() + " " + status));
        }
      }
    }
    assertTrue(checks.size() > 20, "number of examples");
    assertAll(checks);
  }

  @Test
  void listsEveryCauseOfTheDiagnosis() {
    assertEquals(
        Arrays.stream(Cause.values()).map(Cause::label).toList(),
        texts("/components/schemas/Cause/enum"));
  }

  /** The schemas of the payloads themselves are checked on real events. */
  @Test
  void describesEveryKindOfEvent() {
    List<String> kinds = texts("/components/schemas/Envelope/properties/kind/enum");

    assertEquals(Payload.class.getPermittedSubclasses().length, kinds.size());
    for (String kind : kinds) {
      String schema =
          OPEN_API
              .at("/components/schemas/Payload/discriminator/mapping/" + kind)
              .textValue()
              .replaceFirst("^#", "");
      assertEquals(kind, OPEN_API.at(schema + "/properties/kind/const").textValue());
    }
  }

  private static List<String> texts(String pointer) {
    List<String> texts = new ArrayList<>();
    OPEN_API.at(pointer).forEach(text -> texts.add(text.textValue()));
    return texts;
  }

  private static Object read(String routeKey, String json) {
    return switch (routeKey) {
      case "POST /runs" -> RequestReader.run(json);
      case "POST /tickets" -> RequestReader.ticket(json);
      case "POST /experiments" -> ComparisonRequestReader.experiment(json);
      case "POST /races" -> ComparisonRequestReader.race(json);
      case "POST /experiments/{experiment_id}/replicas" -> ComparisonRequestReader.replicas(json);
      default -> RequestReader.fork(json);
    };
  }
}
