package arena.codec;

import arena.world.Age;
import arena.world.World;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Serializes and parses world snapshots. */
public final class WorldCodec {
  private WorldCodec() {}

  public static String write(World world) {
    return JsonText.object(out -> writeFields(world, out));
  }

  /**
   * Parses a snapshot.
   *
   * @throws MalformedJson if the text is not a valid snapshot
   */
  public static World read(String json) {
    try (JsonParser in = JsonText.FACTORY.createParser(json)) {
      World world = read(in);
      JsonText.requireEnd(in);
      return world;
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
    JsonText.readFields(in, reader::field);
    try {
      return reader.world();
    } catch (IllegalArgumentException e) {
      throw new MalformedJson("not a world snapshot", e);
    }
  }

  private static final class Reader {
    private @Nullable Double food;
    private @Nullable Double wood;
    private @Nullable Double gold;
    private @Nullable Double stone;
    private @Nullable Integer population;
    private @Nullable Integer popCap;
    private @Nullable Age age;
    private @Nullable List<String> buildings;
    private @Nullable List<Integer> villagerQueue;
    private @Nullable Integer ageUpTicksRemaining;
    private @Nullable Integer turn;

    private void field(String name, JsonParser in) throws IOException {
      switch (name) {
        case "food" -> food = JsonText.number(in);
        case "wood" -> wood = JsonText.number(in);
        case "gold" -> gold = JsonText.number(in);
        case "stone" -> stone = JsonText.number(in);
        case "population" -> population = JsonText.integer(in);
        case "pop_cap" -> popCap = JsonText.integer(in);
        case "age" -> {
          String label = JsonText.text(in);
          age = Age.fromLabel(label).orElseThrow(() -> new MalformedJson("unknown age " + label));
        }
        case "buildings" -> {
          List<String> read = new ArrayList<>();
          JsonText.readElements(in, element -> read.add(JsonText.text(element)));
          buildings = read;
        }
        case "villager_queue" -> {
          List<Integer> read = new ArrayList<>();
          JsonText.readElements(in, element -> read.add(JsonText.integer(element)));
          villagerQueue = read;
        }
        case "age_up_ticks_remaining" -> ageUpTicksRemaining = JsonText.integer(in);
        case "turn" -> turn = JsonText.integer(in);
        default -> {
          // unknown field of a later version
        }
      }
    }

    private World world() {
      return new World(
          JsonText.required("food", food),
          JsonText.required("wood", wood),
          JsonText.required("gold", gold),
          JsonText.required("stone", stone),
          JsonText.required("population", population),
          JsonText.required("pop_cap", popCap),
          JsonText.required("age", age),
          JsonText.required("buildings", buildings),
          JsonText.required("villager_queue", villagerQueue),
          JsonText.required("age_up_ticks_remaining", ageUpTicksRemaining),
          JsonText.required("turn", turn));
    }
  }
}
