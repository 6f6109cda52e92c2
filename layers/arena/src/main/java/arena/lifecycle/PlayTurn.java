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
 * Plays one turn, exactly once however often it is tried: what an earlier attempt has written is
 * taken from the journal, so the model is asked once, unless a task died before its answer was
 * written.
 */
public final class PlayTurn {
  private static final Logger LOG = LoggerFactory.getLogger(PlayTurn.class);

  /**
   * The entry with the state, the turn's two parts, and one more: what a query for a turn returns.
   */
  private static final int ENTRIES = 4;

  private final Journal journal;
  private final Publisher publisher;
  private final AgentResolver agents;
  private final InstantSource clock;
  private final Metrics metrics;

  /**
   * Plays with these.
   *
   * @param metrics records how long the model takes to answer
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
   * Plays the task's turn, or writes the closing {@code turn_start} when no turn is left.
   *
   * @return the task of the next turn
   * @throws arena.run.RunNotRunning if the run is over: whoever plays it must stop
   * @throws arena.agent.ModelException if the model gave no answer
   */
  public TurnTask play(TurnTask task) {
    Written written = new Written(task, journal.entries(task.runId(), task.position(), ENTRIES));
    World world = written.state();
    boolean closing = task.turnsLeft() == 0;

    // Journal first, broker second: what a reader has seen can always be read again.
    JournalEntry before =
        written.at(
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
        written.at(
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
          // Logged before: the last line of a task that is killed while the model is silent.
          LOG.info("model {} is asked", task.profile().model());
          return agent.decide(world, world.summary());
        });
  }

  /** What the journal has of the turn and of the state before it. */
  private final class Written {
    private final TurnTask task;
    private final List<JournalEntry> entries;

    private Written(TurnTask task, List<JournalEntry> entries) {
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

    /** The entry at this position: the one that is there, or else this one, written now. */
    private JournalEntry at(long position, Supplier<JournalEntry> otherwise) {
      for (JournalEntry entry : entries) {
        if (entry.position() == position) {
          return entry;
        }
      }
      JournalEntry entry = otherwise.get();
      try {
        journal.append(entry);
        return entry;
      } catch (EntryExists _) {
        // Another attempt at this turn was quicker; its entry is the one that counts.
        return journal.entries(task.runId(), position, 1).getFirst();
      }
    }
  }
}
