package arena.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/**
 * The JSON schema of an answer in a tool call or a constrained object: reasoning and actions. It
 * uses only what every service takes: all properties are required, and none may be added.
 */
final class AnswerSchema {
  /** Name of the tool, and of the schema where it has one. */
  static final String NAME = "play_turn";

  /** What the tool does, for the model. */
  static final String DESCRIPTION = "Plays the turn: the actions are executed in order.";

  /** Name of the property that is not a source of actions. */
  static final String REASONING = "reasoning";

  /** Name of the property with the actions. */
  static final String ACTIONS = "actions";

  private static final String RESOURCE = "answer-1.json";

  /** Loads the schema when it is first used. */
  private static final class Bundled {
    private static final JsonNode SCHEMA = load();
  }

  private AnswerSchema() {}

  /** Returns a copy of the schema. */
  static JsonNode schema() {
    return Bundled.SCHEMA.deepCopy();
  }

  private static JsonNode load() {
    try (InputStream in = AnswerSchema.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("missing resource " + RESOURCE);
      }
      return new ObjectMapper().readTree(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
