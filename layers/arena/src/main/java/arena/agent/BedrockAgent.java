package arena.agent;

import arena.run.Limits;
import arena.run.Profile;
import arena.world.World;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.ApiCallAttemptTimeoutException;
import software.amazon.awssdk.core.exception.ApiCallTimeoutException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.bedrockruntime.BedrockRuntimeClient;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;

/**
 * Plays with a model of Amazon Bedrock, through its Converse API. The caller's IAM identity is the
 * permission; there is no key. Region, credentials and endpoint are the SDK's own settings.
 */
final class BedrockAgent implements Agent {
  private final BedrockRuntimeClient client;
  private final Duration timeout;
  private final Profile profile;
  private final String model;
  private final String system;
  private final PriceTable prices;

  /**
   * @param client made by {@link #client}
   * @param timeout bound of one decision, as the client has it
   * @param profile what to play; its model begins with {@code bedrock:}
   * @param model a model's id, an inference profile's id, or the ARN of either
   */
  BedrockAgent(
      BedrockRuntimeClient client,
      Duration timeout,
      Profile profile,
      String model,
      PriceTable prices) {
    this.client = client;
    this.timeout = timeout;
    this.profile = profile;
    this.model = model;
    this.system = Prompts.system(profile.promptVariant());
    this.prices = prices;
  }

  /**
   * A client whose calls end within this time. It does not retry: the state machine does, with the
   * turn's other causes in view.
   *
   * @throws ModelRefused if the SDK's settings do not say where to call
   */
  static BedrockRuntimeClient client(Duration timeout) {
    try {
      return BedrockRuntimeClient.builder()
          .httpClientBuilder(
              UrlConnectionHttpClient.builder()
                  .connectionTimeout(ModelAgentResolver.connectTimeout(timeout))
                  .socketTimeout(timeout))
          .overrideConfiguration(
              settings ->
                  settings
                      .apiCallTimeout(timeout)
                      .retryStrategy(DefaultRetryStrategy.doNotRetry())
                      .addExecutionInterceptor(new BoundedAnswer()))
          .build();
    } catch (SdkClientException e) {
      throw new ModelRefused(
          "Bedrock cannot be called: " + ServiceErrorText.clean(e.getMessage(), ""), e);
    }
  }

  @Override
  public Decision decide(World world, String stateSummary) {
    ConverseRequest request =
        ConverseRequest.builder()
            .modelId(model)
            .system(SystemContentBlock.fromText(system))
            .messages(
                Message.builder()
                    .role(ConversationRole.USER)
                    .content(ContentBlock.fromText(stateSummary))
                    .build())
            .inferenceConfig(
                settings ->
                    settings
                        .maxTokens(Limits.MAX_ANSWER_TOKENS)
                        .temperature((float) profile.temperature()))
            .build();
    ConverseResponse response;
    try {
      response = client.converse(request);
    } catch (AwsServiceException e) {
      throw refusal(e);
    } catch (SdkClientException e) {
      throw failure(e);
    } catch (RuntimeException e) {
      // the SDK throws bare exceptions of its parser for some answers that are not its API
      throw new ModelMalformed("Bedrock's answer for %s cannot be read.".formatted(model), e);
    }
    return decision(response);
  }

  private Decision decision(ConverseResponse response) {
    if (response.output() == null || response.output().message() == null) {
      throw new ModelMalformed("Bedrock's answer for %s holds no message.".formatted(model), null);
    }
    StringBuilder thinking = new StringBuilder();
    StringBuilder text = new StringBuilder();
    for (ContentBlock block : response.output().message().content()) {
      text.append(said(block, ContentBlock::text));
      thinking.append(said(block, BedrockAgent::thought));
    }
    ActionListParser list =
        ActionListParser.read(
            thinking.toString(), text.toString(), remark(response.stopReasonAsString()));
    double cost =
        response.usage() == null
            ? 0
            : prices.cost(
                profile.model(),
                tokens(response.usage().inputTokens()),
                tokens(response.usage().outputTokens()));
    return new Decision(list.actions(), list.reasoning(), cost);
  }

  /** What a block says of one kind; the SDK gives null for whatever the answer does not have. */
  private static String said(ContentBlock block, Function<ContentBlock, String> kind) {
    String said = block == null ? null : kind.apply(block);
    return said == null ? "" : said;
  }

  private static String thought(ContentBlock block) {
    return block.reasoningContent() == null || block.reasoningContent().reasoningText() == null
        ? null
        : block.reasoningContent().reasoningText().text();
  }

  private static long tokens(Integer count) {
    return count == null ? 0 : count;
  }

  private static String remark(String stopReason) {
    return switch (stopReason) {
      case "max_tokens" -> "the answer was cut: it reached its limit of tokens";
      case "model_context_window_exceeded" -> "the answer was cut: the model's window is full";
      case "guardrail_intervened" -> "a guardrail cut the answer";
      case "content_filtered" -> "the service's content filter cut the answer";
      case null, default -> "";
    };
  }

  private ModelException refusal(AwsServiceException e) {
    String code = e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorCode();
    String said = e.awsErrorDetails() == null ? e.getMessage() : e.awsErrorDetails().errorMessage();
    String text =
        "Bedrock answered %s%s for %s: %s"
            .formatted(
                e.statusCode(),
                code == null || code.isEmpty() ? "" : " " + ServiceErrorText.clean(code, ""),
                model,
                ServiceErrorText.clean(said, ""));
    return switch (code) {
      case "ThrottlingException", "ServiceQuotaExceededException" -> new ModelThrottled(text, e);
      case "ModelTimeoutException" -> new ModelTimedOut(text, e);
      case "ModelErrorException", "ModelNotReadyException", "ServiceUnavailableException" ->
          new ModelOverloaded(text, e);
      case "InternalServerException" -> new ModelOverloaded(text, e);
      case null, default -> byStatus(e.statusCode(), text, e);
    };
  }

  private static ModelException byStatus(int status, String text, AwsServiceException cause) {
    if (status == 429) {
      return new ModelThrottled(text, cause);
    }
    if (status == 408 || status == 504) {
      return new ModelTimedOut(text, cause);
    }
    if (status >= 500) {
      return new ModelOverloaded(text, cause);
    }
    return status >= 300 ? new ModelRefused(text, cause) : new ModelMalformed(text, cause);
  }

  private ModelException failure(SdkClientException e) {
    String said = ServiceErrorText.clean(e.getMessage(), "");
    if (e instanceof ApiCallTimeoutException
        || e instanceof ApiCallAttemptTimeoutException
        || e instanceof AbortedException) {
      return timedOut(e);
    }
    if (among(e, AnswerTooLarge.class).isPresent()) {
      return new ModelMalformed(
          "Bedrock answered more than %s bytes for %s.".formatted(Limits.MAX_ANSWER_BYTES, model),
          e);
    }
    Optional<SocketTimeoutException> late = among(e, SocketTimeoutException.class);
    if (late.isPresent() && String.valueOf(late.get().getMessage()).startsWith("Read")) {
      return timedOut(e);
    }
    Optional<IOException> broken = among(e, IOException.class);
    boolean parser = broken.isPresent() && broken.get().getClass().getName().contains(".jackson.");
    boolean read = String.valueOf(e.getMessage()).startsWith("Unable to unmarshall response");
    if (parser || (read && broken.isEmpty())) {
      return new ModelMalformed(
          "Bedrock's answer for %s cannot be read: %s".formatted(model, said), e);
    }
    if (broken.isPresent()) {
      return new ModelUnreachable("Bedrock cannot be reached, or the connection broke: " + said, e);
    }
    return new ModelRefused("Bedrock cannot be called: " + said, e);
  }

  private ModelTimedOut timedOut(SdkClientException e) {
    return new ModelTimedOut(
        "Bedrock did not answer for %s within %s s.".formatted(model, timeout.toSeconds()), e);
  }

  /** The first of the causes that is of this type. */
  private static <T extends Throwable> Optional<T> among(Throwable thrown, Class<T> type) {
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (type.isInstance(cause)) {
        return Optional.of(type.cast(cause));
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  /** The answer is larger than it may be. */
  private static final class AnswerTooLarge extends IOException {
    private AnswerTooLarge() {
      super("the answer is larger than %s bytes".formatted(Limits.MAX_ANSWER_BYTES));
    }
  }

  /** Stops reading an answer that is too large. */
  private static final class BoundedAnswer implements ExecutionInterceptor {
    @Override
    public Optional<InputStream> modifyHttpResponseContent(
        Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      return context.responseBody().map(Bounded::new);
    }
  }

  private static final class Bounded extends FilterInputStream {
    private long left = Limits.MAX_ANSWER_BYTES;

    private Bounded(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int read = super.read();
      count(read < 0 ? 0 : 1);
      return read;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
      int read = super.read(into, offset, length);
      count(Math.max(0, read));
      return read;
    }

    private void count(int read) throws AnswerTooLarge {
      left -= read;
      if (left < 0) {
        throw new AnswerTooLarge();
      }
    }
  }
}
