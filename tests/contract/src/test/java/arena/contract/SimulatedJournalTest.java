package arena.contract;

import arena.catalog.Catalog;
import arena.journal.Journal;
import arena.simulation.stores.SimulatedCatalog;
import arena.simulation.stores.SimulatedJournal;
import arena.simulation.stores.SimulatedTables;
import arena.simulation.stores.Wire;
import arena.simulation.stores.Witness;
import java.time.InstantSource;

class SimulatedJournalTest extends JournalContract {
  private final SimulatedTables tables =
      new SimulatedTables(InstantSource.system(), Wire.DIRECT, Witness.NOBODY);

  @Override
  Journal journal() {
    return new SimulatedJournal(tables);
  }

  @Override
  Catalog catalog() {
    return new SimulatedCatalog(tables);
  }
}
