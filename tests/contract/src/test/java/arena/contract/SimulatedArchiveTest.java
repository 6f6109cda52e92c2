package arena.contract;

import arena.archive.Archive;
import arena.simulation.stores.Network;
import arena.simulation.stores.Observer;
import arena.simulation.stores.SimulatedArchive;
import arena.simulation.stores.SimulatedBucket;

class SimulatedArchiveTest extends ArchiveContract {
  private final SimulatedBucket bucket = new SimulatedBucket();

  @Override
  Archive archive() {
    return new SimulatedArchive(bucket, Network.DIRECT, Observer.NONE);
  }

  @Override
  Archive reopened() {
    return new SimulatedArchive(bucket, Network.DIRECT, Observer.NONE);
  }
}
