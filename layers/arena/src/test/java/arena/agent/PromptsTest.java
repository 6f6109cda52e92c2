package arena.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.run.Limits;
import arena.run.PromptVariant;
import arena.world.Building;
import arena.world.World;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a model is told is what the world does. */
class PromptsTest {
  @ParameterizedTest
  @EnumSource(PromptVariant.class)
  void theRulesAndThePricesAreThoseOfTheWorld(PromptVariant variant) {
    String prompt = Prompts.system(variant).replaceAll("\\s+", " ");
    for (Building building : Building.values()) {
      assertTrue(prompt.contains(building.label() + " " + building.wood()), building.label());
      assertTrue(prompt.contains(building.key() + " " + building.label()), building.label());
    }
    assertTrue(prompt.contains("A villager costs %.0f food".formatted(World.VILLAGER_FOOD)));
    assertTrue(prompt.contains("trained %s turns".formatted(World.VILLAGER_TICKS)));
    assertTrue(prompt.contains("raises the cap by %s".formatted(World.HOUSE_POP_CAP)));
    assertTrue(
        prompt.contains(
            "%.0f food and %.0f wood come in".formatted(World.FOOD_PER_TURN, World.WOOD_PER_TURN)));
    assertTrue(
        prompt.contains(
            "%.0f food, a population of at least %s"
                .formatted(World.FEUDAL_FOOD, World.FEUDAL_POPULATION)));
    assertTrue(prompt.contains("It takes %s turns".formatted(World.FEUDAL_TICKS)));
    assertTrue(prompt.contains("at most %s".formatted(Limits.MAX_ACTIONS)));
  }

  @Test
  void thePromptsOwnExamplesAreNoAnswer() {
    for (PromptVariant variant : PromptVariant.values()) {
      assertEquals(0, ActionListParser.read("", Prompts.system(variant), "").actions().size());
    }
  }

  @Test
  void aStrategyIsToldInOneVariantOnly() {
    String bare = Prompts.system(PromptVariant.BARE);
    String strategy = Prompts.system(PromptVariant.STRATEGY);
    assertTrue(strategy.contains("How to play well"));
    assertTrue(!bare.contains("How to play well"));
    for (String line : bare.lines().toList()) {
      assertTrue(strategy.lines().toList().contains(line), line);
    }
  }

  @Test
  void theFilesNameHasTheVersion() {
    assertEquals("bare-1.txt", Prompts.file(PromptVariant.BARE));
    assertEquals("strategy-1.txt", Prompts.file(PromptVariant.STRATEGY));
  }
}
