package arena.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.Principal;
import arena.catalog.InvalidCursor;
import arena.error.Dependency;
import arena.json.Json;
import arena.lifecycle.ReplayNotStarted;
import arena.run.NoSuchTurn;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunId;
import arena.run.UnknownRun;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.IntNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.ProvisionedThroughputExceededException;
import software.amazon.awssdk.services.dynamodb.model.ResourceNotFoundException;

/** Responses, and the mapping of exceptions to errors. */
class RouterTest {
  private static final String SECRET = "s3cr3t at /var/task/Store.java:17";
  private static final String REQUEST_ID = "11111111-2222-3333-4444-555555555555";

  private static Stream<Arguments> foreseen() {
    return Stream.of(
        Arguments.of(ApiException.badJson("x"), 400, "bad_json", ""),
        Arguments.of(ApiException.bodyTooLarge(7), 413, "body_too_large", ""),
        Arguments.of(ApiException.invalidField("a.b", "0 to 1", "x"), 422, "invalid_field", ""),
        Arguments.of(new UnknownRun("x"), 404, "unknown_run", ""),
        Arguments.of(new NoSuchTurn(RunId.of("f".repeat(32)), 9), 422, "no_such_turn", ""),
        Arguments.of(new InvalidCursor(), 422, "invalid_field", ""),
        Arguments.of(new ReplayNotStarted(RunId.of("f".repeat(32))), 503, "unavailable", "2"),
        Arguments.of(
            Dependency.BROKER.unavailable(SECRET, new IllegalStateException(SECRET)),
            503,
            "unavailable",
            "2"),
        Arguments.of(
            Dependency.ARCHIVE.unavailable(SECRET, new IllegalStateException(SECRET)),
            503,
            "unavailable",
            "2"),
        Arguments.of(
            Dependency.CATALOG.unavailable(SECRET, new IllegalStateException(SECRET)),
            503,
            "unavailable",
            "2"),
        Arguments.of(
            Dependency.JOURNAL.unavailable(SECRET, new IllegalStateException(SECRET)),
            503,
            "unavailable",
            "2"),
        Arguments.of(
            ProvisionedThroughputExceededException.builder()
                .message(SECRET)
                .awsErrorDetails(
                    AwsErrorDetails.builder()
                        .errorCode("ProvisionedThroughputExceededException")
                        .build())
                .statusCode(400)
                .build(),
            429,
            "throttled",
            "2"),
        Arguments.of(
            DynamoDbException.builder().message(SECRET).statusCode(500).build(),
            503,
            "unavailable",
            "2"),
        Arguments.of(SdkClientException.create(SECRET), 503, "unavailable", "2"),
        Arguments.of(
            ResourceNotFoundException.builder().message(SECRET).statusCode(400).build(),
            500,
            "internal_error",
            ""),
        Arguments.of(new IllegalStateException(SECRET), 500, "internal_error", ""),
        Arguments.of(new NullPointerException(SECRET), 500, "internal_error", ""));
  }

  @ParameterizedTest
  @MethodSource("foreseen")
  void mapsEveryExceptionToItsResponse(
      RuntimeException thrown, int status, String code, String retryAfter) throws Exception {
    APIGatewayV2HTTPResponse response =
        answer(
            _ -> {
              throw thrown;
            });

    JsonNode body = JsonMapper.builder().build().readTree(response.getBody());
    assertEquals(status, response.getStatusCode());
    assertEquals(code, body.at("/error/code").textValue());
    assertFalse(body.at("/error/message").textValue().isEmpty());
    assertEquals(List.of("error"), names(body));
    assertEquals(retryAfter, response.getHeaders().getOrDefault("retry-after", ""));
    assertEquals("application/json", response.getHeaders().get("content-type"));
  }

  @ParameterizedTest
  @MethodSource("foreseen")
  void doesNotLeakInternalErrors(RuntimeException thrown, int status) {
    APIGatewayV2HTTPResponse response =
        answer(
            _ -> {
              throw thrown;
            });

    String all = response.getBody() + response.getHeaders();
    assertTrue(status >= 400);
    for (String leak : List.of("s3cr3t", "/var/task", "Exception", ".java", "arena.", "\tat ")) {
      assertFalse(all.contains(leak), all);
    }
  }

  @Test
  void returnsTheRequestIdOfAnUnexpectedError() throws Exception {
    APIGatewayV2HTTPResponse response =
        answer(
            _ -> {
              throw new IllegalStateException(SECRET);
            });

    JsonNode error = JsonMapper.builder().build().readTree(response.getBody()).get("error");
    assertEquals(List.of("code", "message", "request_id"), names(error));
    assertEquals(REQUEST_ID, error.get("request_id").textValue());
  }

  @Test
  void returnsFieldAndLimitOfAnError() {
    APIGatewayV2HTTPResponse response =
        answer(
            _ -> {
              throw ApiException.invalidField(
                  "mutation.food", "0 to 1000000", "mutation.food must be a number: 0 to 1000000");
            });

    assertEquals(
        """
        {"error":{"code":"invalid_field","message":"mutation.food must be a number: 0 to 1000000",\
        "field":"mutation.food","limit":"0 to 1000000"}}""",
        response.getBody());
  }

  @Test
  void reportsTheTurnsOfTheRunAsLimitOfAMissingTurn() throws Exception {
    Instant start = Instant.parse("2026-01-31T12:00:00Z");
    Run run =
        Run.requested(RunId.of("a".repeat(32)), "l", Profile.DEFAULT, null, "balanced", 5, start)
            .withProgress(new Run.Progress(31, 5, start, start));
    APIGatewayV2HTTPResponse response =
        answer(
            _ -> {
              throw new NoSuchTurn(run, 99);
            });

    JsonNode error = JsonMapper.builder().build().readTree(response.getBody()).get("error");
    assertEquals("0 to 5", error.get("limit").textValue());
  }

  @Test
  void reportsAMissingTurnAsAnErrorOfParentT() throws Exception {
    APIGatewayV2HTTPResponse response =
        answer(
            _ -> {
              throw new NoSuchTurn(RunId.of("a".repeat(32)), 99);
            });

    JsonNode error = JsonMapper.builder().build().readTree(response.getBody()).get("error");
    assertEquals("parent_t", error.get("field").textValue());
    assertTrue(error.get("message").textValue().contains("99"));
  }

  @Test
  void returnsJsonThatIsNotCached() {
    APIGatewayV2HTTPResponse response =
        answer(
            _ ->
                Response.of(202, Json.object().put("status", "ok"))
                    .with("link", "</runs>; rel=\"next\""));

    assertEquals(202, response.getStatusCode());
    assertEquals("{\"status\":\"ok\"}", response.getBody());
    assertFalse(response.getIsBase64Encoded());
    assertEquals(
        Map.of(
            "content-type", "application/json",
            "cache-control", "no-store",
            "x-content-type-options", "nosniff",
            "link", "</runs>; rel=\"next\""),
        response.getHeaders());
  }

  @Test
  void returns404ForAnUnknownPath() {
    for (String route : List.of("GET /other", "$default", "POST /here", "")) {
      APIGatewayV2HTTPResponse response =
          new Router(Map.of("GET /here", _ -> Response.of(200, IntNode.valueOf(1))))
              .handle(event(Optional.of(route)), REQUEST_ID);

      assertEquals(404, response.getStatusCode());
      assertTrue(response.getBody().contains("\"unknown_path\""), response.getBody());
    }
    assertEquals(
        404, new Router(Map.of()).handle(event(Optional.empty()), REQUEST_ID).getStatusCode());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "DELETE;/runs;GET, POST",
        "HEAD;/runs;GET, POST",
        "OPTIONS;/runs;GET, POST",
        "PUT;/forks;POST",
        "GET;/forks;POST",
        "POST;/health;GET",
        "POST;/runs/summaries;GET",
        "POST;/runs/5eed0000000000000000000000000001;GET",
        "PATCH;/runs/x;GET",
        "GET;/runs/x/stop;POST",
        "POST;/runs/x/diagnosis;GET",
        "TRACE;/events;GET"
      })
  void returns405WithTheMethodsOfAKnownPath(String method, String path, String allowed)
      throws Exception {
    for (String stage : List.of("$default", "prod")) {
      String rawPath = stage.equals("prod") ? "/prod" + path : path;
      APIGatewayV2HTTPResponse response =
          new Router(Map.of()).handle(event(method, rawPath, stage), REQUEST_ID);

      JsonNode error = JsonMapper.builder().build().readTree(response.getBody()).get("error");
      assertEquals(405, response.getStatusCode());
      assertEquals(allowed, response.getHeaders().get("allow"));
      assertEquals("method_not_allowed", error.get("code").textValue());
      assertTrue(error.get("message").textValue().contains(allowed), error.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "DELETE,/run",
    "DELETE,/console/a",
    "DELETE,/runs/",
    "GET,/runs//stop",
    "GET,/runs/a/b",
    "PUT,/RUNS",
    "GET,/prod/health",
    "DELETE,//runs",
    "DELETE,/runs/{run_id}/x",
    "DELETE,''"
  })
  void returns404ForAnUnknownPathWithAnyMethod(String method, String path) {
    APIGatewayV2HTTPResponse response =
        new Router(Map.of()).handle(event(method, path, "$default"), REQUEST_ID);

    assertEquals(404, response.getStatusCode());
    assertTrue(response.getBody().contains("\"unknown_path\""), response.getBody());
    assertFalse(response.getHeaders().containsKey("allow"));
  }

  private static APIGatewayV2HTTPEvent event(String method, String path, String stage) {
    return APIGatewayV2HTTPEvent.builder()
        .withRouteKey("$default")
        .withRawPath(path)
        .withRequestContext(
            APIGatewayV2HTTPEvent.RequestContext.builder()
                .withStage(stage)
                .withHttp(
                    APIGatewayV2HTTPEvent.RequestContext.Http.builder().withMethod(method).build())
                .build())
        .build();
  }

  private static APIGatewayV2HTTPResponse answer(Router.Route route) {
    return new Router(Map.of("GET /here", route))
        .handle(event(Optional.of("GET /here")), REQUEST_ID);
  }

  private static APIGatewayV2HTTPEvent event(Optional<String> route) {
    return APIGatewayV2HTTPEvent.builder()
        .withRouteKey(route.orElse(null))
        .withRequestContext(Callers.context(Principal.LOCAL))
        .build();
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
