package arena.contract;

import arena.archive.Archive;
import arena.simulation.stores.SimulatedArchive;
import arena.simulation.stores.SimulatedBucket;
import arena.simulation.stores.Wire;
import arena.simulation.stores.Witness;

class SimulatedArchiveTest extends ArchiveContract {
  private final SimulatedBucket bucket = new SimulatedBucket();

  @Override
  Archive archive() {
    return new SimulatedArchive(bucket, Wire.DIRECT, Witness.NOBODY);
  }

  @Override
  Archive reopened() {
    return new SimulatedArchive(bucket, Wire.DIRECT, Witness.NOBODY);
  }
}
