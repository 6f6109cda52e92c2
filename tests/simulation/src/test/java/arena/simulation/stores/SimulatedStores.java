package arena.simulation.stores;

import arena.agent.Decision;
import arena.archive.Archive;
import arena.broker.Broker;
import arena.broker.Subscribers;
import arena.catalog.Catalog;
import arena.journal.Journal;
import arena.lifecycle.PlayTurn;
import arena.lifecycle.Publisher;
import arena.lifecycle.RecordedTurns;
import arena.metrics.Metrics;
import arena.source.EventReader;
import arena.stream.Connections;
import arena.stream.TaskRunner;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Empty stores on one clock, over a network with scripted faults. */
public final class SimulatedStores {
  /** How long a turn of {@link #playTurn} may wait for its model. */
  public static final Duration PATIENCE = Duration.ofMinutes(10);

  public final ScriptedNetwork network = new ScriptedNetwork();
  public final Catalog catalog;
  public final Journal journal;
  public final Archive archive =
      new SimulatedArchive(new SimulatedBucket(), network, Observer.NONE);
  public final Connections connections;
  public final Broker broker;
  public final Subscribers subscribers;

  private final InstantSource clock;

  public SimulatedStores(InstantSource clock) {
    this.clock = clock;
    SimulatedTables tables = new SimulatedTables(clock, network, Observer.NONE);
    SimulatedRedis redis = new SimulatedRedis(clock, network, Observer.NONE, Broker.BUFFER_EVENTS);
    catalog = new SimulatedCatalog(tables);
    journal = new SimulatedJournal(tables);
    connections = new SimulatedConnections(clock, network);
    broker = new SimulatedBroker(redis);
    subscribers = new SimulatedSubscribers(redis);
  }

  /** Reads events from whichever of these stores has them. */
  public EventReader events() {
    return new EventReader(broker, journal, () -> archive);
  }

  /** Plays turns of runs without fan-outs, whose model answers with {@code model}. */
  public PlayTurn playTurn(Supplier<Decision> model, TaskRunner tasks) {
    return new PlayTurn(
        journal,
        new Publisher(broker, journal, catalog, _ -> {}, clock, Metrics.NONE),
        _ -> (_, _) -> model.get(),
        new RecordedTurns(catalog, events()),
        PATIENCE,
        clock,
        tasks,
        Metrics.NONE);
  }
}
