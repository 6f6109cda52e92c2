package arena.codec;

import arena.world.Age;
import arena.world.World;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A world snapshot as JSON. */
public final class WorldCodec {
  private WorldCodec() {}

  /** The snapshot as a JSON object. */
  public static String write(World world) {
    return JsonText.object(out -> writeFields(world, out));
  }

  /**
   * Reads a snapshot.
   *
   * @throws MalformedJson if it is none
   */
  public static World read(String json) {
    try (JsonParser in = JsonText.FACTORY.createParser(json)) {
      return read(in);
    } catch (IOException e) {
      throw new MalformedJson("not a world snapshot", e);
    }
  }

  static void writeFields(World world, JsonGenerator out) throws IOException {
    out.writeNumberField("food", world.food());
    out.writeNumberField("wood", world.wood());
    out.writeNumberField("gold", world.gold());
    out.writeNumberField("stone", world.stone());
    out.writeNumberField("population", world.population());
    out.writeNumberField("pop_cap", world.popCap());
    out.writeStringField("age", world.age().label());
    out.writeArrayFieldStart("buildings");
    for (String building : world.buildings()) {
      out.writeString(building);
    }
    out.writeEndArray();
    out.writeArrayFieldStart("villager_queue");
    for (int ticks : world.villagerQueue()) {
      out.writeNumber(ticks);
    }
    out.writeEndArray();
    out.writeNumberField("age_up_ticks_remaining", world.ageUpTicksRemaining());
    out.writeNumberField("turn", world.turn());
  }

  static World read(JsonParser in) throws IOException {
    var reader = new Reader();
    JsonText.eachField(in, reader::field);
    return reader.world();
  }

  private static final class Reader {
    private double food;
    private double wood;
    private double gold;
    private double stone;
    private int population;
    private int popCap;
    private Age age = Age.DARK;
    private final List<String> buildings = new ArrayList<>();
    private final List<Integer> villagerQueue = new ArrayList<>();
    private int ageUpTicksRemaining;
    private int turn;

    private void field(String name, JsonParser in) throws IOException {
      switch (name) {
        case "food" -> food = in.getDoubleValue();
        case "wood" -> wood = in.getDoubleValue();
        case "gold" -> gold = in.getDoubleValue();
        case "stone" -> stone = in.getDoubleValue();
        case "population" -> population = in.getIntValue();
        case "pop_cap" -> popCap = in.getIntValue();
        case "age" -> {
          String label = in.getText();
          age =
              Age.labelled(label).orElseThrow(() -> new MalformedJson("no age is called " + label));
        }
        case "buildings" -> {
          while (in.nextToken() != JsonToken.END_ARRAY) {
            buildings.add(in.getText());
          }
        }
        case "villager_queue" -> {
          while (in.nextToken() != JsonToken.END_ARRAY) {
            villagerQueue.add(in.getIntValue());
          }
        }
        case "age_up_ticks_remaining" -> ageUpTicksRemaining = in.getIntValue();
        case "turn" -> turn = in.getIntValue();
        default -> {
          // a later version's field
        }
      }
    }

    private World world() {
      return new World(
          food,
          wood,
          gold,
          stone,
          population,
          popCap,
          age,
          buildings,
          villagerQueue,
          ageUpTicksRemaining,
          turn);
    }
  }
}
