package arena.world;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class WorldTest {
  /** A town that exactly meets the requirements of the Feudal Age. */
  private static final World READY = world(500, 0, 22, Age.DARK, List.of("mill", "lumber_camp"));

  private static World world(
      double food, double wood, int population, Age age, List<String> buildings) {
    return new World(food, wood, 0, 0, population, 25, age, buildings, List.of(), 0, 0);
  }

  private static World queued(List<Integer> queue) {
    return new World(0, 0, 0, 0, 8, 25, Age.DARK, List.of(), queue, 0, 7);
  }

  private static World ageingUp(Age age, int ticks) {
    return new World(0, 0, 0, 0, 22, 25, age, List.of(), List.of(), ticks, 0);
  }

  private static void changesNothing(World world, Action action) {
    World.Step step = world.apply(action);
    assertFalse(step.changed());
    assertEquals(world, step.world());
  }

  @Test
  void aTickAddsIncomeAndAdvancesTheTurn() {
    World after = world(200, 150, 8, Age.DARK, List.of("house")).tick();
    assertEquals(
        new World(220, 165, 0, 0, 8, 25, Age.DARK, List.of("house"), List.of(), 0, 1), after);
  }

  @Test
  void trainedVillagersJoinThePopulation() {
    World after = queued(List.of(1, 2, 1, 3)).tick();
    assertEquals(10, after.population());
    assertEquals(List.of(1, 2), after.villagerQueue());
    assertEquals(11, after.tick().population());
    assertEquals(12, after.tick().tick().population());
    assertEquals(List.of(), after.tick().tick().villagerQueue());
  }

  @Test
  void aVillagerCosts50FoodAndTakesThreeTicks() {
    World.Step step = world(50, 0, 8, Age.DARK, List.of()).apply(new Action.QueueVillager());
    assertTrue(step.changed());
    assertEquals(0, step.world().food());
    assertEquals(List.of(3), step.world().villagerQueue());
    assertEquals(8, step.world().tick().tick().population());
    assertEquals(9, step.world().tick().tick().tick().population());
  }

  @Test
  void anUnaffordableVillagerChangesNothing() {
    changesNothing(
        world(Math.nextDown(50.0), 900, 8, Age.DARK, List.of()), new Action.QueueVillager());
  }

  @ParameterizedTest
  @CsvSource({
    "q, house,       25,  30",
    "w, mill,        100, 25",
    "r, lumber_camp, 100, 25",
    "e, mining_camp, 100, 25",
    "a, farm,        60,  25",
    "s, blacksmith,  150, 25",
    "t, dock,        150, 25",
  })
  void aBuildingCostsWoodAndAHouseRaisesTheCap(String key, String name, int wood, int cap) {
    Building building = Building.fromKey(key).orElseThrow();
    World.Step step = world(0, wood, 8, Age.DARK, List.of()).apply(new Action.Build(building));
    assertTrue(step.changed());
    assertEquals(
        new World(0, 0, 0, 0, 8, cap, Age.DARK, List.of(name), List.of(), 0, 0), step.world());
    changesNothing(
        world(900, Math.nextDown((double) wood), 8, Age.DARK, List.of()),
        new Action.Build(building));
  }

  @Test
  void buildingsRepeatAndKeepTheirOrder() {
    World town = world(0, 500, 8, Age.DARK, List.of());
    for (Building building : List.of(Building.FARM, Building.HOUSE, Building.FARM)) {
      town = town.apply(new Action.Build(building)).world();
    }
    assertEquals(List.of("farm", "house", "farm"), town.buildings());
  }

  @Test
  void aTownHasAtMost10000Buildings() {
    List<String> buildings = new ArrayList<>(Collections.nCopies(9_999, "farm"));
    World full = world(0, 1_000, 8, Age.DARK, buildings).apply(house()).world();
    assertEquals(10_000, full.buildings().size());
    changesNothing(full, house());
    assertEquals(World.MAX_BUILDINGS, full.buildings().size());
  }

  private static Action house() {
    return new Action.Build(Building.HOUSE);
  }

  @Test
  void theCapDoesNotStopTraining() {
    World full = new World(50, 0, 0, 0, 25, 25, Age.DARK, List.of(), List.of(), 0, 0);
    World after = full.apply(new Action.QueueVillager()).world().tick().tick().tick();
    assertEquals(26, after.population());
    assertEquals(25, after.popCap());
  }

  @Test
  void theFeudalAgeCosts500FoodAndTakesSixTicks() {
    World.Step step = READY.apply(new Action.AgeUp());
    assertTrue(step.changed());
    assertEquals(0, step.world().food());
    assertEquals(6, step.world().ageUpTicksRemaining());
    World way = step.world();
    for (int tick = 1; tick <= 5; tick++) {
      way = way.tick();
      assertEquals(Age.DARK, way.age());
      assertEquals(6 - tick, way.ageUpTicksRemaining());
    }
    way = way.tick();
    assertEquals(Age.FEUDAL, way.age());
    assertEquals(0, way.ageUpTicksRemaining());
    assertEquals(Age.FEUDAL, way.tick().age());
  }

  @Test
  void theFeudalAgeHasFourConditions() {
    List<String> both = List.of("mill", "lumber_camp");
    changesNothing(world(Math.nextDown(500.0), 0, 22, Age.DARK, both), new Action.AgeUp());
    changesNothing(world(500, 0, 21, Age.DARK, both), new Action.AgeUp());
    changesNothing(
        world(500, 0, 22, Age.DARK, List.of("mill", "mill", "house")), new Action.AgeUp());
    changesNothing(world(500, 0, 22, Age.DARK, List.of("lumber_camp")), new Action.AgeUp());
  }

  @ParameterizedTest
  @EnumSource(
      value = Age.class,
      names = {"FEUDAL", "CASTLE", "IMPERIAL"})
  void onlyTheDarkAgeCanAgeUp(Age age) {
    changesNothing(world(9_999, 0, 99, age, READY.buildings()), new Action.AgeUp());
  }

  @Test
  void villagersInTrainingDoNotCountForTheFeudalAge() {
    World training = new World(500, 0, 0, 0, 21, 25, Age.DARK, READY.buildings(), List.of(1), 0, 0);
    changesNothing(training, new Action.AgeUp());
    assertTrue(training.tick().apply(new Action.AgeUp()).changed());
  }

  @Test
  void anAgeUpInProgressIsNotChargedAgain() {
    World under = new World(2_000, 0, 0, 0, 22, 25, Age.DARK, READY.buildings(), List.of(), 4, 0);
    changesNothing(under, new Action.AgeUp());
  }

  @Test
  void theAgesFollowEachOther() {
    assertEquals(Age.FEUDAL, ageingUp(Age.DARK, 1).tick().age());
    assertEquals(Age.CASTLE, ageingUp(Age.FEUDAL, 1).tick().age());
    assertEquals(Age.IMPERIAL, ageingUp(Age.CASTLE, 1).tick().age());
    assertEquals(
        List.of("Dark Age", "Feudal Age", "Castle Age", "Imperial Age"),
        List.of(Age.values()).stream().map(Age::label).toList());
  }

  @Test
  void incomeComesAfterTheActionsOfTheTurn() {
    World poor = world(30, 0, 8, Age.DARK, List.of());
    changesNothing(poor, new Action.QueueVillager());
    assertTrue(poor.tick().apply(new Action.QueueVillager()).changed());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"click", "right_click", "drag", "wait", "scroll", "detect", "", "queue_villagers"})
  void everyOtherActionChangesNothing(String type) {
    changesNothing(world(9_999, 9_999, 99, Age.DARK, READY.buildings()), new Action.NoEffect(type));
  }

  @Test
  void theSummaryContainsTheState() {
    World town =
        new World(
            200, 12.5, 0, 1e7, 8, 30, Age.DARK, List.of("house", "mill"), List.of(3, 1), 6, 4);
    String line =
        "food=200.0 wood=12.5 gold=0.0 stone=1.0E7 pop=8/30 age=Dark Age buildings=[house, mill]"
            + " queued_villagers=2 age_up=6";
    assertEquals(line, town.summary());
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
      assertEquals(line, town.summary());
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void rejectsInvalidStates() {
    for (double bad : List.of(-0.1, Double.NaN, Double.POSITIVE_INFINITY)) {
      assertThrows(IllegalArgumentException.class, () -> world(bad, 0, 8, Age.DARK, List.of()));
    }
    assertThrows(IllegalArgumentException.class, () -> world(0, 0, -1, Age.DARK, List.of()));
    assertThrows(IllegalArgumentException.class, () -> queued(List.of(0)));
    assertThrows(IllegalArgumentException.class, () -> ageingUp(Age.DARK, -1));
  }

  @Test
  void normalizesNegativeZero() {
    assertEquals(world(0, 0, 8, Age.DARK, List.of()), world(-0.0, -0.0, 8, Age.DARK, List.of()));
  }

  @Test
  void copiesItsLists() {
    List<String> buildings = new ArrayList<>(List.of("mill"));
    World town = world(0, 0, 8, Age.DARK, buildings);
    buildings.add("house");
    assertEquals(List.of("mill"), town.buildings());
    World.Step nothing = town.apply(new Action.NoEffect("wait"));
    assertSame(town, nothing.world());
  }

  @Test
  void observesTownCenterVillagersAndBuildings() {
    Observation seen =
        Observation.of(world(0, 0, 8, Age.DARK, List.of("mill", "house", "farm", "house")));
    assertEquals(13, seen.entityCount());
    assertEquals(List.of("farm", "house", "mill", "town_center", "villager"), seen.classes());
    Observation empty = Observation.of(world(0, 0, 0, Age.DARK, List.of()));
    assertEquals(new Observation(1, List.of("town_center")), empty);
  }

  @ParameterizedTest
  @CsvSource({
    "balanced,   200, 150, 8, 25",
    "food-poor,  80,  200, 8, 25",
    "wood-poor,  300, 40,  8, 25",
    "late-start, 120, 120, 6, 15",
  })
  void scenariosStartAsSpecified(String label, double food, double wood, int population, int cap) {
    World start = Scenario.fromLabel(label).orElseThrow().start();
    assertEquals(
        new World(food, wood, 0, 0, population, cap, Age.DARK, List.of(), List.of(), 0, 0), start);
  }

  @Test
  void hasFourScenarios() {
    assertEquals(4, Scenario.values().length);
    assertTrue(Scenario.fromLabel("Balanced").isEmpty());
  }

  @Test
  void scoresCompareByAgeThenPopulationThenFoodAndWood() {
    Score base = Score.of(world(100, 50, 10, Age.FEUDAL, List.of()));
    assertEquals(new Score(1, 10, 150), base);
    assertTrue(base.compareTo(Score.of(world(9_999, 0, 99, Age.DARK, List.of()))) > 0);
    assertTrue(base.compareTo(Score.of(world(0, 0, 0, Age.CASTLE, List.of()))) < 0);
    assertTrue(base.compareTo(Score.of(world(0, 0, 11, Age.FEUDAL, List.of()))) < 0);
    assertTrue(base.compareTo(Score.of(world(9_999, 0, 9, Age.FEUDAL, List.of()))) > 0);
    assertTrue(base.compareTo(Score.of(world(100, 51, 10, Age.FEUDAL, List.of()))) < 0);
    assertEquals(0, base.compareTo(Score.of(world(50, 100, 10, Age.FEUDAL, List.of("mill")))));
  }
}
