package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.Principal;
import arena.access.Role;
import arena.access.Tickets;
import arena.access.Tokens;
import arena.http.RouteTable;
import arena.local.LocalStack;
import arena.local.client.ArenaClient;
import arena.local.client.LiveReader;
import arena.local.token.TokenTable;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.WebSocketHandshakeException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The stack with authorization: who may call what, with tokens and tickets of all kinds. */
class CallersTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final int REPORTS_PER_MINUTE = 30;
  private static final String OTHER_STACK = "arena_abcdefgh_" + "x".repeat(43);

  private final AcceptanceStack acceptance = AcceptanceStack.shared();
  private final LocalStack stack = acceptance.stack();
  private final String runId = PlayedRuns.shared().parent();
  private final String otherRunId = PlayedRuns.shared().fork();

  /** All secrets that the test has used. */
  private final List<String> secrets = new ArrayList<>();

  /** {@link RevokedConnectionTest} needs its end, after the caches' time. */
  @BeforeAll
  static void revokeTokenOfAConnection() {
    RevokedConnection.shared();
  }

  private String token(Role role) {
    String token = stack.createToken(role, "test");
    secrets.add(token);
    return token;
  }

  private String expired() {
    Instant past = Instant.now().minus(Duration.ofDays(2));
    try (TokenTable table = stack.tokens()) {
      return new Tokens(table.store(), InstantSource.fixed(past), new SecureRandom())
          .create(Role.OPERATOR, "expired", Duration.ofDays(1))
          .text();
    }
  }

  private ArenaClient client(String token) {
    return acceptance.client(Optional.of(token));
  }

  private ArenaClient stranger() {
    return acceptance.client(Optional.empty());
  }

  private ArenaClient.Answer get(String path, String... authorizations) {
    try (ArenaClient client = stranger()) {
      HttpRequest.Builder request = client.request(path).GET();
      for (String value : authorizations) {
        request.header("authorization", value);
      }
      return client.send(request);
    }
  }

  private static void assertError(int status, String code, ArenaClient.Answer answer) {
    assertEquals(status, answer.status(), answer.text());
    JsonNode error = answer.json().path("error");
    assertEquals(code, error.path("code").textValue());
    assertEquals(2, error.size(), "no further detail");
  }

  @Test
  void answers401WithoutValidToken() {
    acceptance.withTokens(
        () -> {
          String revoked = token(Role.OPERATOR);
          acceptance.revoke(revoked);
          String valid = token(Role.OPERATOR);

          ArenaClient.Answer missing = get("/runs");
          assertEquals(401, missing.status());
          assertEquals("{\"message\":\"Unauthorized\"}", missing.text());
          assertEquals(401, get("/runs?token=" + valid).status(), "in the query");
          for (String header :
              List.of(
                  "Bearer",
                  "Bearer " + revoked,
                  "Bearer " + expired(),
                  "Bearer " + OTHER_STACK,
                  "Bearer " + valid.substring(0, 57),
                  "Bearer " + valid.substring(0, 57) + (valid.endsWith("A") ? "B" : "A"),
                  "Bearer " + valid + "," + valid,
                  "Basic " + valid,
                  valid,
                  "Bearer arena_" + "a".repeat(8_192))) {
            assertError(401, "unauthorized", get("/runs", header));
          }
          assertError(401, "unauthorized", get("/runs", "Bearer " + valid, "Bearer " + valid));
          assertEquals(200, get("/runs", "Bearer " + valid).status());
          assertEquals(200, get("/runs", "bearer " + valid).status());
        });
  }

  /** The console and what it needs before it has a token: the same for all, and without runs. */
  private static final Set<String> OPEN =
      Set.of(
          "GET /health",
          "GET /",
          "GET /console/{version}/{file}",
          "GET /console/{version}/{folder}/{file}",
          "GET /docs",
          "GET /openapi.yaml",
          "GET /deployment");

  @Test
  void onlyHealthTheConsoleAndUnknownPathsNeedNoToken() {
    acceptance.withTokens(
        () -> {
          assertEquals(200, get("/health").status());
          assertEquals(404, get("/unknown").status());
          for (String key : RouteTable.KEYS) {
            String[] parts = key.split(" ", 2);
            String path =
                parts[1]
                    .replace("{run_id}", "5eed" + "0".repeat(28))
                    .replaceAll("\\{[a-z_]+}", "none");
            try (ArenaClient none = stranger()) {
              int status =
                  parts[0].equals("GET") ? none.get(path).status() : none.post(path, "{}").status();
              assertEquals(!OPEN.contains(key), status == 401, key + ": " + status);
            }
          }
        });
  }

  @Test
  void answers403ForRoleThatIsNotEnough() {
    acceptance.withTokens(
        () -> {
          try (ArenaClient viewer = client(token(Role.VIEWER))) {
            assertError(403, "forbidden", viewer.post("/runs", "{}"));
            assertError(403, "forbidden", viewer.post("/forks", "not read"));
            assertError(403, "forbidden", viewer.post("/runs/" + runId + "/stop", ""));
            assertError(403, "forbidden", viewer.get("/runs/" + runId + "/report"));
            for (String key : RouteTable.KEYS) {
              String[] parts = key.split(" ", 2);
              String path =
                  parts[1].replace("{run_id}", runId).replaceAll("\\{[a-z_]+}", "0".repeat(32));
              boolean refused = RouteTable.leastRole(key).filter(Role.OPERATOR::equals).isPresent();
              ArenaClient.Answer answer =
                  parts[0].equals("GET") ? viewer.get(path) : viewer.post(path, "{}");
              assertEquals(refused, answer.status() == 403, key + ": " + answer.status());
            }
            assertEquals(200, viewer.get("/runs/" + runId).status());
            assertEquals(200, viewer.get("/runs/" + runId + "/diagnosis").status());
          }
        });
  }

  @Test
  void limitsTheReportsOfEachToken() {
    acceptance.withTokens(
        () -> {
          try (ArenaClient operator = client(token(Role.OPERATOR));
              ArenaClient other = client(token(Role.OPERATOR))) {
            String unknown = "/runs/" + "0".repeat(32) + "/report";
            // Two minutes' worth, in case that a minute begins in between.
            ArenaClient.Answer rejected = null;
            for (int i = 0; i <= 2 * REPORTS_PER_MINUTE && rejected == null; i++) {
              ArenaClient.Answer answer = operator.get(unknown);
              assertTrue(i >= REPORTS_PER_MINUTE || answer.status() != 429, answer::text);
              rejected = answer.status() == 429 ? answer : null;
            }
            assertTrue(rejected != null, "not limited");
            JsonNode error = rejected.json().path("error");
            assertEquals("too_many_calls", error.path("code").asText(), rejected.text());
            assertEquals("30 calls a minute for each token", error.path("limit").asText());
            int wait =
                Integer.parseInt(
                    rejected.response().headers().firstValue("retry-after").orElseThrow());
            assertTrue(wait >= 1 && wait <= 61, () -> "retry-after: " + wait);
            assertTrue(other.get(unknown).status() != 429, "another token");
          }
        });
  }

  @Test
  void opensOneConnectionForEachTicket() {
    acceptance.withTokens(
        () -> {
          try (ArenaClient viewer = client(token(Role.VIEWER))) {
            URI address = viewer.webSocketUrl();
            secrets.add(address.getQuery().substring("ticket=".length()));
            try (ArenaClient ticketed = new ArenaClient(stack.httpUrl(), address);
                LiveReader reader = ticketed.live()) {
              reader.subscribe(runId, 1);
              assertEquals("complete", reader.untilClosed(runId, BOUND, _ -> {}).status());
              assertEquals(403, handshake("?" + address.getQuery()), "used twice");
            }
            assertEquals(401, handshake(""), "no ticket");
            assertEquals(401, handshake("?ticket="), "empty");
            String unused = viewer.webSocketUrl().getQuery();
            for (String ticket :
                List.of(
                    "ticket_x",
                    "ticket_" + "x".repeat(43),
                    "x".repeat(7_000),
                    "%00",
                    token(Role.OPERATOR),
                    unused.substring(7, 49),
                    unused.substring(7) + "A")) {
              assertEquals(403, handshake("?ticket=" + ticket), ticket);
            }
            assertEquals(403, handshake("?" + unused + "&ticket=x"), "twice");
            assertEquals(101, handshake("?" + unused), "still unused");
            String limited =
                viewer
                    .post("/tickets", "{\"run_id\":\"" + runId + "\"}")
                    .expect(201)
                    .path("ticket")
                    .asText();
            try (ArenaClient ticketed =
                    new ArenaClient(
                        stack.httpUrl(), URI.create(stack.webSocketUrl() + "?ticket=" + limited));
                LiveReader reader = ticketed.live()) {
              reader.subscribe(otherRunId, 1);
              assertEquals("forbidden", reader.nextJson(BOUND).path("code").asText());
              reader.subscribe(runId, 1);
              assertEquals("complete", reader.untilClosed(runId, BOUND, _ -> {}).status());
            }
          }
        });
  }

  /** The status of a handshake; 101 if it succeeds. */
  private int handshake(String query) {
    try (ArenaClient client =
        new ArenaClient(stack.httpUrl(), URI.create(stack.webSocketUrl() + query))) {
      client.live().close();
      return 101;
    } catch (CompletionException e) {
      if (e.getCause() instanceof WebSocketHandshakeException refused) {
        return refused.getResponse().statusCode();
      }
      throw e;
    }
  }

  @Test
  void refusesExpiredTicket() {
    acceptance.withTokens(
        () -> {
          try (TokenTable table = stack.tokens()) {
            Tokens.Created viewer =
                new Tokens(table.store(), InstantSource.system(), new SecureRandom())
                    .create(Role.VIEWER, "tickets", Duration.ofDays(1));
            Principal caller =
                new Principal(
                    viewer.token().id(), Role.VIEWER, Optional.empty(), viewer.token().expiresAt());
            Duration age = Tickets.LIFE;
            for (int status : List.of(403, 101)) {
              Instant issuedAt = Instant.now().minus(age);
              String ticket =
                  new Tickets(table.store(), InstantSource.fixed(issuedAt), new SecureRandom())
                      .issue(caller, Optional.empty())
                      .text();
              assertEquals(status, handshake("?ticket=" + ticket), age::toString);
              age = age.minusSeconds(20);
            }
          }
        });
  }

  @Test
  void refusesUsedTicketAfterARestartOfTheTable() {
    acceptance.withTokens(
        () -> {
          try (ArenaClient viewer = client(token(Role.VIEWER))) {
            String used = viewer.webSocketUrl().getQuery();
            assertEquals(101, handshake("?" + used));
            stack.crashDynamoDb();
            Instant end = Instant.now().plus(BOUND);
            while (viewer.get("/runs?limit=1").status() != 200) {
              assertTrue(Instant.now().isBefore(end), "DynamoDB is not restarted");
            }
            assertEquals(403, handshake("?" + used));
            assertEquals(101, handshake("?" + viewer.webSocketUrl().getQuery()));
          }
        });
  }

  @Test
  void refusesTicketOfRevokedToken() {
    acceptance.withTokens(
        () -> {
          String token = token(Role.VIEWER);
          try (ArenaClient viewer = client(token)) {
            URI address = viewer.webSocketUrl();
            acceptance.revoke(token);
            assertEquals(403, handshake("?" + address.getQuery()));
          }
        });
  }

  @Test
  void keysOfDifferentCallersAreDifferent() {
    acceptance.withTokens(
        () -> {
          List<String> runIds = new ArrayList<>();
          for (String token : List.of(token(Role.OPERATOR), token(Role.OPERATOR))) {
            try (ArenaClient operator = client(token)) {
              for (int i = 0; i < 2; i++) {
                runIds.add(
                    operator
                        .send(
                            operator
                                .request("/runs")
                                .header("idempotency-key", "same-key")
                                .POST(HttpRequest.BodyPublishers.ofString("{\"n_turns\":0}")))
                        .expect(202)
                        .path("run_id")
                        .asText());
              }
            }
          }
          assertEquals(runIds.get(0), runIds.get(1));
          assertEquals(runIds.get(2), runIds.get(3));
          assertEquals(2, runIds.stream().distinct().count());
        });
    acceptance.awaitNoRuns();
  }

  @Test
  void writesNoTokenToAnyFile() throws IOException {
    acceptance.withTokens(
        () -> {
          try (ArenaClient operator = client(token(Role.OPERATOR))) {
            URI address = operator.webSocketUrl();
            secrets.add(address.getQuery().substring("ticket=".length()));
            try (ArenaClient ticketed = new ArenaClient(stack.httpUrl(), address);
                LiveReader reader = ticketed.live()) {
              reader.subscribe(runId, 1);
              reader.untilClosed(runId, BOUND, _ -> {});
            }
            assertEquals(200, get("/runs", "Bearer " + secrets.getFirst()).status());
            String report = operator.get("/runs/" + runId + "/report").text();
            secrets.forEach(secret -> assertFalse(report.contains(secret)));
          }
        });
    assertFalse(secrets.isEmpty());
    List<String> parts = secrets.stream().map(secret -> secret.substring(15)).toList();
    assertEquals(List.of(), new FileSearch(parts).holders(FileSearch.files(stack.home())));
  }
}
