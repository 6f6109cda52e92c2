package arena.local.aws;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Forwards calls of models to a service with the API of Bedrock. */
final class ModelForwarder implements AutoCloseable {
  /** Longer than any timeout of a model call. */
  private static final Duration TIMEOUT = Duration.ofMinutes(15);

  /** Headers of a response that the SDK reads. */
  private static final List<String> RETURNED =
      List.of("content-type", "x-amzn-errortype", "x-amzn-requestid", "retry-after");

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final URI target;

  ModelForwarder(URI target) {
    this.target = target;
  }

  record Reply(int status, Map<String, String> headers, String body) {}

  /**
   * Sends a call.
   *
   * @param path the raw path
   * @param authorization the caller's signature, which the service must not check
   * @throws IOException if the service does not answer
   */
  Reply forward(String path, String authorization, byte[] body)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        client.send(
            HttpRequest.newBuilder(target.resolve(path))
                .timeout(TIMEOUT)
                .header("content-type", "application/json")
                .header("authorization", authorization)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    Map<String, String> headers = new HashMap<>();
    for (String name : RETURNED) {
      Optional<String> value = response.headers().firstValue(name);
      value.ifPresent(text -> headers.put(name, text));
    }
    return new Reply(response.statusCode(), headers, response.body());
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
