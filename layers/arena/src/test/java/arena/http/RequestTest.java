package arena.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.run.Limits;
import arena.run.RunId;
import arena.run.UnknownRun;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths, queries and bodies of API Gateway events. */
class RequestTest {
  private static final RunId ID = RunId.of("0123456789abcdef0123456789abcdef");
  private static final RunId OTHER = RunId.of("f".repeat(32));

  @Test
  void acceptsEventsWithMissingParts() {
    Request request = new Request(new APIGatewayV2HTTPEvent());

    assertEquals("", request.route());
    assertEquals("", request.body());
    assertEquals(Optional.empty(), request.query("limit"));
    assertThrows(UnknownRun.class, request::pathRunId);
    request.allowQuery();
  }

  @Test
  void reportsUnknownQueryParameters() {
    Request request = query(Map.of("limit", "5", "offset", "2"));

    ApiException error =
        assertThrows(ApiException.class, () -> request.allowQuery("limit", "cursor"));

    assertEquals(422, error.status());
    assertEquals(Optional.of("offset"), error.field());
    assertEquals(Optional.of("one of limit, cursor"), error.limit());
    request.allowQuery("limit", "offset");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "0",
        "101",
        "-1",
        "+5",
        "5.5",
        "1e1",
        " 5",
        "5 ",
        "five",
        "NaN",
        "٥",
        "0x10",
        "5,6",
        "9999999999999999999999999999"
      })
  void rejectsInvalidIntegersInAQuery(String text) {
    ApiException error =
        assertThrows(
            ApiException.class,
            () -> query(Map.of("limit", text)).integerQuery("limit", 1, 100, 50));

    assertEquals(422, error.status());
    assertEquals("invalid_field", error.code());
    assertEquals(Optional.of("limit"), error.field());
    assertEquals(Optional.of("1 to 100"), error.limit());
  }

  @Test
  void integersInAQueryHaveADefault() {
    assertEquals(50, query(Map.of()).integerQuery("limit", 1, 100, 50));
    assertEquals(100, query(Map.of("limit", "100")).integerQuery("limit", 1, 100, 50));
    assertEquals(
        Request.MAX_INTEGER,
        query(Map.of("from_seq", "9".repeat(18)))
            .integerQuery("from_seq", 1, Request.MAX_INTEGER, 1));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        " ",
        "0123456789ABCDEF0123456789ABCDEF",
        "0123456789abcdef0123456789abcde",
        "0123456789abcdef0123456789abcdef0",
        "../../etc/passwd",
        "' or 1=1 --",
        "é"
      })
  void rejectsInvalidRunIdsAsUnknown(String id) {
    APIGatewayV2HTTPEvent event =
        APIGatewayV2HTTPEvent.builder().withPathParameters(Map.of("run_id", id)).build();

    assertEquals(id, assertThrows(UnknownRun.class, () -> new Request(event).pathRunId()).runId());
    assertThrows(UnknownRun.class, () -> query(Map.of("run_id", id)).queryRunIds(1));
    assertThrows(UnknownRun.class, () -> query(Map.of("run_id", ID + "," + id)).queryRunIds(20));
  }

  @Test
  void returnsDistinctRunIdsInOrder() {
    assertEquals(
        List.of(OTHER, ID),
        query(Map.of("run_id", OTHER + "," + ID + "," + OTHER)).queryRunIds(20));
  }

  @Test
  void acceptsQueriesAtTheirLimits() {
    for (int max : List.of(Limits.MAX_RUNS_PAGE, Limits.MAX_EVENTS_PAGE)) {
      assertEquals(
          max, query(Map.of("limit", Integer.toString(max))).integerQuery("limit", 1, max, 1));
    }
    assertEquals(
        Request.MAX_INTEGER,
        query(Map.of("from_seq", Long.toString(Request.MAX_INTEGER)))
            .integerQuery("from_seq", 1, Request.MAX_INTEGER, 1));
    List<RunId> most =
        IntStream.range(0, Limits.MAX_SERIES_RUNS)
            .mapToObj(run -> RunId.of(String.format(Locale.ROOT, "%032x", run)))
            .toList();
    String joined = most.stream().map(RunId::value).collect(Collectors.joining(","));
    assertEquals(most, query(Map.of("run_id", joined)).queryRunIds(Limits.MAX_SERIES_RUNS));
  }

  @Test
  void limitsTheIdempotencyKey() {
    String fits = "k".repeat(Request.MAX_KEY);
    assertEquals(Optional.of(fits), key(fits).idempotencyKey());
    ApiException error = assertThrows(ApiException.class, () -> key(fits + "k").idempotencyKey());
    assertEquals(422, error.status());
    assertEquals(Optional.of("Idempotency-Key"), error.field());
    assertEquals(Optional.of("1 to 128 visible ASCII characters"), error.limit());
  }

  @Test
  void requiresAndLimitsRunIds() {
    ApiException none = assertThrows(ApiException.class, () -> query(Map.of()).queryRunIds(20));
    ApiException empty =
        assertThrows(ApiException.class, () -> query(Map.of("run_id", "")).queryRunIds(1));
    String tooMany = Collections.nCopies(21, ID.value()).stream().collect(Collectors.joining(","));
    ApiException many =
        assertThrows(ApiException.class, () -> query(Map.of("run_id", tooMany)).queryRunIds(20));
    ApiException two =
        assertThrows(
            ApiException.class, () -> query(Map.of("run_id", ID + "," + OTHER)).queryRunIds(1));

    assertEquals(Optional.of("required"), none.limit());
    assertEquals(Optional.of("required"), empty.limit());
    assertEquals(Optional.of("1 to 20 runs"), many.limit());
    assertEquals(Optional.of("one run"), two.limit());
    for (ApiException error : List.of(none, empty, many, two)) {
      assertEquals(422, error.status());
      assertEquals(Optional.of("run_id"), error.field());
    }
  }

  @Test
  void aBodyMayBeBase64() {
    assertEquals(
        "{\"label\":\"é\"}", base64("{\"label\":\"é\"}".getBytes(StandardCharsets.UTF_8)).body());
  }

  @Test
  void aBodyThatIsNotUtf8IsNotJson() {
    for (byte[] bytes :
        List.of(
            new byte[] {'"', (byte) 0xff, '"'},
            new byte[] {'"', (byte) 0xc3, '"'},
            new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'},
            new byte[] {'"', (byte) 0xc0, (byte) 0xaf, '"'},
            "{}".getBytes(StandardCharsets.UTF_16))) {
      ApiException error = assertThrows(ApiException.class, () -> base64(bytes).body());

      assertEquals(400, error.status());
      assertEquals("bad_json", error.code());
    }
  }

  @Test
  void aBodyThatIsNotTheBase64ItClaimsIsNotJson() {
    APIGatewayV2HTTPEvent event =
        APIGatewayV2HTTPEvent.builder().withBody("{}").withIsBase64Encoded(true).build();

    ApiException error = assertThrows(ApiException.class, () -> new Request(event).body());

    assertEquals("bad_json", error.code());
  }

  @Test
  void limitsTheBodyInBytes() {
    String fits = "é".repeat(32 * 1024);

    assertEquals(fits, text(fits).body());
    assertEquals(fits, base64(fits.getBytes(StandardCharsets.UTF_8)).body());
    for (Request large :
        List.of(text(fits + "x"), base64((fits + "x").getBytes(StandardCharsets.UTF_8)))) {
      ApiException error = assertThrows(ApiException.class, large::body);
      assertEquals(413, error.status());
      assertEquals("body_too_large", error.code());
      assertEquals(Optional.of("65536 bytes"), error.limit());
      assertTrue(error.getMessage().contains("65536"));
    }
  }

  private static Request key(String key) {
    return new Request(
        APIGatewayV2HTTPEvent.builder().withHeaders(Map.of("idempotency-key", key)).build());
  }

  private static Request query(Map<String, String> parameters) {
    return new Request(
        APIGatewayV2HTTPEvent.builder().withQueryStringParameters(parameters).build());
  }

  private static Request text(String body) {
    return new Request(APIGatewayV2HTTPEvent.builder().withBody(body).build());
  }

  private static Request base64(byte[] body) {
    return new Request(
        APIGatewayV2HTTPEvent.builder()
            .withBody(Base64.getEncoder().encodeToString(body))
            .withIsBase64Encoded(true)
            .build());
  }
}
