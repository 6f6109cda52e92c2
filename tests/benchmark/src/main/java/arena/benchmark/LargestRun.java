package arena.benchmark;

import arena.codec.ActionCodec;
import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.event.RawJson;
import arena.run.Limits;
import arena.run.Mutation;
import arena.run.RunId;
import arena.world.Building;
import arena.world.Observation;
import arena.world.Scenario;
import arena.world.World;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The largest run that {@link Limits} allow: every turn has the most actions and the longest
 * actions and reasoning, every action adds a building to the state, and texts are random, so that
 * they hardly compress. Deterministic.
 */
public final class LargestRun {
  /** Number of turns. */
  public static final int TURNS = Limits.MAX_TURNS;

  /** Number of events of a turn. */
  public static final int EVENTS_PER_TURN = 4 + 2 * Limits.MAX_ACTIONS;

  /** Number of events of {@link #events}. */
  public static final int EVENTS = TURNS * EVENTS_PER_TURN + 1;

  /** The most expensive building with the longest label, so that the state is as long as can be. */
  private static final Building BUILDING = Building.LUMBER_CAMP;

  /** Characters of three bytes in UTF-8 and of one {@code char}. */
  private static final int FIRST_CJK = 0x4E00;

  private static final int CJK = 0x5000;

  /** Characters of four bytes in UTF-8. */
  private static final int FIRST_SUPPLEMENTARY = 0x20000;

  private static final int SUPPLEMENTARY = 0xA000;

  private static final Instant START = Instant.parse("2026-01-31T12:00:00.123456Z");

  private LargestRun() {}

  /** The longest label and profile name: 100 code points of four bytes. */
  public static String label() {
    return supplementary(new Random(1), Limits.MAX_LABEL);
  }

  /** The longest reason: 500 code points of four bytes. */
  public static String reason() {
    return supplementary(new Random(2), Limits.MAX_REASON);
  }

  /** The mutation that pays for the buildings, with the largest values. */
  public static Mutation mutation() {
    Optional<Double> most = Optional.of(Limits.MAX_RESOURCE);
    return new Mutation(
        most,
        most,
        most,
        most,
        Optional.of(Limits.MAX_POPULATION),
        Optional.of(Limits.MAX_POPULATION),
        Optional.empty());
  }

  /** The text of a model's answer in a turn. */
  public static String answer(int turn) {
    return reasoning(turn)
        + actions(turn).stream().map(RawJson::text).collect(Collectors.joining(",", "[", "]"));
  }

  /** The reasoning of a turn. */
  private static String reasoning(int turn) {
    return supplementary(new Random(-1L - turn), Limits.MAX_REASONING_CHARS);
  }

  /** The actions of a turn. */
  private static List<RawJson> actions(int turn) {
    Random random = new Random(turn);
    return IntStream.range(0, Limits.MAX_ACTIONS)
        .mapToObj(
            index -> {
              String start =
                  String.format(
                      Locale.ROOT,
                      "{\"type\":\"build\",\"building_key\":\"%s\",\"index\":%d,\"note\":\"",
                      BUILDING.key(),
                      index);
              int rest = Limits.MAX_ACTION_CHARS - start.length() - 2;
              return new RawJson(start + text(random, rest, FIRST_CJK, CJK) + "\"}");
            })
        .toList();
  }

  private static String supplementary(Random random, int length) {
    return text(random, length, FIRST_SUPPLEMENTARY, SUPPLEMENTARY);
  }

  private static String text(Random random, int length, int first, int count) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < length; i++) {
      text.appendCodePoint(first + random.nextInt(count));
    }
    return text.toString();
  }

  /** The run's events from seq 1, created one turn at a time while iterating. */
  public static Iterable<Event> events(RunId runId) {
    return () ->
        new Iterator<>() {
          private final String agent = label();
          private World world = mutation().applyTo(Scenario.BALANCED.start());
          private Iterator<Event> turn = List.<Event>of().iterator();
          private long seq;
          private int t;

          @Override
          public boolean hasNext() {
            if (!turn.hasNext() && t <= TURNS) {
              turn = play().iterator();
            }
            return turn.hasNext();
          }

          @Override
          public Event next() {
            if (!hasNext()) {
              throw new NoSuchElementException();
            }
            return turn.next();
          }

          private List<Event> play() {
            List<Event> events = new ArrayList<>();
            add(events, new Payload.TurnStart(t, world));
            if (t < TURNS) {
              Observation seen = Observation.of(world);
              add(events, new Payload.Observed(seen.entityCount(), seen.classes()));
              add(events, new Payload.LlmPrompt(world.summary()));
              List<RawJson> actions = actions(t);
              add(events, new Payload.LlmResponse(actions, reasoning(t), 0.25));
              for (int index = 0; index < actions.size(); index++) {
                World.Step step = world.apply(ActionCodec.read(actions.get(index)));
                add(events, new Payload.ActionTaken(index, actions.get(index)));
                add(events, new Payload.ActionResult(index, "build", step.changed()));
                world = step.world();
              }
              world = world.tick();
            }
            t++;
            return events;
          }

          private void add(List<Event> events, Payload payload) {
            seq++;
            events.add(
                new Event(
                    runId,
                    seq,
                    agent,
                    t,
                    payload.kind(),
                    PayloadCodec.write(payload),
                    START.plusMillis(seq),
                    Event.SCHEMA_VERSION));
          }
        };
  }
}
