package arena.models;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ModelServerTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final ModelServer server = ModelServer.start();
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void stop() {
    client.shutdownNow();
    server.close();
  }

  private HttpResponse<String> post(String uri, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(uri))
            .timeout(Duration.ofSeconds(5))
            .header("authorization", "AWS4-HMAC-SHA256 Credential=local")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, HttpResponse.BodyHandlers.ofString());
  }

  private HttpResponse<String> converse(String model) throws IOException, InterruptedException {
    return post(
        server.bedrockEndpoint() + "/model/" + model + "/converse",
        "{\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"food=1\"}]}]}");
  }

  private HttpResponse<String> chat(String model) throws IOException, InterruptedException {
    return post(
        server.openAiBaseUrl() + "/chat/completions",
        String.format(
            Locale.ROOT,
            "{\"model\":\"%s\",\"messages\":[{\"role\":\"user\",\"content\":\"food=1\"}]}",
            model));
  }

  @Test
  void converseReturnsTheDocumentedResponse() throws Exception {
    HttpResponse<String> response = converse("amazon.nova-lite-v1%3A0");
    assertEquals(200, response.statusCode());
    JsonNode answer = JSON.readTree(response.body());
    JsonNode message = answer.path("output").path("message");
    assertEquals("assistant", message.path("role").asText());
    assertEquals(Behaviour.ANSWER, message.path("content").path(0).path("text").asText());
    assertEquals("end_turn", answer.path("stopReason").asText());
    assertEquals(1_000, answer.path("usage").path("inputTokens").asInt());
    assertTrue(answer.path("metrics").path("latencyMs").isInt());
    ModelCall call = server.calls().getFirst();
    assertEquals("amazon.nova-lite-v1:0", call.model());
    assertEquals("food=1", call.prompt());
  }

  @ParameterizedTest
  @EnumSource(ModelServer.Flavour.class)
  void chatReturnsTheDocumentedResponse(ModelServer.Flavour flavour) throws Exception {
    HttpResponse<String> response =
        post(
            server.as(flavour).openAiBaseUrl() + "/chat/completions",
            "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"food=1\"}]}");
    assertEquals(200, response.statusCode());
    JsonNode answer = JSON.readTree(response.body());
    assertEquals("chat.completion", answer.path("object").asText());
    JsonNode choice = answer.path("choices").path(0);
    assertEquals(Behaviour.ANSWER, choice.path("message").path("content").asText());
    assertEquals("stop", choice.path("finish_reason").asText());
    assertEquals(1_000, answer.path("usage").path("prompt_tokens").asInt());
  }

  @ParameterizedTest
  @CsvSource({
    "THROTTLED,     429, ThrottlingException",
    "OVERLOADED,    503, ServiceUnavailableException",
    "TIMED_OUT,     408, ModelTimeoutException",
    "MODEL_ERROR,   424, ModelErrorException",
    "NOT_READY,     429, ModelNotReadyException",
    "REFUSED,       403, AccessDeniedException",
    "INVALID,       400, ValidationException",
    "UNKNOWN_MODEL, 404, ResourceNotFoundException",
    "INTERNAL,      500, InternalServerException",
  })
  void converseReturnsTheDocumentedError(Fault fault, int status, String type) throws Exception {
    server.when("m", Behaviour.always(new Reply.Failed(fault)));
    HttpResponse<String> response = converse("m");
    assertEquals(status, response.statusCode());
    String header = response.headers().firstValue("x-amzn-errortype").orElseThrow();
    assertTrue(header.startsWith(type + ":"), header);
    assertTrue(JSON.readTree(response.body()).path("message").isTextual());
  }

  @ParameterizedTest
  @CsvSource({
    "THROTTLED,     429, rate_limit_exceeded",
    "QUOTA,         429, insufficient_quota",
    "REFUSED,       401, invalid_api_key",
    "UNKNOWN_MODEL, 404, model_not_found",
    "OVERLOADED,    503, overloaded",
    "INTERNAL,      500, null",
  })
  void chatReturnsTheDocumentedError(Fault fault, int status, String code) throws Exception {
    server.when("m", Behaviour.always(new Reply.Failed(fault)));
    HttpResponse<String> response = chat("m");
    assertEquals(status, response.statusCode());
    JsonNode error = JSON.readTree(response.body()).path("error");
    assertEquals(code, error.path("code").asText());
    assertTrue(error.path("message").isTextual() && error.path("type").isTextual());
  }

  @Test
  void failsAsOftenAsTheNameSaysForEachPrompt() throws Exception {
    assertEquals(429, chat("throttle-2").statusCode());
    assertEquals(429, chat("throttle-2").statusCode());
    assertEquals(200, chat("throttle-2").statusCode());
    assertEquals(200, chat("throttle-2").statusCode());
    assertEquals(429, converse("throttle-1").statusCode());
    assertEquals(4, server.calls("throttle-2").size());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"model\":\"m\",\"messages\":[]}", "oops"})
  void returns400ForAnInvalidRequest(String body) throws Exception {
    assertEquals(400, post(server.openAiBaseUrl() + "/chat/completions", body).statusCode());
    assertEquals(400, post(server.bedrockEndpoint() + "/model/m/converse", body).statusCode());
    assertEquals(0, server.calls().size());
  }

  @Test
  void returns404ForAnUnknownPath() throws Exception {
    assertEquals(404, post(server.bedrockEndpoint() + "/v2/chat/completions", "{}").statusCode());
  }

  @Test
  void returns401WithoutTheRequiredKey() throws Exception {
    server.withKey("sk-1");
    assertEquals(401, chat("m").statusCode());
  }

  @ParameterizedTest
  @ValueSource(strings = {"drop", "truncated"})
  void closesTheConnection(String model) {
    assertThrows(IOException.class, () -> chat(model));
    assertEquals(1, server.calls(model).size());
  }

  @Test
  void endsAHangingCallWhenClosed() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    server.when(
        "m",
        call -> {
          arrived.countDown();
          return new Reply.Hang();
        });
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(server.openAiBaseUrl() + "/chat/completions"))
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"))
            .build();
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(request, HttpResponse.BodyHandlers.ofString());
    assertTrue(arrived.await(10, TimeUnit.SECONDS));
    assertThrows(TimeoutException.class, () -> answer.get(200, TimeUnit.MILLISECONDS));
    server.close();
    assertThrows(ExecutionException.class, () -> answer.get(10, TimeUnit.SECONDS));
  }

  @Test
  void passesTheCallToTheScript() throws Exception {
    server.when(
        "m",
        call ->
            new Reply.Text(
                call.prompt() + " at " + call.attempt(), Optional.empty(), Optional.empty(), true));
    chat("m");
    JsonNode answer = JSON.readTree(chat("m").body());
    assertEquals(
        "food=1 at 2", answer.path("choices").path(0).path("message").path("content").asText());
    assertEquals("length", answer.path("choices").path(0).path("finish_reason").asText());
    assertTrue(answer.path("usage").isMissingNode());
  }
}
