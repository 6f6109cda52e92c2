package arena.contract;

import arena.simulation.stores.SimulatedConnections;
import arena.simulation.stores.Wire;
import arena.stream.Connections;
import java.time.InstantSource;

class SimulatedConnectionsTest extends ConnectionsContract {
  private final Connections connections =
      new SimulatedConnections(InstantSource.system(), Wire.DIRECT);

  @Override
  Connections connections() {
    return connections;
  }
}
