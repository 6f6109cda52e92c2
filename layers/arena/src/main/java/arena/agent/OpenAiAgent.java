package arena.agent;

import arena.run.Limits;
import arena.run.Profile;
import arena.world.World;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Calls a model behind an OpenAI-compatible chat completions endpoint: a hosted gateway, Ollama,
 * vLLM or llama.cpp.
 *
 * <p>Uses the JDK's {@code HttpClient} although it costs about 0.3 s of CPU per sandbox: {@code
 * HttpURLConnection} resends a POST when the connection breaks, so that a turn would be billed
 * twice, and in streaming mode, which disables that, it hides the body of a 401.
 */
final class OpenAiAgent implements Agent {
  /**
   * Maximum number of calls for one decision: the first, and one retry for each of the two request
   * fields that a model may reject. Rejected calls are not billed.
   */
  private static final int MAX_CALLS = 3;

  private static final ObjectMapper JSON = new ObjectMapper();

  private final Endpoint endpoint;
  private final Profile profile;
  private final String model;
  private final String system;
  private final PriceTable prices;
  private volatile Dialect dialect = new Dialect("max_tokens", true);

  /**
   * @param profile a profile whose model starts with {@code openai:}
   * @param model the endpoint's name for the model
   */
  OpenAiAgent(Endpoint endpoint, Profile profile, String model, PriceTable prices) {
    this.endpoint = endpoint;
    this.profile = profile;
    this.model = model;
    this.system = Prompts.system(profile.promptVariant());
    this.prices = prices;
  }

  /**
   * A chat completions endpoint.
   *
   * @param key bearer token; empty if none is required
   * @param timeout limit of one decision, including retries
   */
  record Endpoint(HttpClient client, URI completions, String key, Duration timeout) {
    /** The host and port used in messages. */
    String host() {
      return completions.getPort() < 0
          ? completions.getHost()
          : completions.getHost() + ":" + completions.getPort();
    }

    /** Omits the key. */
    @Override
    public String toString() {
      return host();
    }
  }

  /**
   * The request fields that a model accepts.
   *
   * @param limitField name of the token limit's field
   * @param temperature whether {@code temperature} is accepted
   */
  private record Dialect(String limitField, boolean temperature) {}

  @Override
  public Decision decide(World world, String stateSummary) {
    long deadline = System.nanoTime() + endpoint.timeout().toNanos();
    for (int call = 1; ; call++) {
      Dialect tried = dialect;
      HttpResponse<Optional<byte[]>> response = send(request(stateSummary, tried), deadline);
      byte[] body =
          response
              .body()
              .orElseThrow(
                  () ->
                      new ModelMalformed(
                          "the answer of %s exceeds the limit of %s bytes"
                              .formatted(endpoint.host(), Limits.MAX_ANSWER_BYTES),
                          null));
      int status = response.statusCode();
      if (status == 200) {
        return decision(body);
      }
      OpenAiError error = OpenAiError.read(status, body, JSON);
      Optional<Dialect> fallback =
          error.status() == 400 ? fallback(tried, error) : Optional.empty();
      if (fallback.isEmpty() || call == MAX_CALLS) {
        throw error.exception(endpoint.host(), endpoint.key());
      }
      dialect = fallback.get();
    }
  }

  /** Returns the dialect to retry with, if the error rejects a request field. */
  private static Optional<Dialect> fallback(Dialect tried, OpenAiError error) {
    if (error.rejects("max_tokens") && tried.limitField.equals("max_tokens")) {
      return Optional.of(new Dialect("max_completion_tokens", tried.temperature));
    }
    if (error.rejects("temperature") && tried.temperature) {
      return Optional.of(new Dialect(tried.limitField, false));
    }
    return Optional.empty();
  }

  private HttpRequest request(String stateSummary, Dialect dialect) {
    ObjectNode body = JSON.createObjectNode();
    body.put("model", model);
    body.withArray("messages").addObject().put("role", "system").put("content", system);
    body.withArray("messages").addObject().put("role", "user").put("content", stateSummary);
    if (dialect.temperature) {
      body.put("temperature", profile.temperature());
    }
    body.put(dialect.limitField, Limits.MAX_ANSWER_TOKENS);
    body.put("stream", false);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint.completions())
            .header("content-type", "application/json")
            .header("accept", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body.toString()));
    if (!endpoint.key().isEmpty()) {
      request.header("authorization", "Bearer " + endpoint.key());
    }
    return request.build();
  }

  private HttpResponse<Optional<byte[]>> send(HttpRequest request, long deadline) {
    CompletableFuture<HttpResponse<Optional<byte[]>>> answer =
        endpoint.client().sendAsync(request, BoundedBodySubscriber.of(Limits.MAX_ANSWER_BYTES));
    try {
      return answer.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      answer.cancel(true);
      throw new ModelTimedOut(
          "%s did not answer within %s s"
              .formatted(endpoint.host(), endpoint.timeout().toSeconds()),
          e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new ModelTimedOut("interrupted while waiting for %s".formatted(endpoint.host()), e);
    } catch (ExecutionException e) {
      throw failure(Objects.requireNonNull(e.getCause()));
    }
  }

  private ModelException failure(Throwable cause) {
    String message = ServiceErrorText.clean(cause.getMessage(), endpoint.key());
    String name = cause.getClass().getSimpleName();
    return switch (cause) {
      case HttpConnectTimeoutException _ ->
          new ModelUnreachable("connecting to %s timed out".formatted(endpoint.host()), cause);
      case HttpTimeoutException _ ->
          new ModelTimedOut("%s did not answer in time".formatted(endpoint.host()), cause);
      case ProtocolException _ ->
          new ModelMalformed(
              "%s violated the HTTP protocol: %s".formatted(endpoint.host(), message), cause);
      case IOException _ ->
          new ModelUnreachable(
              "cannot reach %s, or the connection was lost: %s (%s)"
                  .formatted(endpoint.host(), message, name),
              cause);
      default ->
          new ModelMalformed(
              "cannot read the answer of %s: %s (%s)".formatted(endpoint.host(), message, name),
              cause);
    };
  }

  private Decision decision(byte[] body) {
    JsonNode answer;
    try {
      answer = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new ModelMalformed("the answer of %s is not JSON".formatted(endpoint.host()), e);
    } catch (IOException e) {
      throw new ModelMalformed("the answer of %s is not valid UTF-8".formatted(endpoint.host()), e);
    }
    if (answer.path("error").isObject() || answer.path("error").isTextual()) {
      // some gateways return an upstream error with status 200
      throw OpenAiError.within(answer).exception(endpoint.host(), endpoint.key());
    }
    JsonNode choice = answer.path("choices").path(0);
    JsonNode message = choice.path("message");
    if (!message.isObject()) {
      throw new ModelMalformed(
          "the answer of %s has no choice with a message".formatted(endpoint.host()), null);
    }
    ThinkBlock block = ThinkBlock.split(text(message.path("content")));
    String thinking =
        message.path("reasoning_content").asText(message.path("reasoning").asText(""))
            + block.thinking();
    String content = block.text().isBlank() ? message.path("refusal").asText("") : block.text();
    ActionListParser list =
        ActionListParser.read(thinking, content, remark(choice.path("finish_reason").asText("")));
    JsonNode usage = answer.path("usage");
    double cost =
        prices.cost(
            profile.model(),
            usage.path("prompt_tokens").asLong(0),
            usage.path("completion_tokens").asLong(0));
    return new Decision(list.actions(), list.reasoning(), cost);
  }

  /** Returns the message's text; some gateways send an array of parts. */
  private static String text(JsonNode content) {
    if (!content.isArray()) {
      return content.asText("");
    }
    StringBuilder text = new StringBuilder();
    for (JsonNode part : content) {
      text.append(part.path("text").asText(""));
    }
    return text.toString();
  }

  private static String remark(String finishReason) {
    return switch (finishReason) {
      case "length" -> "the answer was cut: it reached its limit of tokens";
      case "content_filter" -> "the service's content filter cut the answer";
      default -> "";
    };
  }

  /**
   * A message split at its leading {@code <think>} block, which some servers leave in the content.
   * The block is not part of the answer.
   */
  private record ThinkBlock(String thinking, String text) {
    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";

    static ThinkBlock split(String content) {
      String stripped = content.stripLeading();
      int close = stripped.indexOf(CLOSE);
      if (!stripped.startsWith(OPEN) || close < 0) {
        return new ThinkBlock("", content);
      }
      return new ThinkBlock(
          stripped.substring(OPEN.length(), close), stripped.substring(close + CLOSE.length()));
    }
  }
}
