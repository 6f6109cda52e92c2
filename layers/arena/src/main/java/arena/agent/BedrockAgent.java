package arena.agent;

import arena.run.AnswerFormat;
import arena.run.Limits;
import arena.run.Profile;
import arena.text.Redactor;
import arena.world.World;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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
import software.amazon.awssdk.services.bedrockruntime.model.CachePointType;
import software.amazon.awssdk.services.bedrockruntime.model.ContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ConversationRole;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseRequest;
import software.amazon.awssdk.services.bedrockruntime.model.ConverseResponse;
import software.amazon.awssdk.services.bedrockruntime.model.Message;
import software.amazon.awssdk.services.bedrockruntime.model.OutputConfig;
import software.amazon.awssdk.services.bedrockruntime.model.OutputFormatStructure;
import software.amazon.awssdk.services.bedrockruntime.model.OutputFormatType;
import software.amazon.awssdk.services.bedrockruntime.model.SystemContentBlock;
import software.amazon.awssdk.services.bedrockruntime.model.TokenUsage;
import software.amazon.awssdk.services.bedrockruntime.model.Tool;
import software.amazon.awssdk.services.bedrockruntime.model.ToolChoice;
import software.amazon.awssdk.services.bedrockruntime.model.ToolConfiguration;
import software.amazon.awssdk.services.bedrockruntime.model.ToolInputSchema;
import software.amazon.awssdk.services.bedrockruntime.model.ToolUseBlock;
import software.amazon.awssdk.services.bedrockruntime.model.ValidationException;

/**
 * Calls a model on Amazon Bedrock through the Converse API. Authorization is the caller's IAM
 * identity. Region, credentials and endpoint come from the SDK's default configuration.
 */
final class BedrockAgent implements Agent {
  /** Model ids that may take a mark of a cache; some versions refuse it. */
  private static final Pattern CACHING = Pattern.compile("anthropic\\.claude-|amazon\\.nova-");

  /** How a refusal of the mark of a cache is worded. */
  private static final String PROMPT_CACHING = "prompt caching";

  private static final SystemContentBlock CACHE_POINT =
      SystemContentBlock.fromCachePoint(point -> point.type(CachePointType.DEFAULT));

  private static final ToolConfiguration TOOL =
      ToolConfiguration.builder()
          .tools(
              Tool.fromToolSpec(
                  spec ->
                      spec.name(AnswerSchema.NAME)
                          .description(AnswerSchema.DESCRIPTION)
                          .inputSchema(
                              ToolInputSchema.fromJson(JsonDocument.of(AnswerSchema.schema())))))
          .toolChoice(ToolChoice.fromTool(choice -> choice.name(AnswerSchema.NAME)))
          .build();

  private static final OutputConfig SCHEMA =
      OutputConfig.builder()
          .textFormat(
              format ->
                  format
                      .type(OutputFormatType.JSON_SCHEMA)
                      .structure(
                          OutputFormatStructure.fromJsonSchema(
                              schema ->
                                  schema
                                      .name(AnswerSchema.NAME)
                                      .schema(AnswerSchema.schema().toString()))))
          .build();

  private final BedrockRuntimeClient client;
  private final Duration timeout;
  private final Profile profile;
  private final String model;
  private final PriceTable prices;
  private volatile RequestFields fields;

  /**
   * @param client from {@link #client}
   * @param timeout the client's timeout for one call
   * @param profile a profile whose model starts with {@code bedrock:}
   * @param model a model id, an inference profile id, or the ARN of either
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
    this.prices = prices;
    this.fields = RequestFields.all(profile.answerFormat(), CACHING.matcher(model).find());
  }

  /**
   * Creates a client with this call timeout and without retries; the state machine retries.
   *
   * @throws ModelRefused if the SDK's configuration is incomplete
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
                      .addExecutionInterceptor(new AnswerLimit()))
          .build();
    } catch (SdkClientException e) {
      throw new ModelRefused(
          "cannot call Bedrock: " + ServiceErrorText.clean(e.getMessage(), Redactor.OF_FORMATS), e);
    }
  }

  @Override
  public Decision decide(World world, String stateSummary) {
    for (int call = 1; ; call++) {
      RequestFields sent = fields;
      try {
        return decision(client.converse(request(stateSummary, sent)), sent);
      } catch (ValidationException e) {
        if (ContentFilter.refused(message(e))) {
          return ContentFilter.answer(
                  ServiceErrorText.clean(message(e), Redactor.OF_FORMATS), sent.remark())
              .decision(0, Tokens.NONE);
        }
        useAlternative(sent, e, call);
      } catch (AwsServiceException e) {
        // Some models refuse the mark of a cache as a call without permission.
        if (!sent.cache() || !message(e).contains(PROMPT_CACHING)) {
          throw serviceError(e);
        }
        useAlternative(sent, e, call);
      } catch (SdkClientException e) {
        throw clientError(e);
      } catch (ModelException e) {
        throw e;
      } catch (RuntimeException e) {
        // for some malformed responses the SDK throws its parser's unchecked exceptions
        throw new ModelMalformed("cannot parse Bedrock's answer for %s".formatted(model), e);
      }
    }
  }

  /**
   * Sends other fields in the next call.
   *
   * @throws ModelException if the refusal is not about one of the fields
   */
  private void useAlternative(RequestFields sent, AwsServiceException refusal, int call) {
    Optional<RequestFields> alternative = sent.without(true, "", message(refusal));
    if (alternative.isEmpty() || call == RequestFields.MAX_CALLS) {
      throw serviceError(refusal);
    }
    fields = alternative.get();
  }

  private ConverseRequest request(String stateSummary, RequestFields sent) {
    String system = Prompts.system(profile.promptVariant(), sent.format());
    String user = sent.user(system, stateSummary);
    ConverseRequest.Builder request =
        ConverseRequest.builder()
            .modelId(model)
            .messages(
                Message.builder()
                    .role(ConversationRole.USER)
                    .content(ContentBlock.fromText(user))
                    .build())
            .inferenceConfig(
                settings -> {
                  if (sent.limitName() != RequestFields.LimitName.NONE) {
                    settings.maxTokens(sent.maxTokens());
                  }
                  if (sent.temperature()) {
                    settings.temperature((float) profile.temperature());
                  }
                });
    if (sent.system()) {
      SystemContentBlock text = SystemContentBlock.fromText(system);
      request.system(sent.cache() ? List.of(text, CACHE_POINT) : List.of(text));
    }
    switch (sent.format()) {
      case TEXT -> {
        // no field
      }
      case TOOL -> request.toolConfig(TOOL);
      case JSON_SCHEMA -> request.outputConfig(SCHEMA);
    }
    return request.build();
  }

  private Decision decision(ConverseResponse response, RequestFields sent) {
    if (response.output() == null || response.output().message() == null) {
      throw new ModelMalformed("Bedrock's answer for %s has no message".formatted(model), null);
    }
    if (FinishReason.of(response.stopReasonAsString()) == FinishReason.MALFORMED) {
      throw new ModelMalformed(
          "Bedrock reports that %s failed: %s"
              .formatted(
                  model,
                  ServiceErrorText.clean(response.stopReasonAsString(), Redactor.OF_FORMATS)),
          null);
    }
    ModelAnswer answer = answer(response, sent);
    Tokens tokens = tokens(response.usage());
    return answer.decision(prices.cost(profile.model(), tokens), tokens);
  }

  private static ModelAnswer answer(ConverseResponse response, RequestFields sent) {
    FinishReason finish = FinishReason.of(response.stopReasonAsString());
    ModelAnswer.Builder parts =
        new ModelAnswer.Builder().remark(sent.remark()).remark(finish.remark());
    if (sent.format() != AnswerFormat.TEXT) {
      parts.structured();
    }
    boolean redacted = false;
    for (ContentBlock block : response.output().message().content()) {
      parts.text(content(block, ContentBlock::text));
      parts.text(content(block, BedrockAgent::citedText));
      parts.thinking(content(block, BedrockAgent::reasoningText));
      if (block != null && block.toolUse() != null) {
        addCall(parts, block.toolUse(), sent);
      }
      redacted |= block != null && block.reasoningContent() != null;
    }
    parts.causeIfEmpty(finish.causeIfEmpty());
    if (redacted
        && response.output().message().content().stream().allMatch(b -> b.text() == null)) {
      parts.causeIfEmpty(ModelAnswer.ONLY_THOUGHT);
    }
    return parts.read();
  }

  private static void addCall(ModelAnswer.Builder parts, ToolUseBlock call, RequestFields sent) {
    if (sent.format() == AnswerFormat.TOOL
        && AnswerSchema.NAME.equals(call.name())
        && call.input() != null) {
      parts.called(JsonDocument.json(call.input()).toString());
    } else {
      parts.calledTool(ServiceErrorText.clean(call.name(), Redactor.OF_FORMATS));
    }
  }

  /** Returns a block's content of one kind, or an empty string; the SDK returns null if absent. */
  private static String content(
      @Nullable ContentBlock block, Function<ContentBlock, @Nullable String> kind) {
    String text = block == null ? null : kind.apply(block);
    return text == null ? "" : text;
  }

  /** The text of a block whose text has citations. */
  private static @Nullable String citedText(ContentBlock block) {
    return block.citationsContent() == null
        ? null
        : block.citationsContent().content().stream()
            .map(part -> part.text() == null ? "" : part.text())
            .collect(Collectors.joining());
  }

  private static @Nullable String reasoningText(ContentBlock block) {
    return block.reasoningContent() == null || block.reasoningContent().reasoningText() == null
        ? null
        : block.reasoningContent().reasoningText().text();
  }

  private static Tokens tokens(@Nullable TokenUsage usage) {
    return usage == null
        ? Tokens.NONE
        : Tokens.withCacheApart(
            count(usage.inputTokens()),
            count(usage.outputTokens()),
            count(usage.cacheReadInputTokens()),
            count(usage.cacheWriteInputTokens()));
  }

  private static long count(@Nullable Integer count) {
    return count == null ? 0 : count;
  }

  private ModelException serviceError(AwsServiceException e) {
    String code = e.awsErrorDetails() == null ? "" : e.awsErrorDetails().errorCode();
    String text =
        "Bedrock answered %s%s for %s: %s"
            .formatted(
                e.statusCode(),
                code == null || code.isEmpty()
                    ? ""
                    : " " + ServiceErrorText.clean(code, Redactor.OF_FORMATS),
                model,
                ServiceErrorText.clean(message(e), Redactor.OF_FORMATS));
    return retryAfter(e).applyTo(exception(e, code, text));
  }

  private static RetryAfter retryAfter(AwsServiceException e) {
    return e.awsErrorDetails() == null || e.awsErrorDetails().sdkHttpResponse() == null
        ? new RetryAfter(Duration.ZERO)
        : RetryAfter.of(e.awsErrorDetails().sdkHttpResponse()::firstMatchingHeader);
  }

  private static ModelException exception(
      AwsServiceException e, @Nullable String code, String text) {
    return switch (code) {
      case "ThrottlingException", "ServiceQuotaExceededException" -> new ModelThrottled(text, e);
      case "ModelTimeoutException" -> new ModelTimedOut(text, e);
      case "ModelErrorException", "ModelNotReadyException", "ServiceUnavailableException" ->
          new ModelOverloaded(text, e);
      case "InternalServerException" -> new ModelOverloaded(text, e);
      case "ValidationException" ->
          ErrorWords.isPermanent(message(e))
              ? new ModelRefused(text, e)
              : ErrorWords.classify(e.statusCode(), message(e), text, e);
      case null, default -> byStatus(e.statusCode(), text, e);
    };
  }

  private static String message(AwsServiceException e) {
    String message =
        e.awsErrorDetails() == null ? e.getMessage() : e.awsErrorDetails().errorMessage();
    return message == null ? "" : message;
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

  private ModelException clientError(SdkClientException e) {
    String message = ServiceErrorText.clean(e.getMessage(), Redactor.OF_FORMATS);
    if (e instanceof ApiCallTimeoutException
        || e instanceof ApiCallAttemptTimeoutException
        || e instanceof AbortedException) {
      return timedOut(e);
    }
    if (findCause(e, AnswerTooLarge.class).isPresent()) {
      return new ModelMalformed(
          "Bedrock's answer for %s exceeds the limit of %s bytes"
              .formatted(model, Limits.MAX_ANSWER_BYTES),
          e);
    }
    Optional<SocketTimeoutException> socketTimeout = findCause(e, SocketTimeoutException.class);
    if (socketTimeout.isPresent()
        && String.valueOf(socketTimeout.get().getMessage()).startsWith("Read")) {
      return timedOut(e);
    }
    Optional<IOException> ioError = findCause(e, IOException.class);
    boolean parserError =
        ioError.isPresent() && ioError.get().getClass().getName().contains(".jackson.");
    boolean unmarshalling =
        String.valueOf(e.getMessage()).startsWith("Unable to unmarshall response");
    if (parserError || (unmarshalling && ioError.isEmpty())) {
      return new ModelMalformed(
          "cannot parse Bedrock's answer for %s: %s".formatted(model, message), e);
    }
    if (ioError.isPresent()) {
      return new ModelUnreachable(
          "cannot reach Bedrock, or the connection was lost: " + message, e);
    }
    return new ModelRefused("cannot call Bedrock: " + message, e);
  }

  private ModelTimedOut timedOut(SdkClientException e) {
    return new ModelTimedOut(
        "Bedrock did not answer for %s within %s s".formatted(model, timeout.toSeconds()), e);
  }

  /** Finds the first exception of a type in the cause chain. */
  private static <T extends Throwable> Optional<T> findCause(Throwable thrown, Class<T> type) {
    Throwable cause = thrown;
    for (int depth = 0; cause != null && depth < 20; depth++) {
      if (type.isInstance(cause)) {
        return Optional.of(type.cast(cause));
      }
      cause = cause.getCause();
    }
    return Optional.empty();
  }

  private static final class AnswerTooLarge extends IOException {
    private AnswerTooLarge() {
      super("the answer exceeds the limit of %s bytes".formatted(Limits.MAX_ANSWER_BYTES));
    }
  }

  /** Aborts reading an answer over {@link Limits#MAX_ANSWER_BYTES}. */
  private static final class AnswerLimit implements ExecutionInterceptor {
    @Override
    public Optional<InputStream> modifyHttpResponseContent(
        Context.ModifyHttpResponse context, ExecutionAttributes attributes) {
      return context.responseBody().map(LimitedInputStream::new);
    }
  }

  private static final class LimitedInputStream extends FilterInputStream {
    private long remaining = Limits.MAX_ANSWER_BYTES;

    private LimitedInputStream(InputStream in) {
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
      remaining -= read;
      if (remaining < 0) {
        throw new AnswerTooLarge();
      }
    }
  }
}
