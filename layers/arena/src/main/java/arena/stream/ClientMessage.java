package arena.stream;

import arena.run.RunId;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;

/** What a client says over a WebSocket. */
sealed interface ClientMessage {
  /** Send me this run's events, from this seq on. */
  record Subscribe(String runId, long fromSeq) implements ClientMessage {}

  /** Send me no more of this run. */
  record Unsubscribe(String runId) implements ClientMessage {}

  /** Are you there? */
  record Ping() implements ClientMessage {}

  /** Nothing that the protocol knows; why. */
  record Bad(MessageErrorCode code, String message) implements ClientMessage {}

  /** The run that it is about, if it is about one and could be read. */
  default Optional<String> about() {
    return switch (this) {
      case Subscribe(String runId, long _) -> Optional.of(runId);
      case Unsubscribe(String runId) -> Optional.of(runId);
      case Ping(), Bad(MessageErrorCode _, String _) -> Optional.empty();
    };
  }

  /** Reads one message; never fails. */
  static ClientMessage read(String text) {
    JsonNode root;
    try {
      root = Reading.MAPPER.readTree(text);
    } catch (JsonProcessingException _) {
      return new Bad(MessageErrorCode.BAD_JSON, "the message is not JSON");
    }
    if (root == null || !root.isObject()) {
      return new Bad(MessageErrorCode.BAD_JSON, "the message is not a JSON object");
    }
    JsonNode action = root.get("action");
    if (action == null || !action.isTextual()) {
      return new Bad(MessageErrorCode.UNKNOWN_ACTION, Reading.ACTIONS);
    }
    return switch (action.textValue()) {
      case "subscribe" -> Reading.subscribe(root);
      case "unsubscribe" -> Reading.unsubscribe(root);
      case "ping" -> Reading.ping(root);
      default -> new Bad(MessageErrorCode.UNKNOWN_ACTION, Reading.ACTIONS);
    };
  }

  /** How the fields are read. */
  final class Reading {
    private static final String ACTIONS = "action is subscribe, unsubscribe or ping";

    private static final JsonMapper MAPPER =
        JsonMapper.builder(
                com.fasterxml.jackson.core.JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .streamReadConstraints(
                        StreamReadConstraints.builder()
                            .maxNestingDepth(8)
                            .maxNumberLength(40)
                            .maxStringLength(1_000)
                            .build())
                    .build())
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private Reading() {}

    private static ClientMessage subscribe(JsonNode root) {
      Bad unknown = unknownField(root, Set.of("action", "run_id", "from_seq"));
      if (unknown != null) {
        return unknown;
      }
      JsonNode runId = root.get("run_id");
      if (runId == null || !runId.isTextual()) {
        return new Bad(MessageErrorCode.INVALID_FIELD, "run_id is a text of 32 hex digits");
      }
      if (!RunId.isValid(runId.textValue())) {
        return new Bad(
            MessageErrorCode.UNKNOWN_RUN, "run_id is 32 hex digits; no run has this one");
      }
      JsonNode fromSeq = root.get("from_seq");
      if (fromSeq == null) {
        return new Subscribe(runId.textValue(), 1);
      }
      if (!fromSeq.isIntegralNumber() || !fromSeq.canConvertToLong() || fromSeq.longValue() < 1) {
        return new Bad(MessageErrorCode.INVALID_FIELD, "from_seq is a whole number from 1");
      }
      return new Subscribe(runId.textValue(), fromSeq.longValue());
    }

    private static ClientMessage unsubscribe(JsonNode root) {
      Bad unknown = unknownField(root, Set.of("action", "run_id"));
      if (unknown != null) {
        return unknown;
      }
      JsonNode runId = root.get("run_id");
      if (runId == null || !runId.isTextual() || !RunId.isValid(runId.textValue())) {
        return new Bad(MessageErrorCode.INVALID_FIELD, "run_id is a text of 32 hex digits");
      }
      return new Unsubscribe(runId.textValue());
    }

    private static ClientMessage ping(JsonNode root) {
      Bad unknown = unknownField(root, Set.of("action"));
      return unknown == null ? new Ping() : unknown;
    }

    private static Bad unknownField(JsonNode root, Set<String> known) {
      Iterator<String> names = root.fieldNames();
      while (names.hasNext()) {
        String name = names.next();
        if (!known.contains(name)) {
          return new Bad(
              MessageErrorCode.INVALID_FIELD,
              "unknown field; the fields here are "
                  + String.join(", ", known.stream().sorted().toList()));
        }
      }
      return null;
    }
  }
}
