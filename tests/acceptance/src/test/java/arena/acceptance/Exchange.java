package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import arena.local.client.ArenaClient;
import java.util.Locale;
import java.util.Optional;

/**
 * A request and its expected response.
 *
 * @param routeKey the operation
 */
record Exchange(String routeKey, String path, Optional<String> body, int status, String code) {
  static Exchange get(String routeKey, String path) {
    return new Exchange(routeKey, path, Optional.empty(), 200, "");
  }

  static Exchange rejectedGet(String routeKey, String path, int status, String code) {
    return new Exchange(routeKey, path, Optional.empty(), status, code);
  }

  static Exchange rejectedPost(String routeKey, String body, int status, String code) {
    return new Exchange(routeKey, routeKey.replace("POST ", ""), Optional.of(body), status, code);
  }

  @Override
  public String toString() {
    String text = body.orElse("");
    return String.format(
        Locale.ROOT,
        "%s %s %s → %d",
        routeKey,
        path,
        text.substring(0, Math.min(80, text.length())),
        status);
  }

  /** Sends the request and asserts that the response is as expected and as described. */
  void assertResponse(ArenaClient arena) {
    ArenaClient.Answer answer =
        body.map(text -> arena.post(path, text)).orElseGet(() -> arena.get(path));
    assertEquals(status, answer.status(), () -> this + ": " + answer.text());
    if (status >= 400) {
      assertEquals(code, answer.json().at("/error/code").asText(), this::toString);
    }
    HttpContractTest.assertDescribed(routeKey, answer);
  }
}
