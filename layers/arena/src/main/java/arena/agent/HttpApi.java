package arena.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;

/** The requests of an API of models over HTTP, and how it counts tokens. */
sealed interface HttpApi {
  /**
   * What one call asks.
   *
   * @param system the system prompt, to be sent if {@code fields} has it
   * @param user the user's message
   * @param fields which fields are sent
   */
  record Call(String model, double temperature, String system, String user, RequestFields fields) {}

  /** Returns a request's body. */
  ObjectNode body(Call call);

  /** Returns the headers of a request with this key, which may be empty. */
  Map<String, String> headers(String key);

  /** Whether a request marks what a cache may keep; other APIs cache without a mark, or not. */
  boolean marksCache();

  /** Reads an answer's {@code usage}, which may be missing. */
  Tokens tokens(JsonNode usage);

  /** OpenAI's chat completions, which many servers have. */
  final class ChatCompletions implements HttpApi {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Override
    public ObjectNode body(Call call) {
      RequestFields fields = call.fields();
      ObjectNode body = JSON.createObjectNode();
      body.put("model", call.model());
      if (fields.system()) {
        body.withArray("messages").addObject().put("role", "system").put("content", call.system());
      }
      body.withArray("messages").addObject().put("role", "user").put("content", call.user());
      if (fields.temperature()) {
        body.put("temperature", call.temperature());
      }
      switch (fields.limitName()) {
        case MAX_TOKENS -> body.put("max_tokens", fields.maxTokens());
        case MAX_COMPLETION_TOKENS -> body.put("max_completion_tokens", fields.maxTokens());
        case NONE -> {
          // the service's own limit holds
        }
      }
      body.put("stream", fields.stream());
      switch (fields.format()) {
        case TEXT -> {
          // no field
        }
        case TOOL -> {
          body.withArray("tools")
              .addObject()
              .put("type", "function")
              .putObject("function")
              .put("name", AnswerSchema.NAME)
              .put("description", AnswerSchema.DESCRIPTION)
              .set("parameters", AnswerSchema.schema());
          body.putObject("tool_choice")
              .put("type", "function")
              .putObject("function")
              .put("name", AnswerSchema.NAME);
        }
        case JSON_SCHEMA ->
            body.putObject("response_format")
                .put("type", "json_schema")
                .putObject("json_schema")
                .put("name", AnswerSchema.NAME)
                .put("strict", true)
                .set("schema", AnswerSchema.schema());
      }
      return body;
    }

    @Override
    public Map<String, String> headers(String key) {
      return key.isEmpty() ? Map.of() : Map.of("authorization", "Bearer " + key);
    }

    @Override
    public boolean marksCache() {
      return false;
    }

    /** Also reads Anthropic's names, which gateways forward. */
    @Override
    public Tokens tokens(JsonNode usage) {
      if (!usage.has("prompt_tokens") && usage.has("input_tokens")) {
        return new Messages().tokens(usage);
      }
      long cached =
          usage
              .path("prompt_tokens_details")
              .path("cached_tokens")
              .asLong(usage.path("prompt_cache_hit_tokens").asLong(0));
      return new Tokens(
          usage.path("prompt_tokens").asLong(0),
          usage.path("completion_tokens").asLong(usage.path("output_tokens").asLong(0)),
          cached,
          0);
    }
  }

  /**
   * Anthropic's Messages API.
   *
   * @see <a href="https://docs.anthropic.com/en/api/messages">Messages</a>
   */
  final class Messages implements HttpApi {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** The API's version, which every request must name. */
    private static final String VERSION = "2023-06-01";

    @Override
    public ObjectNode body(Call call) {
      RequestFields fields = call.fields();
      ObjectNode body = JSON.createObjectNode();
      body.put("model", call.model());
      body.put("max_tokens", fields.maxTokens()); // required
      if (fields.system()) {
        // tools come before the system prompt in what is cached
        ObjectNode block =
            body.putArray("system").addObject().put("type", "text").put("text", call.system());
        if (fields.cache()) {
          block.putObject("cache_control").put("type", "ephemeral");
        }
      }
      body.putArray("messages").addObject().put("role", "user").put("content", call.user());
      if (fields.temperature()) {
        body.put("temperature", call.temperature());
      }
      if (fields.stream()) {
        body.put("stream", true);
      }
      switch (fields.format()) {
        case TEXT -> {
          // no field
        }
        case TOOL -> {
          body.putArray("tools")
              .addObject()
              .put("name", AnswerSchema.NAME)
              .put("description", AnswerSchema.DESCRIPTION)
              .set("input_schema", AnswerSchema.schema());
          body.putObject("tool_choice").put("type", "tool").put("name", AnswerSchema.NAME);
        }
        case JSON_SCHEMA ->
            body.putObject("output_config")
                .putObject("format")
                .put("type", "json_schema")
                .set("schema", AnswerSchema.schema());
      }
      return body;
    }

    @Override
    public Map<String, String> headers(String key) {
      return key.isEmpty()
          ? Map.of("anthropic-version", VERSION)
          : Map.of("anthropic-version", VERSION, "x-api-key", key);
    }

    @Override
    public boolean marksCache() {
      return true;
    }

    @Override
    public Tokens tokens(JsonNode usage) {
      return Tokens.withCacheApart(
          usage.path("input_tokens").asLong(0),
          usage.path("output_tokens").asLong(0),
          usage.path("cache_read_input_tokens").asLong(0),
          usage.path("cache_creation_input_tokens").asLong(0));
    }
  }
}
