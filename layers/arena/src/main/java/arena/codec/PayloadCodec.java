package arena.codec;

import arena.event.Payload;
import arena.event.RawJson;
import arena.run.RunId;
import arena.run.Usage;
import arena.world.World;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Serializes and parses {@code payload_json}: {@code kind} first, then the kind's fields in a fixed
 * order. Equal payloads have equal bytes, and parsing then serializing reproduces the bytes.
 */
public final class PayloadCodec {
  private static final Set<String> USAGE =
      Set.of("tokens_in", "tokens_out", "tokens_cached", "model_ms");

  private PayloadCodec() {}

  public static String write(Payload payload) {
    return JsonText.object(
        out -> {
          out.writeStringField("kind", payload.kind());
          writeFields(payload, out);
        });
  }

  private static void writeFields(Payload payload, JsonGenerator out) throws IOException {
    switch (payload) {
      case Payload.TurnStart(int turnNum, World state) -> {
        out.writeNumberField("turn_num", turnNum);
        out.writeObjectFieldStart("state");
        WorldCodec.writeFields(state, out);
        out.writeEndObject();
      }
      case Payload.Observed(int entityCount, List<String> classes) -> {
        out.writeNumberField("entity_count", entityCount);
        out.writeArrayFieldStart("classes");
        for (String name : classes) {
          out.writeString(name);
        }
        out.writeEndArray();
      }
      case Payload.LlmPrompt(String stateSummary) ->
          out.writeStringField("state_summary", stateSummary);
      case Payload.LlmResponse(
              List<RawJson> actions,
              String reasoning,
              double costUsd,
              Optional<Usage> usage) -> {
        out.writeArrayFieldStart("actions");
        for (RawJson action : actions) {
          out.writeRawValue(action.text());
        }
        out.writeEndArray();
        out.writeStringField("reasoning", reasoning);
        out.writeNumberField("cost_usd", costUsd);
        if (usage.isPresent()) {
          writeUsage(usage.get(), out);
        }
      }
      case Payload.ActionTaken(int indexInTurn, RawJson action) -> {
        out.writeNumberField("index_in_turn", indexInTurn);
        out.writeFieldName("action");
        out.writeRawValue(action.text());
      }
      case Payload.ActionResult(int indexInTurn, String actionType, boolean stateChanged) -> {
        out.writeNumberField("index_in_turn", indexInTurn);
        out.writeStringField("action_type", actionType);
        out.writeBooleanField("state_changed", stateChanged);
      }
      case Payload.WorldMutation(String before, String after, String reason) -> {
        out.writeStringField("before_summary", before);
        out.writeStringField("after_summary", after);
        out.writeStringField("reason", reason);
      }
      case Payload.Fork(RunId parentRunId, int parentT, String mutationSummary) -> {
        out.writeStringField("parent_run_id", parentRunId.value());
        out.writeNumberField("parent_t", parentT);
        out.writeStringField("mutation_summary", mutationSummary);
      }
      case Payload.Metric(String name, double value) -> {
        out.writeStringField("name", name);
        out.writeNumberField("value", value);
      }
    }
  }

  private static void writeUsage(Usage usage, JsonGenerator out) throws IOException {
    out.writeObjectFieldStart("usage");
    out.writeNumberField("tokens_in", usage.tokensIn());
    out.writeNumberField("tokens_out", usage.tokensOut());
    out.writeNumberField("tokens_cached", usage.tokensCached());
    out.writeNumberField("model_ms", usage.modelMs());
    out.writeEndObject();
  }

  private static Usage readUsage(JsonParser in) throws IOException {
    Map<String, Long> counts = new HashMap<>();
    JsonText.readFields(
        in,
        (name, value) -> {
          if (USAGE.contains(name)) {
            counts.put(name, JsonText.longInteger(value));
          }
        });
    return new Usage(
        count(counts, "tokens_in"),
        count(counts, "tokens_out"),
        count(counts, "tokens_cached"),
        count(counts, "model_ms"));
  }

  private static long count(Map<String, Long> counts, String name) {
    return JsonText.required("usage." + name, counts.get(name));
  }

  /**
   * Parses a payload.
   *
   * @throws MalformedJson if the text is not a valid payload
   */
  public static Payload read(String json) {
    var reader = new Reader(json);
    try (JsonParser in = JsonText.FACTORY.createParser(json)) {
      JsonText.readFields(in, reader::field);
      JsonText.requireEnd(in);
      return reader.payload();
    } catch (IOException | IllegalArgumentException e) {
      throw new MalformedJson("not a payload", e);
    }
  }

  /** Collects the fields in any order, then builds the payload. */
  private static final class Reader {
    private final String source;
    private final Map<String, Object> fields = new HashMap<>();

    private Reader(String source) {
      this.source = source;
    }

    private void field(String name, JsonParser in) throws IOException {
      Object value =
          switch (name) {
            case "state" -> WorldCodec.read(in);
            case "action" -> new RawJson(JsonText.raw(in, source));
            case "actions" -> jsonList(in);
            case "classes" -> textList(in);
            case "turn_num", "entity_count", "index_in_turn", "parent_t" -> JsonText.integer(in);
            case "usage" -> readUsage(in);
            case "cost_usd", "value" -> JsonText.number(in);
            case "state_changed" -> JsonText.bool(in);
            case "kind",
                "state_summary",
                "reasoning",
                "action_type",
                "before_summary",
                "after_summary",
                "reason",
                "mutation_summary",
                "name" ->
                JsonText.text(in);
            case "parent_run_id" -> JsonText.runId(in);
            default -> null; // unknown field of a later version
          };
      if (value != null) {
        fields.put(name, value);
      }
    }

    private List<RawJson> jsonList(JsonParser in) throws IOException {
      List<RawJson> list = new ArrayList<>();
      JsonText.readElements(in, element -> list.add(new RawJson(JsonText.raw(element, source))));
      return list;
    }

    private static List<String> textList(JsonParser in) throws IOException {
      List<String> list = new ArrayList<>();
      JsonText.readElements(in, element -> list.add(JsonText.text(element)));
      return list;
    }

    private Payload payload() {
      String kind = text("kind");
      return switch (kind) {
        case "turn_start" -> new Payload.TurnStart(number("turn_num"), (World) field("state"));
        case "observation" -> new Payload.Observed(number("entity_count"), texts("classes"));
        case "llm_prompt" -> new Payload.LlmPrompt(text("state_summary"));
        case "llm_response" ->
            new Payload.LlmResponse(
                jsons("actions"),
                text("reasoning"),
                real("cost_usd"),
                Optional.ofNullable((Usage) fields.get("usage")));
        case "action" ->
            new Payload.ActionTaken(number("index_in_turn"), (RawJson) field("action"));
        case "action_result" ->
            new Payload.ActionResult(
                number("index_in_turn"), text("action_type"), (Boolean) field("state_changed"));
        case "world_mutation" ->
            new Payload.WorldMutation(
                text("before_summary"), text("after_summary"), text("reason"));
        case "fork" ->
            new Payload.Fork(
                (RunId) field("parent_run_id"), number("parent_t"), text("mutation_summary"));
        case "metric" -> new Payload.Metric(text("name"), real("value"));
        default -> throw new MalformedJson("unknown event kind " + kind);
      };
    }

    private Object field(String name) {
      Object value = fields.get(name);
      if (value == null) {
        throw new MalformedJson("missing field " + name);
      }
      return value;
    }

    private String text(String name) {
      return (String) field(name);
    }

    private int number(String name) {
      return (Integer) field(name);
    }

    private double real(String name) {
      return (Double) field(name);
    }

    @SuppressWarnings("unchecked") // stored by jsonList
    private List<RawJson> jsons(String name) {
      return (List<RawJson>) field(name);
    }

    @SuppressWarnings("unchecked") // stored by textList
    private List<String> texts(String name) {
      return (List<String>) field(name);
    }
  }
}
