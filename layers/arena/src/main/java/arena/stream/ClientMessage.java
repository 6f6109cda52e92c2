package arena.stream;

import arena.json.Integers;
import arena.json.TreeReader;
import arena.run.RunId;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.Iterator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A message from a WebSocket client. */
sealed interface ClientMessage {
  /** Subscribes to a run's events, starting at {@code fromSeq}. */
  record Subscribe(RunId runId, long fromSeq) implements ClientMessage {}

  /** Ends the subscription to a run. */
  record Unsubscribe(RunId runId) implements ClientMessage {}

  /** Requests a pong. */
  record Ping() implements ClientMessage {}

  /** An invalid message, with the error to send. */
  record Invalid(MessageErrorCode code, String message) implements ClientMessage {}

  /** The run id in the message, if valid. */
  default Optional<RunId> runIdIfPresent() {
    return switch (this) {
      case Subscribe(RunId runId, long _) -> Optional.of(runId);
      case Unsubscribe(RunId runId) -> Optional.of(runId);
      case Ping(), Invalid(MessageErrorCode _, String _) -> Optional.empty();
    };
  }

  /** Parses a message; never throws. */
  static ClientMessage read(String text) {
    JsonNode root;
    try {
      root = Parser.READER.only(text);
    } catch (JsonProcessingException _) {
      return new Invalid(MessageErrorCode.BAD_JSON, "the message is not JSON");
    }
    if (!root.isObject()) {
      return new Invalid(MessageErrorCode.BAD_JSON, "the message is not a JSON object");
    }
    JsonNode action = root.get("action");
    if (action == null || !action.isTextual()) {
      return new Invalid(MessageErrorCode.UNKNOWN_ACTION, Parser.ACTIONS);
    }
    return switch (action.textValue()) {
      case "subscribe" -> Parser.subscribe(root);
      case "unsubscribe" -> Parser.unsubscribe(root);
      case "ping" -> Parser.ping(root);
      default -> new Invalid(MessageErrorCode.UNKNOWN_ACTION, Parser.ACTIONS);
    };
  }

  /** Parses the fields of a message. */
  final class Parser {
    private static final String ACTIONS = "action must be subscribe, unsubscribe or ping";

    private static final TreeReader READER =
        new TreeReader(
            new JsonFactoryBuilder()
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(
                    StreamReadConstraints.builder()
                        .maxNestingDepth(8)
                        .maxNumberLength(40)
                        .maxStringLength(1_000)
                        .build())
                .build());

    private Parser() {}

    private static ClientMessage subscribe(JsonNode root) {
      Invalid unknown = unknownField(root, Set.of("action", "run_id", "from_seq"));
      if (unknown != null) {
        return unknown;
      }
      JsonNode runId = root.get("run_id");
      if (runId == null || !runId.isTextual()) {
        return new Invalid(
            MessageErrorCode.INVALID_FIELD, "run_id must be a string of 32 lower-case hex digits");
      }
      Optional<RunId> run = RunId.parse(runId.textValue());
      if (run.isEmpty()) {
        return new Invalid(
            MessageErrorCode.UNKNOWN_RUN, "unknown run; run_id must be 32 lower-case hex digits");
      }
      JsonNode fromSeq = root.get("from_seq");
      if (fromSeq == null) {
        return new Subscribe(run.get(), 1);
      }
      OptionalLong number = Integers.read(fromSeq, 1, Long.MAX_VALUE);
      if (number.isEmpty()) {
        return new Invalid(
            MessageErrorCode.INVALID_FIELD, "from_seq must be an integer of at least 1");
      }
      return new Subscribe(run.get(), number.getAsLong());
    }

    private static ClientMessage unsubscribe(JsonNode root) {
      Invalid unknown = unknownField(root, Set.of("action", "run_id"));
      if (unknown != null) {
        return unknown;
      }
      JsonNode runId = root.get("run_id");
      Optional<RunId> run = runId == null ? Optional.empty() : RunId.parse(runId.textValue());
      if (run.isEmpty()) {
        return new Invalid(
            MessageErrorCode.INVALID_FIELD, "run_id must be a string of 32 lower-case hex digits");
      }
      return new Unsubscribe(run.get());
    }

    private static ClientMessage ping(JsonNode root) {
      Invalid unknown = unknownField(root, Set.of("action"));
      return unknown == null ? new Ping() : unknown;
    }

    private static @Nullable Invalid unknownField(JsonNode root, Set<String> known) {
      Iterator<String> names = root.fieldNames();
      while (names.hasNext()) {
        String name = names.next();
        if (!known.contains(name)) {
          return new Invalid(
              MessageErrorCode.INVALID_FIELD,
              "unknown field; the fields of this action are "
                  + String.join(", ", known.stream().sorted().toList()));
        }
      }
      return null;
    }
  }
}
