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
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Plays with a model behind an OpenAI-compatible chat completions endpoint: a hosted gateway, or
 * Ollama, vLLM or llama.cpp on one's own machine.
 *
 * <p>The JDK's {@code HttpClient} makes the call, at about 0.3 s of CPU once a sandbox, rather than
 * the lighter {@code HttpURLConnection}: that one sends a POST again by itself when the connection
 * breaks, so that a turn would be paid for twice, and where it is told not to, it hides the text of
 * a 401.
 */
final class OpenAiAgent implements Agent {
  /**
   * Most calls for one decision: one, and one more for each of the two request fields that a model
   * may not take. A refused call costs nothing.
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
   * @param profile what to play; its model begins with {@code openai:}
   * @param model the name that the endpoint knows
   */
  OpenAiAgent(Endpoint endpoint, Profile profile, String model, PriceTable prices) {
    this.endpoint = endpoint;
    this.profile = profile;
    this.model = model;
    this.system = Prompts.system(profile.promptVariant());
    this.prices = prices;
  }

  /**
   * Where the model is.
   *
   * @param completions the URL of the chat completions
   * @param key sent as a bearer token; empty if the endpoint asks for none
   * @param timeout bound of one decision, whatever the service does
   */
  record Endpoint(HttpClient client, URI completions, String key, Duration timeout) {
    /** The host, as messages name it. */
    String host() {
      return completions.getPort() < 0
          ? completions.getHost()
          : completions.getHost() + ":" + completions.getPort();
    }

    /** Without the key, which a record would tell. */
    @Override
    public String toString() {
      return host();
    }
  }

  /**
   * What differs among models in the request that they take.
   *
   * @param limitField name of the field that bounds the answer
   * @param temperature whether a temperature may be set
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
                          "%s answered more than %s bytes."
                              .formatted(endpoint.host(), Limits.MAX_ANSWER_BYTES),
                          null));
      int status = response.statusCode();
      if (status == 200) {
        return decision(body);
      }
      OpenAiError error = OpenAiError.read(status, body, JSON);
      Optional<Dialect> other = error.status() == 400 ? other(tried, error) : Optional.empty();
      if (other.isEmpty() || call == MAX_CALLS) {
        throw error.exception(endpoint.host(), endpoint.key());
      }
      dialect = other.get();
    }
  }

  /** The request that a model asks for instead, if the error says that a field is not for it. */
  private static Optional<Dialect> other(Dialect tried, OpenAiError error) {
    if (error.isAbout("max_tokens") && tried.limitField.equals("max_tokens")) {
      return Optional.of(new Dialect("max_completion_tokens", tried.temperature));
    }
    if (error.isAbout("temperature") && tried.temperature) {
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
          "%s did not answer within %s s."
              .formatted(endpoint.host(), endpoint.timeout().toSeconds()),
          e);
    } catch (InterruptedException e) {
      answer.cancel(true);
      Thread.currentThread().interrupt();
      throw new ModelTimedOut("The wait for %s was interrupted.".formatted(endpoint.host()), e);
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  private ModelException failure(Throwable cause) {
    String said = ServiceErrorText.clean(cause.getMessage(), endpoint.key());
    String name = cause.getClass().getSimpleName();
    return switch (cause) {
      case HttpConnectTimeoutException _ ->
          new ModelUnreachable("%s took no connection in time.".formatted(endpoint.host()), cause);
      case HttpTimeoutException _ ->
          new ModelTimedOut("%s did not answer in time.".formatted(endpoint.host()), cause);
      case ProtocolException _ ->
          new ModelMalformed("%s does not speak HTTP: %s".formatted(endpoint.host(), said), cause);
      case IOException _ ->
          new ModelUnreachable(
              "%s cannot be reached, or the connection broke: %s (%s)"
                  .formatted(endpoint.host(), said, name),
              cause);
      default ->
          new ModelMalformed(
              "The answer of %s cannot be read: %s (%s)".formatted(endpoint.host(), said, name),
              cause);
    };
  }

  private Decision decision(byte[] body) {
    JsonNode answer;
    try {
      answer = JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new ModelMalformed(
          "%s answered with something that is not JSON.".formatted(endpoint.host()), e);
    } catch (IOException e) {
      throw new ModelMalformed("The answer of %s is no text.".formatted(endpoint.host()), e);
    }
    if (answer.path("error").isObject() || answer.path("error").isTextual()) {
      // some gateways tell an error of the model behind them with a status of 200
      throw OpenAiError.within(answer).exception(endpoint.host(), endpoint.key());
    }
    JsonNode choice = answer.path("choices").path(0);
    JsonNode message = choice.path("message");
    if (!message.isObject()) {
      throw new ModelMalformed(
          "The answer of %s holds no choice with a message.".formatted(endpoint.host()), null);
    }
    Thought thought = Thought.split(text(message.path("content")));
    String thinking =
        message.path("reasoning_content").asText(message.path("reasoning").asText(""))
            + thought.thinking();
    String said = thought.text().isBlank() ? message.path("refusal").asText("") : thought.text();
    ActionListParser list =
        ActionListParser.read(thinking, said, remark(choice.path("finish_reason").asText("")));
    JsonNode usage = answer.path("usage");
    double cost =
        prices.cost(
            profile.model(),
            usage.path("prompt_tokens").asLong(0),
            usage.path("completion_tokens").asLong(0));
    return new Decision(list.actions(), list.reasoning(), cost);
  }

  /** The message's text, which some gateways send in parts. */
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
   * A text whose beginning may be what the model thought: servers that do not know a model's way of
   * thinking leave it in, between two tags. It is no part of the answer.
   */
  private record Thought(String thinking, String text) {
    private static final String OPEN = "<think>";
    private static final String CLOSE = "</think>";

    static Thought split(String content) {
      String begun = content.stripLeading();
      int close = begun.indexOf(CLOSE);
      if (!begun.startsWith(OPEN) || close < 0) {
        return new Thought("", content);
      }
      return new Thought(
          begun.substring(OPEN.length(), close), begun.substring(close + CLOSE.length()));
    }
  }
}
