package arena.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;

import arena.event.RawJson;
import arena.world.Action;
import arena.world.Building;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class ActionCodecTest {
  private static Action read(String json) {
    return ActionCodec.read(new RawJson(json));
  }

  @Test
  void readsTheThreeEffectiveActions() {
    assertEquals(new Action.QueueVillager(), read("{\"type\":\"queue_villager\"}"));
    assertEquals(new Action.AgeUp(), read("{\"type\":\"press\",\"key\":\"z\"}"));
    assertEquals(
        new Action.Build(Building.HOUSE), read("{\"type\":\"build\",\"building_key\":\"q\"}"));
  }

  @ParameterizedTest
  @EnumSource(Building.class)
  void readsEveryBuildingByItsKey(Building building) {
    assertEquals(
        new Action.Build(building),
        read("{\"building_key\":\"" + building.key() + "\",\"x\":12,\"type\":\"build\"}"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"type\":\"click\",\"x\":1,\"y\":[2,{}]}            | click",
        "{\"type\":\"build\"}                                 | build",
        "{\"type\":\"build\",\"building_key\":\"Q\"}          | build",
        "{\"type\":\"build\",\"building_key\":113}            | build",
        "{\"type\":\"press\",\"key\":\"x\"}                   | press",
        "{\"type\":\"press\"}                                 | press",
        "{\"type\":\"QUEUE_VILLAGER\"}                        | QUEUE_VILLAGER",
        "{}                                                   | unknown",
        "{\"type\":null}                                      | unknown",
        "{\"type\":{\"type\":\"build\"}}                      | unknown",
        "{\"a\":{\"type\":\"queue_villager\"}}                | unknown",
        "[]                                                   | unknown",
        "{\"type\":\"build\"                                  | unknown",
        "{\"type\":\"build\",\"type\":\"press\"}              | unknown",
      })
  void readsEverythingElseAsNoEffect(String json, String type) {
    assertEquals(new Action.NoEffect(type), read(json));
  }

  @Test
  void cutsALongTypeAtACodePoint() {
    String type = "😀".repeat(200);
    assertEquals(
        new Action.NoEffect("😀".repeat(ActionCodec.MAX_TYPE - 1) + "…"),
        read("{\"type\":\"" + type + "\"}"));
  }
}
