package arena.lifecycle;

import arena.agent.Agent;
import arena.agent.AgentResolver;
import arena.agent.Decision;
import arena.agent.ModelException;
import arena.journal.EntryExists;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.metrics.Metrics;
import arena.metrics.Step;
import arena.stream.TaskRunner;
import arena.world.World;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plays one turn exactly once. A retry uses the journal entries of earlier attempts, so the model
 * is called once per turn unless a task ended before its answer was written.
 */
public final class PlayTurn {
  private static final Logger LOG = LoggerFactory.getLogger(PlayTurn.class);

  /**
   * Number of journal entries read per turn: the one with the state, the turn's two, and one more.
   */
  private static final int ENTRIES = 4;

  private final Journal journal;
  private final Publisher publisher;
  private final AgentResolver agents;
  private final RecordedTurns recorded;
  private final InstantSource clock;
  private final TaskRunner tasks;
  private final Metrics metrics;
  private final ModelWaits waits;

  /**
   * @param recorded the turns of recorded runs, which have no agent
   * @param patience how long after a turn's start its model may be called for the last time
   * @param tasks runs the retries of a publish during the model's call
   * @param metrics records the model's response time
   */
  public PlayTurn(
      Journal journal,
      Publisher publisher,
      AgentResolver agents,
      RecordedTurns recorded,
      Duration patience,
      InstantSource clock,
      TaskRunner tasks,
      Metrics metrics) {
    this.journal = journal;
    this.publisher = publisher;
    this.agents = agents;
    this.recorded = recorded;
    this.clock = clock;
    this.tasks = tasks;
    this.metrics = metrics;
    this.waits = new ModelWaits(journal, patience, clock);
  }

  /**
   * Plays the task's turn, or writes the closing {@code turn_start} if no turn is left.
   *
   * @return the next task, or the same one with a wait if the model's service asked for it
   * @throws arena.run.RunNotRunning if the run has ended; the caller must stop
   * @throws arena.agent.ModelException if the model call failed
   */
  public TurnTask play(TurnTask task) {
    JournaledTurn journaled =
        new JournaledTurn(task, journal.entries(task.runId(), task.position(), ENTRIES));
    World world = journaled.state();
    boolean closing = task.turnsLeft() == 0;
    if (task.profile().isRecorded()) {
      recorded.compare(task, world);
    }

    // Journal before broker: every event that a reader has seen can be read again.
    JournalEntry before =
        journaled.entry(
            task.seq(),
            () ->
                closing
                    ? TurnEvents.closing(task, world, clock.instant())
                    : TurnEvents.before(task, world, clock.instant()));
    boolean behind = publisher.publish(task.runId(), before.events(), task.behind());
    if (closing) {
      return task.closed(before.nextSeq()).withBehind(behind);
    }

    PublishRetry retry = new PublishRetry(publisher, task.runId(), before.events(), behind, tasks);
    JournalEntry after;
    try {
      after =
          journaled.entry(
              before.nextSeq(),
              () -> {
                waits.check(before);
                Decision decision = retry.during(() -> decide(task, world));
                return TurnEvents.after(task, before.nextSeq(), world, decision, clock.instant());
              });
    } catch (ModelException e) {
      return waits.after(e, task.withBehind(retry.isBehind()), before);
    }
    behind = publisher.publish(task.runId(), after.events(), retry.isBehind());
    return task.next(after.nextSeq(), after.position()).withBehind(behind);
  }

  private Decision decide(TurnTask task, World world) {
    if (task.profile().isRecorded()) {
      return recorded.decision(task);
    }
    return metrics.timed(
        Step.MODEL,
        () -> {
          Agent agent = agents.forProfile(task.profile());
          // logged before the call, so that it is the last line of a task that times out in it
          LOG.atInfo().addKeyValue("model", task.profile().model()).log("calling model");
          return agent.decide(world, world.summary());
        });
  }

  /** The journal entries of the turn and of the state before it. */
  private final class JournaledTurn {
    private final TurnTask task;
    private final List<JournalEntry> entries;

    private JournaledTurn(TurnTask task, List<JournalEntry> entries) {
      this.task = task;
      this.entries = entries;
    }

    private World state() {
      return entries.stream()
          .filter(entry -> entry.position() == task.position())
          .flatMap(entry -> entry.nextState().stream())
          .findFirst()
          .orElseThrow(
              () ->
                  new IllegalStateException(
                      String.format(
                          Locale.ROOT,
                          "run %s: the journal has no state at position %d",
                          task.runId(),
                          task.position())));
    }

    /** Returns the entry at this position, creating and appending it if it does not exist. */
    private JournalEntry entry(long position, Supplier<JournalEntry> create) {
      for (JournalEntry entry : entries) {
        if (entry.position() == position) {
          return entry;
        }
      }
      JournalEntry entry = create.get();
      try {
        journal.append(entry);
        return entry;
      } catch (EntryExists _) {
        // A concurrent attempt was first. Use its entry.
        return journal.entries(task.runId(), position, 1).getFirst();
      }
    }
  }
}
