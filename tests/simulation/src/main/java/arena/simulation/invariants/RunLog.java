package arena.simulation.invariants;

import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.world.Age;
import arena.world.Score;
import arena.world.World;
import java.util.List;
import java.util.Optional;

/** The outcome of a run, from its events. */
final class RunLog {
  private final List<Event> events;

  RunLog(List<Event> events) {
    this.events = events;
  }

  /** Cost of an event; 0 for one that is not a model's answer. */
  static double costUsd(Event event) {
    return PayloadCodec.read(event.payloadJson()) instanceof Payload.LlmResponse answer
        ? answer.costUsd()
        : 0;
  }

  int turns() {
    return (int) events.stream().filter(event -> event.kind().equals("llm_response")).count();
  }

  double costUsd() {
    return events.stream().mapToDouble(RunLog::costUsd).sum();
  }

  private List<Payload.TurnStart> turnStarts() {
    return events.stream()
        .filter(event -> event.kind().equals("turn_start"))
        .map(event -> (Payload.TurnStart) PayloadCodec.read(event.payloadJson()))
        .toList();
  }

  String finalAge() {
    List<Payload.TurnStart> starts = turnStarts();
    return starts.isEmpty() ? "" : starts.getLast().state().age().label();
  }

  Score score() {
    List<Payload.TurnStart> starts = turnStarts();
    if (starts.isEmpty()) {
      return new Score(0, 0, 0);
    }
    World world = starts.getLast().state();
    return new Score(world.age().rank(), world.population(), world.food() + world.wood());
  }

  /** The first turn that began in the Feudal Age or a later one. */
  Optional<Integer> feudalT() {
    return events.stream()
        .filter(event -> event.kind().equals("turn_start"))
        .filter(
            event ->
                ((Payload.TurnStart) PayloadCodec.read(event.payloadJson())).state().age().rank()
                    >= Age.FEUDAL.rank())
        .map(Event::t)
        .findFirst();
  }
}
