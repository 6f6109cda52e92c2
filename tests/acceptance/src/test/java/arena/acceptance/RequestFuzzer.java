package arena.acceptance;

import arena.http.RouteTable;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Sends generated HTTP requests, each over its own connection, so that any byte can be sent. */
final class RequestFuzzer {
  private static final int TIMEOUT_MILLIS = 30_000;
  private static final int MAX_RESPONSE = 16 << 20;
  private static final Pattern STATUS = Pattern.compile("^HTTP/1\\.1 (\\d{3}) ");

  private static final List<String> METHODS =
      List.of("GET", "GET", "GET", "GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH", "X");

  private final RandomGenerator random;
  private final URI http;
  private final Optional<String> token;
  private final List<String> paths;
  private final List<String> pieces;
  private final List<String> authorizations;

  /**
   * A request and its response.
   *
   * @param response with its headers; one character a byte
   */
  record Exchange(String request, int status, String response) {
    String headers() {
      return response.substring(0, response.indexOf("\r\n\r\n"));
    }

    String body() {
      return response.substring(response.indexOf("\r\n\r\n") + 4);
    }
  }

  /**
   * @param token of a viewer; empty for requests without a valid token
   */
  RequestFuzzer(RandomGenerator random, URI http, String runId, Optional<String> token) {
    this.random = random;
    this.http = http;
    this.token = token;
    paths =
        Stream.concat(
                RouteTable.KEYS.stream()
                    .map(key -> key.substring(key.indexOf(' ') + 1))
                    .map(path -> path.replaceFirst("\\{(run|experiment|race)_id}", runId)),
                Stream.of("/live", "/@connections/x", "/$default"))
            .distinct()
            .sorted()
            .toList();
    pieces =
        List.of(
            "/..",
            "/.",
            "//",
            "%2f",
            "%2e%2e",
            "%00",
            "%0a",
            "%",
            ";",
            "?",
            "?run_id=" + runId,
            "?limit=1",
            "?samples=1",
            "?source=runs",
            "?race_id=" + runId,
            "?format=jsonl",
            "by=model",
            "seed=9007199254740991",
            "from=2026-01-31",
            "&",
            "=",
            "#",
            "é",
            "\u0001",
            "\\",
            "+",
            "%e2%80%ae",
            "{run_id}",
            "x".repeat(3_000));
    authorizations =
        List.of(
            "",
            "",
            "Bearer",
            "Bearer ",
            "Bearer x",
            "Basic eDp4",
            "Bearer arena_abcdefgh_",
            "Bearer arena_abcdefgh_" + "x".repeat(43),
            "Bearer local",
            "operator",
            "\u00e9",
            "Bearer " + "y".repeat(4_000),
            "{\"principal\":\"local\",\"role\":\"operator\"}");
  }

  /** Sends requests until a time of {@link System#nanoTime} and returns their number. */
  long until(long deadline, Consumer<Exchange> check) throws IOException {
    long sent = 0;
    while (System.nanoTime() < deadline) {
      check.accept(send(request()));
      sent++;
    }
    return sent;
  }

  private <T> T any(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private String request() {
    StringBuilder path = new StringBuilder(any(paths));
    for (int i = random.nextInt(4); i > 0; i--) {
      String piece = random.nextInt(4) == 0 ? any(paths) : any(pieces);
      path.insert(
          random.nextInt(4) == 0 ? random.nextInt(path.length() + 1) : path.length(), piece);
    }
    StringBuilder request = new StringBuilder();
    request.append(any(METHODS)).append(' ').append(path).append(" HTTP/1.1\r\n");
    request.append("Host: localhost:").append(http.getPort()).append("\r\nConnection: close\r\n");
    String authorization =
        token.isPresent() && random.nextInt(4) > 0 ? "Bearer " + token.get() : any(authorizations);
    if (!authorization.isEmpty()) {
      request.append("Authorization: ").append(authorization).append("\r\n");
    }
    if (random.nextInt(6) == 0) { // what API Gateway adds, so that a caller cannot
      request.append(any(List.of("X-Forwarded-Proto", "apigw-requestid", "principal", "role")));
      request.append(": ").append(any(List.of("operator", "local", "x\u00e9"))).append("\r\n");
    }
    String body = random.nextInt(3) == 0 ? body() : "";
    request.append("Content-Length: ").append(bytes(body).length).append("\r\n");
    if (random.nextBoolean()) {
      request.append("Content-Type: application/json\r\n");
    }
    return request.append("\r\n").append(body).toString();
  }

  private String body() {
    return any(
        List.of(
            "{}",
            "[]",
            "null",
            "{",
            "{\"n_turns\":0}",
            "{\"run_id\":\"x\"}",
            "\u0000\u00ff",
            "[".repeat(2_000),
            "{\"label\":\"" + "\\u202e".repeat(random.nextInt(50)) + "\"}"));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private Exchange send(String request) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), http.getPort())) {
      socket.setSoTimeout(TIMEOUT_MILLIS);
      OutputStream out = socket.getOutputStream();
      out.write(bytes(request));
      out.flush();
      String response =
          new String(socket.getInputStream().readNBytes(MAX_RESPONSE), StandardCharsets.ISO_8859_1);
      Matcher status = STATUS.matcher(response);
      if (!status.find()) {
        throw new AssertionError("no status line: " + response + "\n after " + request);
      }
      return new Exchange(request, Integer.parseInt(status.group(1)), response);
    } catch (IOException e) {
      throw new IOException("no response to " + request, e);
    }
  }
}
