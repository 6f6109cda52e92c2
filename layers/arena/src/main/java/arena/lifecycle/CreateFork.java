package arena.lifecycle;

import arena.agent.Prompts;
import arena.catalog.Catalog;
import arena.codec.PayloadCodec;
import arena.event.Event;
import arena.event.Payload;
import arena.run.ForkRequest;
import arena.run.NoSuchTurn;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunId;
import arena.run.TurnsNotRecorded;
import arena.run.UnknownRun;
import arena.source.EventReader;
import arena.world.World;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Creates a fork of a run at any of its turns; the parent may be running or ended. */
public final class CreateFork {
  private final Catalog catalog;
  private final EventReader events;
  private final StartRun startRun;
  private final InstantSource clock;

  public CreateFork(Catalog catalog, EventReader events, StartRun startRun, InstantSource clock) {
    this.catalog = catalog;
    this.events = events;
    this.startRun = startRun;
    this.clock = clock;
  }

  /**
   * Creates a fork and starts its replay. Fields that the request's profile omits are the parent's.
   * Idempotent per {@code childId}.
   *
   * @throws UnknownRun if the parent does not exist
   * @throws NoSuchTurn if the parent has no {@code turn_start} at the turn
   * @throws TurnsNotRecorded if the profile is {@code recorded} and the parent has not played the
   *     turns
   * @throws ReplayNotStarted if an earlier attempt failed the fork
   */
  public Run create(ForkRequest request, RunId childId) {
    Run parent = parent(request.parentRunId());
    Fork fork = fork(request, parent, snapshot(parent, request.parentT()), childId);
    return startRun.start(fork.child(), fork.firstEvents(), fork.start());
  }

  /**
   * Creates a fork without starting its replay; see {@link StartRun#prepare}.
   *
   * @param before the parent's world at the start of the turn, as {@link #snapshot} returns it
   * @param label the fork's label
   */
  public StartRun.Prepared prepare(ForkRequest request, World before, String label, RunId childId) {
    Fork fork = fork(request, parent(request.parentRunId()), before, childId);
    return startRun.prepare(fork.child().withLabel(label), fork.firstEvents(), fork.start());
  }

  /**
   * Finds the run to fork.
   *
   * @throws UnknownRun if it does not exist
   */
  public Run parent(RunId runId) {
    return catalog.find(runId).orElseThrow(() -> new UnknownRun(runId));
  }

  /**
   * A fork to create.
   *
   * @param start its world at its first turn
   */
  private record Fork(Run child, List<Event> firstEvents, World start) {}

  private Fork fork(ForkRequest request, Run parent, World before, RunId childId) {
    World after = request.mutation().applyTo(before);
    Instant now = clock.instant();
    Profile profile = request.profile().inheriting(parent.profile());
    if (profile.isRecorded()) {
      // A turn is recorded to its end if another one follows it.
      int recorded = Math.max(0, parent.lastT() - request.parentT());
      if (request.nTurns() > recorded) {
        throw new TurnsNotRecorded(parent.runId(), request.parentT(), recorded);
      }
    }
    List<Payload> payloads = new ArrayList<>();
    payloads.add(
        new Payload.Fork(parent.runId(), request.parentT(), request.mutation().summary(before)));
    if (!after.equals(before)) {
      payloads.add(new Payload.WorldMutation(before.summary(), after.summary(), request.reason()));
    }
    List<Event> firstEvents = new ArrayList<>();
    for (Payload payload : payloads) {
      firstEvents.add(
          new Event(
              childId,
              firstEvents.size() + 1,
              profile.name(),
              request.parentT(),
              payload.kind(),
              PayloadCodec.write(payload),
              now,
              Event.SCHEMA_VERSION));
    }
    Instant firstTs = firstEvents.getFirst().ts();
    Run child =
        Run.forked(
                childId,
                parent,
                new Run.Origin(
                    parent.runId(), request.parentT(), request.mutation(), request.reason()),
                profile,
                Prompts.of(profile).orElse(null),
                request.nTurns(),
                now)
            .withProgress(
                new Run.Progress(firstEvents.size(), request.parentT(), firstTs, firstTs));
    return new Fork(child, firstEvents, after);
  }

  /**
   * Returns a run's world at the start of a turn.
   *
   * @throws NoSuchTurn if the run has no {@code turn_start} at the turn
   */
  public World snapshot(Run parent, int t) {
    Event start = events.turnStart(parent, t).orElseThrow(() -> new NoSuchTurn(parent, t));
    return switch (PayloadCodec.read(start.payloadJson())) {
      case Payload.TurnStart(int _, World state) -> state;
      default ->
          throw new IllegalStateException(
              String.format(
                  Locale.ROOT,
                  "run %s: event %d is not a turn_start",
                  parent.runId(),
                  start.seq()));
    };
  }
}
