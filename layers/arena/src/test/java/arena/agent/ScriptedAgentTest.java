package arena.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.codec.ActionCodec;
import arena.event.RawJson;
import arena.run.Mutation;
import arena.run.PromptVariant;
import arena.world.Age;
import arena.world.Scenario;
import arena.world.World;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ScriptedAgentTest {
  private static World play(PromptVariant variant, World world, int turns) {
    Agent agent = new ScriptedAgent(variant);
    for (int i = 0; i < turns; i++) {
      for (RawJson action : agent.decide(world, world.summary()).actions()) {
        world = world.apply(ActionCodec.read(action)).world();
      }
      world = world.tick();
    }
    return world;
  }

  @Test
  void strategyReachesFeudalFromBalancedWithinSixtyTurns() {
    assertEquals(Age.FEUDAL, play(PromptVariant.STRATEGY, Scenario.BALANCED.start(), 60).age());
  }

  @Test
  void strategyTakesTheShortestPath() {
    // 14 villagers and the age cost 1200 food; 200 are there, 20 come a turn, the way takes 6
    assertEquals(Age.DARK, play(PromptVariant.STRATEGY, Scenario.BALANCED.start(), 55).age());
    assertEquals(Age.FEUDAL, play(PromptVariant.STRATEGY, Scenario.BALANCED.start(), 56).age());
  }

  @Test
  void bareDoesNotReachFeudalFromBalancedWithinSixtyTurns() {
    assertEquals(Age.DARK, play(PromptVariant.BARE, Scenario.BALANCED.start(), 60).age());
  }

  @ParameterizedTest
  @EnumSource(Scenario.class)
  void strategyReachesFeudalFromEveryScenario(Scenario scenario) {
    assertEquals(Age.FEUDAL, play(PromptVariant.STRATEGY, scenario.start(), 75).age());
  }

  @ParameterizedTest
  @EnumSource(PromptVariant.class)
  void populationGrows(PromptVariant variant) {
    for (Scenario scenario : Scenario.values()) {
      World end = play(variant, scenario.start(), 30);
      assertTrue(end.population() > scenario.start().population() + 5, end::summary);
      assertTrue(end.buildings().contains("mill"), end::summary);
    }
  }

  @Test
  void usesAdditionalFoodAfterAFork() {
    World parent = play(PromptVariant.STRATEGY, Scenario.BALANCED.start(), 10);
    Mutation rich =
        new Mutation(
            Optional.of(1500.0),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    assertEquals(Age.FEUDAL, play(PromptVariant.STRATEGY, rich.applyTo(parent), 15).age());
    assertEquals(Age.DARK, play(PromptVariant.STRATEGY, parent, 15).age());
  }
}
