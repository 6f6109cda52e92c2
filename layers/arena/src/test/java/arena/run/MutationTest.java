package arena.run;

import static org.junit.jupiter.api.Assertions.assertEquals;

import arena.ArenaArbitraries;
import arena.world.Age;
import arena.world.Scenario;
import arena.world.World;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class MutationTest {
  private static final World START = Scenario.BALANCED.start();

  private static Mutation mutation(
      Optional<Double> food, Optional<Integer> population, Optional<Age> age) {
    return new Mutation(
        food,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        population,
        Optional.empty(),
        age);
  }

  @Test
  void summarizesTheChanges() {
    assertEquals(
        "food=200.0→1500.0 age=Dark Age→Feudal Age",
        mutation(Optional.of(1500.0), Optional.empty(), Optional.of(Age.FEUDAL)).summary(START));
    assertEquals(
        "food=200.0→0.0 wood=150.0→1.5 gold=0.0→2.0 stone=0.0→3.0 population=8→0 pop_cap=25→40"
            + " age=Dark Age→Imperial Age",
        new Mutation(
                Optional.of(0.0),
                Optional.of(1.5),
                Optional.of(2.0),
                Optional.of(3.0),
                Optional.of(0),
                Optional.of(40),
                Optional.of(Age.IMPERIAL))
            .summary(START));
  }

  @Test
  void omitsUnchangedValuesFromTheSummary() {
    Mutation same = mutation(Optional.of(200.0), Optional.of(8), Optional.of(Age.DARK));
    assertEquals("", same.summary(START));
    assertEquals(START, same.applyTo(START));
    assertEquals("", Mutation.NONE.summary(START));
    assertEquals(
        "",
        mutation(Optional.of(-0.0), Optional.empty(), Optional.empty())
            .summary(new World(0, 0, 0, 0, 8, 25, Age.DARK, List.of(), List.of(), 0, 0)));
  }

  @Test
  void aNewAgeCancelsAnAgeUp() {
    World under = new World(0, 0, 0, 0, 22, 25, Age.DARK, List.of("mill"), List.of(2), 3, 50);
    World mutated =
        mutation(Optional.empty(), Optional.empty(), Optional.of(Age.CASTLE)).applyTo(under);
    assertEquals(
        new World(0, 0, 0, 0, 22, 25, Age.CASTLE, List.of("mill"), List.of(2), 0, 50), mutated);
    World same = mutation(Optional.of(9.0), Optional.empty(), Optional.of(Age.DARK)).applyTo(under);
    assertEquals(3, same.ageUpTicksRemaining());
  }

  @Provide
  Arbitrary<World> worlds() {
    return ArenaArbitraries.world();
  }

  @Provide
  Arbitrary<Mutation> mutations() {
    Arbitrary<Optional<Double>> amount = ArenaArbitraries.amount().optional();
    Arbitrary<Optional<Integer>> count = Arbitraries.integers().between(0, 1_000).optional();
    return Combinators.combine(
            amount, amount, amount, amount, count, count, Arbitraries.of(Age.class).optional())
        .as(Mutation::new);
  }

  /** Only the given fields change, and the summary is empty exactly if nothing changed. */
  @Property
  void changesOnlyTheGivenFields(
      @ForAll("worlds") World before, @ForAll("mutations") Mutation mutation) {
    World after = mutation.applyTo(before);
    assertEquals(mutation.food().map(food -> food + 0.0).orElse(before.food()), after.food());
    assertEquals(mutation.wood().map(wood -> wood + 0.0).orElse(before.wood()), after.wood());
    assertEquals(mutation.population().orElse(before.population()), after.population());
    assertEquals(mutation.popCap().orElse(before.popCap()), after.popCap());
    assertEquals(mutation.age().orElse(before.age()), after.age());
    assertEquals(before.buildings(), after.buildings());
    assertEquals(before.villagerQueue(), after.villagerQueue());
    assertEquals(before.turn(), after.turn());
    assertEquals(before.equals(after), mutation.summary(before).isEmpty());
    assertEquals(after, mutation.applyTo(after));
  }
}
