package arena.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.run.AnswerFormat;
import arena.run.Limits;
import arena.run.Profile;
import arena.run.Prompt;
import arena.run.PromptVariant;
import arena.world.Building;
import arena.world.World;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The prompts state the world's rules, and every version is fixed. */
class PromptsTest {
  @ParameterizedTest
  @EnumSource(PromptVariant.class)
  void statesTheRulesAndPricesOfTheWorld(PromptVariant variant) {
    String prompt = Prompts.system(variant, AnswerFormat.TEXT).replaceAll("\\s+", " ");
    for (Building building : Building.values()) {
      assertTrue(prompt.contains(building.label() + " " + building.wood()), building.label());
      assertTrue(prompt.contains(building.key() + " " + building.label()), building.label());
    }
    assertTrue(
        prompt.contains(
            String.format(Locale.ROOT, "A villager costs %.0f food", World.VILLAGER_FOOD)));
    assertTrue(prompt.contains("trained %s turns".formatted(World.VILLAGER_TICKS)));
    assertTrue(prompt.contains("raises the cap by %s".formatted(World.HOUSE_POP_CAP)));
    assertTrue(
        prompt.contains(
            String.format(
                Locale.ROOT,
                "%.0f food and %.0f wood come in",
                World.FOOD_PER_TURN,
                World.WOOD_PER_TURN)));
    assertTrue(
        prompt.contains(
            String.format(
                Locale.ROOT,
                "%.0f food and requires a population of at least %s",
                World.FEUDAL_FOOD,
                World.FEUDAL_POPULATION)));
    assertTrue(prompt.contains("It takes %s turns".formatted(World.FEUDAL_TICKS)));
    assertTrue(prompt.contains("at most %s".formatted(Limits.MAX_ACTIONS)));
  }

  @Test
  void containsNoTextThatIsReadAsActions() {
    for (PromptVariant variant : PromptVariant.values()) {
      assertEquals(
          0,
          new ModelAnswer.Builder()
              .text(Prompts.system(variant, AnswerFormat.TEXT))
              .read()
              .actions()
              .size());
    }
  }

  @Test
  void givesTheStrategyInOneVariantOnly() {
    String bare = Prompts.system(PromptVariant.BARE, AnswerFormat.TEXT);
    String strategy = Prompts.system(PromptVariant.STRATEGY, AnswerFormat.TEXT);
    assertTrue(strategy.contains("Strategy:"));
    assertTrue(!bare.contains("Strategy:"));
    for (String line : bare.lines().toList()) {
      assertTrue(strategy.lines().toList().contains(line), line);
    }
  }

  /**
   * A changed prompt is a new version: give it a new file, raise the version, and its hash here.
   */
  @Test
  void fixesTheTextOfEveryVersion() {
    assertEquals(
        new Prompt("bare-2", "2f345f0223f85762"),
        Prompts.identity(PromptVariant.BARE, AnswerFormat.TEXT));
    assertEquals(
        new Prompt("strategy-2", "3f6d102dc0ae9132"),
        Prompts.identity(PromptVariant.STRATEGY, AnswerFormat.TEXT));
    assertEquals(
        "bare-2+tool-1", Prompts.identity(PromptVariant.BARE, AnswerFormat.TOOL).version());
    assertEquals(
        "strategy-2+json_schema-1",
        Prompts.identity(PromptVariant.STRATEGY, AnswerFormat.JSON_SCHEMA).version());
  }

  @Test
  void identifiesThePromptOfProfilesWithAModelOnly() {
    assertEquals(Optional.empty(), Prompts.of(Profile.DEFAULT));
    assertEquals(
        Optional.of("bare-2"),
        Prompts.of(new Profile("a", "openai:llama3.2", 0, PromptVariant.BARE))
            .map(Prompt::version));
  }
}
