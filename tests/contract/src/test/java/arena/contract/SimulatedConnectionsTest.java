package arena.contract;

import arena.simulation.stores.Network;
import arena.simulation.stores.SimulatedConnections;
import arena.stream.Connections;
import java.time.InstantSource;

class SimulatedConnectionsTest extends ConnectionsContract {
  private final Connections connections =
      new SimulatedConnections(InstantSource.system(), Network.DIRECT);

  @Override
  Connections connections() {
    return connections;
  }
}
