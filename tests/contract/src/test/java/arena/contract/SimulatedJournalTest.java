package arena.contract;

import arena.catalog.Catalog;
import arena.journal.Journal;
import arena.simulation.stores.Network;
import arena.simulation.stores.Observer;
import arena.simulation.stores.SimulatedCatalog;
import arena.simulation.stores.SimulatedJournal;
import arena.simulation.stores.SimulatedTables;
import java.time.InstantSource;

class SimulatedJournalTest extends JournalContract {
  private final SimulatedTables tables =
      new SimulatedTables(InstantSource.system(), Network.DIRECT, Observer.NONE);

  @Override
  Journal journal() {
    return new SimulatedJournal(tables);
  }

  @Override
  Catalog catalog() {
    return new SimulatedCatalog(tables);
  }
}
