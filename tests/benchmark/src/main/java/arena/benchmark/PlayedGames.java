package arena.benchmark;

import arena.agent.Decision;
import arena.agent.ScriptedAgent;
import arena.codec.ActionCodec;
import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.event.RawJson;
import arena.run.Profile;
import arena.run.PromptVariant;
import arena.run.RunId;
import arena.world.Action;
import arena.world.Observation;
import arena.world.Scenario;
import arena.world.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.StringJoiner;

/**
 * Events of games played by the scripted agent, without a stack. Random reasoning text is added so
 * that the events compress about as well as those of real models.
 */
final class PlayedGames {
  private static final int TURNS_PER_GAME = 200;
  private static final String[] WORDS =
      """
      food wood gold stone villager villagers house mill farm lumber camp town center age feudal \
      dark castle economy population cap train build gather save wait now next soon before after \
      because we need more enough less than the a to for of and with so that this turn first then \
      queue cost income each should could would reach advance click later while still already \
      resources stockpile balance idle pressure timing early late opponent scout defend expand
      """
          .strip()
          .split(" ", -1);

  private final RunId runId;
  private final Random random;
  private final List<Event> events = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-31T12:00:00.123456Z");

  private PlayedGames(RunId runId, long seed) {
    this.runId = runId;
    this.random = new Random(seed);
  }

  /** Returns {@code count} events of a run; deterministic except for the id. */
  static List<Event> events(RunId runId, int count) {
    PlayedGames games = new PlayedGames(runId, count);
    ScriptedAgent agent = new ScriptedAgent(PromptVariant.STRATEGY);
    World world = Scenario.BALANCED.start();
    for (int t = 0; games.events.size() < count; t++) {
      if (t % TURNS_PER_GAME == 0) {
        Scenario[] all = Scenario.values();
        world = all[t / TURNS_PER_GAME % all.length].start();
      }
      world = games.turn(t, world, agent.decide(world, world.summary()));
    }
    return List.copyOf(games.events.subList(0, count));
  }

  private World turn(int t, World world, Decision decision) {
    Observation seen = Observation.of(world);
    add(t, new Payload.TurnStart(t, world));
    add(t, new Payload.Observed(seen.entityCount(), seen.classes()));
    add(t, new Payload.LlmPrompt(world.summary()));
    now = now.plusNanos(1_000_000L * random.nextInt(500, 5_000) + 1_000L * random.nextInt(1_000));
    add(t, new Payload.LlmResponse(decision.actions(), reasoning(), random.nextInt(900) / 1e6));
    World state = world;
    int index = 0;
    for (RawJson json : decision.actions()) {
      Action action = ActionCodec.read(json);
      World.Step step = state.apply(action);
      add(t, new Payload.ActionTaken(index, json));
      add(t, new Payload.ActionResult(index, action.type(), step.changed()));
      state = step.world();
      index++;
    }
    return state.tick();
  }

  private String reasoning() {
    StringJoiner words = new StringJoiner(" ");
    int count = random.nextInt(20, 80);
    for (int i = 0; i < count; i++) {
      words.add(WORDS[random.nextInt(WORDS.length)]);
    }
    return words.toString();
  }

  private void add(int t, Payload payload) {
    events.add(
        new Event(
            runId,
            events.size() + 1,
            Profile.DEFAULT.name(),
            t,
            payload.kind(),
            PayloadCodec.write(payload),
            now,
            Event.SCHEMA_VERSION));
  }
}
