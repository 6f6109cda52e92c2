package arena.codec;

import arena.event.RawJson;
import arena.run.Limits;
import arena.world.Action;
import arena.world.Building;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * Converts actions to and from JSON: {@code {"type":"queue_villager"}}, {@code
 * {"type":"build","building_key":"q"}}, {@code {"type":"press","key":"z"}}. Any other object
 * becomes {@link Action.NoEffect}.
 */
public final class ActionCodec {
  /** Maximum length of a type, in characters; longer ones are cut. */
  public static final int MAX_TYPE = 100;

  private ActionCodec() {}

  /** Parses an action; never throws. */
  public static Action read(RawJson json) {
    Map<String, String> texts = new HashMap<>();
    try (JsonParser in = JsonText.FACTORY.createParser(json.text())) {
      JsonText.readFields(
          in,
          (name, value) -> {
            if (value.currentToken() == JsonToken.VALUE_STRING) {
              texts.put(name, value.getText());
            }
          });
    } catch (IOException | MalformedJson e) {
      return new Action.NoEffect("unknown");
    }
    String type = texts.getOrDefault("type", "unknown");
    return switch (type) {
      case "queue_villager" -> new Action.QueueVillager();
      case "build" ->
          Building.fromKey(texts.getOrDefault("building_key", ""))
              .<Action>map(Action.Build::new)
              .orElseGet(() -> new Action.NoEffect(type));
      case "press" -> "z".equals(texts.get("key")) ? new Action.AgeUp() : new Action.NoEffect(type);
      default -> new Action.NoEffect(Limits.cut(type, MAX_TYPE));
    };
  }

  /** Serializes an action. */
  public static RawJson write(Action action) {
    return new RawJson(
        JsonText.object(
            out -> {
              out.writeStringField("type", action.type());
              switch (action) {
                case Action.Build(Building building) ->
                    out.writeStringField("building_key", building.key());
                case Action.AgeUp() -> out.writeStringField("key", "z");
                case Action.QueueVillager _, Action.NoEffect _ -> {
                  // no further fields
                }
              }
            }));
  }
}
