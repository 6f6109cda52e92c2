package arena.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import arena.agent.Agent;
import arena.agent.ScriptedAgent;
import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.PromptVariant;
import arena.run.RunId;
import arena.world.Scenario;
import arena.world.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** An unmutated fork played by a deterministic agent replays the parent's own continuation. */
class ReplayTest {
  private static final int TURNS = 40;
  private static final RunId RUN = RunId.of("0123456789abcdef0123456789abcdef");

  private static List<Event> play(PromptVariant variant, World start, int t0, int turns) {
    Agent agent = new ScriptedAgent(variant);
    Profile profile = new Profile("player", Profile.SCRIPTED, 0, variant);
    List<Event> events = new ArrayList<>();
    World world = start;
    for (int t = t0; t <= t0 + turns; t++) {
      long seq = events.size() + 1L;
      TurnTask task = new TurnTask(RUN, t, seq, 0, t0 + turns - t, profile, false);
      if (t == t0 + turns) {
        events.addAll(TurnEvents.closing(task, world, Instant.EPOCH).events());
        break;
      }
      events.addAll(TurnEvents.before(task, world, Instant.EPOCH).events());
      var after =
          TurnEvents.after(
              task, events.size() + 1L, world, agent.decide(world, world.summary()), Instant.EPOCH);
      events.addAll(after.events());
      world = after.nextState().orElseThrow();
    }
    return events;
  }

  @Property(tries = 60)
  void anUnmutatedForkReplaysItsParent(
      @ForAll Scenario scenario,
      @ForAll PromptVariant variant,
      @ForAll @IntRange(min = 0, max = TURNS) int t) {
    List<Event> parent = play(variant, scenario.start(), 0, TURNS);
    Event snapshot =
        parent.stream()
            .filter(event -> event.t() == t && event.kind().equals("turn_start"))
            .findFirst()
            .orElseThrow();
    World state = ((Payload.TurnStart) PayloadCodec.read(snapshot.payloadJson())).state();
    List<Event> child = play(variant, Mutation.NONE.applyTo(state), t, TURNS - t);
    List<Event> rest = parent.subList((int) snapshot.seq() - 1, parent.size());
    assertEquals(payloads(rest), payloads(child));
  }

  private static List<String> payloads(List<Event> events) {
    return events.stream().map(event -> event.t() + " " + event.payloadJson()).toList();
  }
}
