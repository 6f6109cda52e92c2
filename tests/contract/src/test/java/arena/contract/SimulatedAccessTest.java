package arena.contract;

import arena.access.AccessStore;
import arena.simulation.stores.SimulatedAccess;

class SimulatedAccessTest extends AccessContract {
  private final AccessStore store = new SimulatedAccess();

  @Override
  AccessStore store() {
    return store;
  }
}
