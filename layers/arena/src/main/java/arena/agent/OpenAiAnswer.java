package arena.agent;

import arena.run.AnswerFormat;
import arena.run.Limits;
import arena.text.Redactor;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * Reads a chat completion as OpenAI-compatible servers write it. Thinking comes in a field of its
 * own ({@code reasoning_content}, {@code reasoning}, {@code reasoning_details}, {@code
 * thinking_blocks}), as parts of the content, or as markup in the text.
 */
final class OpenAiAnswer {
  private static final int MAX_TOOL_NAME = 60;

  /** The types of content parts that call a tool. */
  private static final Pattern TOOL_PART =
      Pattern.compile("(?:[a-z]{1,20}_)*(?:tool_use|tool_call|function_call)");

  /** The types of content parts that are neither text nor thinking. */
  private static final Pattern OTHER_PART =
      Pattern.compile(
          TOOL_PART
              + "|(?:image|input_image|output_image|input_audio|audio|video|document|file|input_file|source)(?:_url)?"
              + "|reference|tool_reference|citation|[a-z_]{0,30}tool_result");

  private OpenAiAnswer() {}

  /** Whether this is a chat completion at all, even one without a choice. */
  static boolean isCompletion(JsonNode answer) {
    return answer.path("choices").isArray()
        || answer.path("object").asText("").startsWith("chat.completion")
        || (answer.has("choices") && !OpenAiError.hasWords(answer));
  }

  /**
   * The error that a completion with status 200 carries: at its top, or in its choice.
   *
   * @return the error, or a missing node
   */
  static JsonNode error(JsonNode answer) {
    JsonNode error = answer.path("error");
    if (isError(error)) {
      return error;
    }
    if (!isCompletion(answer) && OpenAiError.hasWords(answer)) {
      return answer;
    }
    JsonNode choice = answer.path("choices").path(0);
    if (isError(choice.path("error"))) {
      return choice.path("error");
    }
    return choice.path("message").path("error");
  }

  private static boolean isError(JsonNode error) {
    return error.isContainerNode()
        ? error.valueStream().anyMatch(OpenAiAnswer::isError)
        : error.isTextual() ? !error.asText().isBlank() : error.asInt(0) != 0;
  }

  /** Why the model stopped. */
  static FinishReason finish(JsonNode answer) {
    return FinishReason.of(finishName(answer));
  }

  /** The service's name for it; may be empty. */
  static String finishName(JsonNode answer) {
    JsonNode reason = answer.path("choices").path(0).path("finish_reason");
    return reason.isObject() ? reason.path("type").asText("") : reason.asText("");
  }

  /**
   * Reads the answer; never throws.
   *
   * @param sent what was asked for
   */
  static ModelAnswer read(JsonNode answer, RequestFields sent) {
    JsonNode choice = answer.path("choices").path(0);
    JsonNode message = choice.path(choice.has("message") ? "message" : "delta");
    FinishReason finish = finish(answer);
    ModelAnswer.Builder parts =
        new ModelAnswer.Builder().remark(sent.remark()).remark(finish.remark());
    boolean offered = sent.format() == AnswerFormat.TOOL;
    if (sent.format() != AnswerFormat.TEXT) {
      parts.structured();
    }
    if (choice.isMissingNode()) {
      parts.causeIfEmpty("no actions: the service returned no choice");
    }
    parts.thinking(thinking(message));
    JsonNode content = message.path("content");
    if (content.isArray()
        && content.isEmpty()
        && message.path("type").asText("").equals("message")) {
      parts.text(""); // a message of Anthropic without a part
    } else if (content.isContainerNode()) {
      addContent(parts, content, offered);
    } else {
      parts.text(content.asText(""));
    }
    if (!content.isContainerNode() && content.asText("").isEmpty()) {
      parts.text(choice.path("text").asText("")); // a completion without chat
    }
    String refusal = message.path("refusal").asText("");
    if (!refusal.isBlank()) {
      parts.refused(refusal);
    }
    parts.causeIfEmpty(finish.causeIfEmpty());
    toolCalls(message).forEach(call -> addCall(parts, call, offered));
    return parts.read();
  }

  /** Content that is not a text: parts, one part, or the JSON that a server has parsed already. */
  private static void addContent(ModelAnswer.Builder parts, JsonNode content, boolean offered) {
    List<JsonNode> items = new ArrayList<>();
    if (content.isArray()) {
      content.forEach(items::add);
    } else {
      items.add(content);
    }
    if (items.stream().anyMatch(OpenAiAnswer::isPart)) {
      items.forEach(item -> addPart(parts, item, offered));
    } else {
      parts.text(content.toString());
    }
  }

  private static boolean isPart(JsonNode item) {
    String type = item.path("type").asText("");
    return item.isTextual()
        || item.has("text")
        || item.has("refusal")
        || type.contains("thinking")
        || type.contains("reasoning")
        || type.contains("text")
        || OTHER_PART.matcher(type).matches();
  }

  private static void addPart(ModelAnswer.Builder parts, JsonNode part, boolean offered) {
    if (part.isTextual()) {
      parts.text(part.asText());
      return;
    }
    String type = part.path("type").asText("");
    if (type.contains("thinking")
        || type.contains("reasoning")
        || part.path("thought").asBoolean(false)) {
      parts.thinking(allText(part));
      if (type.contains("redacted")) {
        parts.thoughtUnread();
      }
    } else if (type.equals("refusal")) {
      parts.refused(part.path("refusal").asText(""));
    } else if (TOOL_PART.matcher(type).matches()) {
      addCall(parts, part, offered);
    } else {
      JsonNode text = part.path("text");
      parts.text(text.isObject() ? text.path("value").asText("") : text.asText(""));
    }
  }

  /** The thinking in separate fields; two fields with the same text count once. */
  private static String thinking(JsonNode message) {
    for (String field :
        new String[] {
          "reasoning_content",
          "reasoning",
          "thinking",
          "reasoning_details",
          "thinking_blocks",
          "reasoning_text",
          "thinking_content",
          "thoughts"
        }) {
      String text = allText(message.path(field));
      if (!text.isBlank()) {
        return text;
      }
    }
    return "";
  }

  /** The text of a string, of an object's text fields, or of a list of them. */
  private static String allText(JsonNode node) {
    if (node.isTextual()) {
      return node.asText();
    }
    StringBuilder text = new StringBuilder();
    if (node.isArray()) {
      node.forEach(part -> append(text, allText(part)));
    } else if (node.isObject()) {
      for (String field : new String[] {"thinking", "text", "reasoning", "summary", "content"}) {
        append(text, allText(node.path(field)));
      }
    }
    return text.toString();
  }

  private static void append(StringBuilder text, String part) {
    if (!part.isBlank()) {
      text.append(text.isEmpty() ? "" : "\n").append(part);
    }
  }

  /** The calls of tools in a message's fields. */
  private static List<JsonNode> toolCalls(JsonNode message) {
    List<JsonNode> calls = new ArrayList<>();
    message.path("tool_calls").forEach(calls::add);
    if (calls.isEmpty() && message.path("function_call").isObject()) {
      calls.add(message.path("function_call"));
    }
    return calls;
  }

  /**
   * Adds a call of a tool: the answer, if it calls the tool that was offered.
   *
   * @param offered whether a tool was offered
   */
  private static void addCall(ModelAnswer.Builder parts, JsonNode call, boolean offered) {
    String name = firstText(call.path("function"), call.path("custom"), call);
    if (offered && (name.isEmpty() || name.equals(AnswerSchema.NAME))) {
      for (JsonNode holder : List.of(call.path("function"), call.path("custom"), call)) {
        for (String field : new String[] {"arguments", "input", "parameters"}) {
          JsonNode arguments = holder.path(field);
          if (!arguments.isMissingNode() && !arguments.isNull()) {
            parts.called(arguments.isTextual() ? arguments.asText() : arguments.toString());
            return;
          }
        }
      }
    }
    parts.calledTool(toolName(name));
  }

  /** The name in the first of these nodes that has one; may be empty. */
  private static String firstText(JsonNode... nodes) {
    for (JsonNode node : nodes) {
      String name = node.path("name").asText("");
      if (!name.isEmpty()) {
        return name;
      }
    }
    return "";
  }

  private static String toolName(String name) {
    return name.isBlank()
        ? "(unnamed)"
        : Limits.cut(ServiceErrorText.clean(name, Redactor.OF_FORMATS), MAX_TOOL_NAME);
  }
}
