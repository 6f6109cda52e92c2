package arena.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.ArenaArbitraries;
import arena.codec.ActionCodec;
import arena.event.RawJson;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class WorldPropertiesTest {
  @Provide
  Arbitrary<World> worlds() {
    return ArenaArbitraries.world();
  }

  @Provide
  Arbitrary<Action> actions() {
    return ArenaArbitraries.action();
  }

  @Provide
  Arbitrary<List<List<String>>> turns() {
    return ArenaArbitraries.actionObject().list().ofMaxSize(12).list().ofMaxSize(12);
  }

  @Provide
  Arbitrary<String> junk() {
    return Arbitraries.oneOf(
        ArenaArbitraries.text(), ArenaArbitraries.json(), ArenaArbitraries.actionObject());
  }

  /** The constructor rejects negative and infinite amounts, so it is enough that none is thrown. */
  @Property
  void anyActionListIsAppliedWithoutException(
      @ForAll("worlds") World start, @ForAll("turns") List<List<String>> turns) {
    World world = start;
    for (List<String> turn : turns) {
      for (String object : turn) {
        World.Step step = world.apply(ActionCodec.read(new RawJson(object)));
        assertEquals(step.changed(), !step.world().equals(world), object);
        world = step.world();
      }
      world = world.tick();
    }
    for (double amount : List.of(world.food(), world.wood(), world.gold(), world.stone())) {
      assertTrue(amount >= 0 && Double.isFinite(amount), world::summary);
    }
  }

  /** An action costs its price and nothing else. */
  @Property
  void anActionTakesItsPrice(@ForAll("worlds") World before, @ForAll("actions") Action action) {
    World.Step step = before.apply(action);
    World after = step.world();
    double food = 0;
    double wood = 0;
    if (step.changed()) {
      switch (action) {
        case Action.QueueVillager() -> food = 50;
        case Action.Build(Building building) -> wood = building.wood();
        case Action.AgeUp() -> food = 500;
        case Action.NoEffect _ -> throw new AssertionError("it changed something");
      }
    }
    assertEquals(before.food() - food, after.food());
    assertEquals(before.wood() - wood, after.wood());
    assertEquals(before.gold(), after.gold());
    assertEquals(before.stone(), after.stone());
    assertEquals(before.population(), after.population());
    assertEquals(before.age(), after.age());
    assertEquals(before.turn(), after.turn());
  }

  /** A tick adds no building and loses no villager. */
  @Property
  void aTickLosesNobody(@ForAll("worlds") World before) {
    World after = before.tick();
    assertEquals(before.buildings(), after.buildings());
    long people = (long) before.population() + before.villagerQueue().size();
    assertEquals(
        Math.min(Integer.MAX_VALUE, people),
        Math.min(Integer.MAX_VALUE, (long) after.population() + after.villagerQueue().size()));
    assertTrue(after.food() >= before.food());
    assertTrue(after.wood() >= before.wood());
  }

  @Property
  void readingAnActionNeverFails(@ForAll("junk") String text) {
    Action action = ActionCodec.read(new RawJson(text));
    assertTrue(action.type().codePointCount(0, action.type().length()) <= ActionCodec.MAX_TYPE);
  }

  @Property
  void anActionComesBackAsItWasWritten(@ForAll("actions") Action action) {
    assertEquals(action, ActionCodec.read(ActionCodec.write(action)));
  }
}
