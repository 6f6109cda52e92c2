package arena.lifecycle;

import arena.agent.Agent;
import arena.agent.AgentResolver;
import arena.agent.Decision;
import arena.journal.EntryExists;
import arena.journal.Journal;
import arena.journal.JournalEntry;
import arena.metrics.Metrics;
import arena.metrics.Step;
import arena.world.World;
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
  private final InstantSource clock;
  private final Metrics metrics;

  /**
   * @param metrics records the model's response time
   */
  public PlayTurn(
      Journal journal,
      Publisher publisher,
      AgentResolver agents,
      InstantSource clock,
      Metrics metrics) {
    this.journal = journal;
    this.publisher = publisher;
    this.agents = agents;
    this.clock = clock;
    this.metrics = metrics;
  }

  /**
   * Plays the task's turn, or writes the closing {@code turn_start} if no turn is left.
   *
   * @return the next task
   * @throws arena.run.RunNotRunning if the run has ended; the caller must stop
   * @throws arena.agent.ModelException if the model call failed
   */
  public TurnTask play(TurnTask task) {
    JournaledTurn journaled =
        new JournaledTurn(task, journal.entries(task.runId(), task.position(), ENTRIES));
    World world = journaled.state();
    boolean closing = task.turnsLeft() == 0;

    // Journal before broker: every event that a reader has seen can be read again.
    JournalEntry before =
        journaled.entry(
            task.seq(),
            () ->
                closing
                    ? TurnEvents.closing(task, world, clock.instant())
                    : TurnEvents.before(task, world, clock.instant()));
    publisher.publish(task.runId(), before.events());
    if (closing) {
      return new TurnTask(
          task.runId(), task.t(), before.nextSeq(), task.position(), 0, task.profile(), true);
    }

    JournalEntry after =
        journaled.entry(
            before.nextSeq(),
            () -> {
              Decision decision = decide(task, world);
              return TurnEvents.after(task, before.nextSeq(), world, decision, clock.instant());
            });
    publisher.publish(task.runId(), after.events());
    return new TurnTask(
        task.runId(),
        task.t() + 1,
        after.nextSeq(),
        after.position(),
        task.turnsLeft() - 1,
        task.profile(),
        false);
  }

  private Decision decide(TurnTask task, World world) {
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
