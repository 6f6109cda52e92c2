package arena.agent;

import arena.run.Limits;
import arena.run.Profile;
import arena.text.Redactor;
import arena.world.World;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
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
import java.util.zip.GZIPInputStream;

/**
 * Calls a model over HTTP, by one of the {@link HttpApi}s.
 *
 * <p>Uses the JDK's {@code HttpClient} although it costs about 0.3 s of CPU per sandbox: {@code
 * HttpURLConnection} resends a POST when the connection breaks, so that a turn would be billed
 * twice, and in streaming mode, which disables that, it hides the body of a 401.
 */
final class HttpAgent implements Agent {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Endpoint endpoint;
  private final HttpApi api;
  private final Profile profile;
  private final String model;
  private final PriceTable prices;
  private volatile RequestFields fields;

  /**
   * @param profile a profile whose model starts with the API's scheme
   * @param model the endpoint's name for the model
   */
  HttpAgent(Endpoint endpoint, HttpApi api, Profile profile, String model, PriceTable prices) {
    this.endpoint = endpoint;
    this.api = api;
    this.profile = profile;
    this.model = model;
    this.prices = prices;
    this.fields = RequestFields.all(profile.answerFormat(), api.marksCache());
  }

  /**
   * An address of model calls.
   *
   * @param key its API key; empty if none is required
   * @param timeout limit of one decision, including retries
   * @param redactor redacts the key in what the service answers
   */
  record Endpoint(HttpClient client, URI call, String key, Duration timeout, Redactor redactor) {
    /** The host and port used in messages. */
    String host() {
      return call.getPort() < 0 ? call.getHost() : call.getHost() + ":" + call.getPort();
    }

    /** Omits the key. */
    @Override
    public String toString() {
      return host();
    }
  }

  @Override
  public Decision decide(World world, String stateSummary) {
    long deadline = System.nanoTime() + endpoint.timeout().toNanos();
    boolean waited = false;
    for (int call = 1; ; call++) {
      RequestFields sent = fields;
      HttpResponse<Optional<byte[]>> response = send(request(stateSummary, sent), deadline);
      byte[] body =
          response
              .body()
              .flatMap(HttpAgent::decompressed)
              .orElseThrow(
                  () ->
                      new ModelMalformed(
                          "the answer of %s exceeds the limit of %s bytes"
                              .formatted(endpoint.host(), Limits.MAX_ANSWER_BYTES),
                          null));
      OpenAiError error;
      if (response.statusCode() == 200) {
        JsonNode answer = parsed(body);
        JsonNode within = OpenAiAnswer.error(answer);
        if (within.isMissingNode()) {
          return decision(answer, sent);
        }
        error = OpenAiError.within(within); // some gateways return errors with status 200
      } else {
        error = OpenAiError.read(response.statusCode(), body, JSON);
      }
      if (error.isFiltered()) {
        return filtered(error, sent);
      }
      Optional<RequestFields> alternative = error.alternative(sent);
      if (alternative.isPresent() && call < RequestFields.MAX_CALLS) {
        fields = alternative.get();
      } else {
        ModelException failure = error.exception(endpoint.host(), endpoint.redactor());
        RetryAfter retryAfter = RetryAfter.of(response).or(error.retryAfter());
        if (waited || !retryAfter.waits(failure, deadline)) {
          throw retryAfter.applyTo(failure);
        }
        waited = true;
      }
    }
  }

  private HttpRequest request(String stateSummary, RequestFields sent) {
    String system = Prompts.system(profile.promptVariant(), sent.format());
    String user = sent.user(system, stateSummary);
    HttpApi.Call call = new HttpApi.Call(model, profile.temperature(), system, user, sent);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(endpoint.call())
            .header("content-type", "application/json")
            .header("accept", sent.stream() ? "text/event-stream" : "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(api.body(call).toString()));
    api.headers(endpoint.key()).forEach(request::header);
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
    String message = ServiceErrorText.clean(cause.getMessage(), endpoint.redactor());
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

  private Decision filtered(OpenAiError error, RequestFields sent) {
    return ContentFilter.answer(error.words(endpoint.redactor()), sent.remark())
        .decision(0, Tokens.NONE);
  }

  /**
   * Decompresses a body that a server compressed although this was not asked for.
   *
   * @return empty if it exceeds the limit
   */
  private static Optional<byte[]> decompressed(byte[] body) {
    if (body.length < 2 || body[0] != 0x1F || (body[1] & 0xFF) != 0x8B) {
      return Optional.of(body);
    }
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(body))) {
      byte[] text = in.readNBytes(Limits.MAX_ANSWER_BYTES + 1);
      return text.length > Limits.MAX_ANSWER_BYTES ? Optional.empty() : Optional.of(text);
    } catch (IOException _) {
      return Optional.of(body); // reported as a body that is not JSON
    }
  }

  /** Parses the body of a response with status 200. */
  private JsonNode parsed(byte[] body) {
    try {
      return CompletionFinder.find(
          EventStream.isStream(body) ? EventStream.joined(body, JSON) : JSON.readTree(body));
    } catch (JsonProcessingException e) {
      throw new ModelMalformed("the answer of %s is not JSON".formatted(endpoint.host()), e);
    } catch (IOException e) {
      throw new ModelMalformed("the answer of %s is not valid UTF-8".formatted(endpoint.host()), e);
    }
  }

  private Decision decision(JsonNode answer, RequestFields sent) {
    FinishReason finish = OpenAiAnswer.finish(answer);
    if (finish == FinishReason.FAILED || finish == FinishReason.MALFORMED) {
      String text =
          "%s reports that the model failed: %s"
              .formatted(
                  endpoint.host(),
                  ServiceErrorText.clean(OpenAiAnswer.finishName(answer), endpoint.redactor()));
      throw finish == FinishReason.FAILED
          ? new ModelOverloaded(text, null)
          : new ModelMalformed(text, null);
    }
    if (!OpenAiAnswer.isCompletion(answer)) {
      throw new ModelMalformed(
          "the answer of %s is not an answer of a model".formatted(endpoint.host()), null);
    }
    ModelAnswer read = OpenAiAnswer.read(answer, sent);
    Tokens tokens = api.tokens(answer.path("usage"));
    return read.decision(prices.cost(profile.model(), tokens), tokens);
  }
}
