package arena.contract;

import arena.broker.Broker;
import arena.broker.Subscribers;
import arena.simulation.stores.Network;
import arena.simulation.stores.Observer;
import arena.simulation.stores.SimulatedBroker;
import arena.simulation.stores.SimulatedRedis;
import arena.simulation.stores.SimulatedSubscribers;
import java.time.InstantSource;

class SimulatedSubscribersTest extends SubscribersContract {
  private final SimulatedRedis redis =
      new SimulatedRedis(
          InstantSource.system(), Network.DIRECT, Observer.NONE, Broker.BUFFER_EVENTS);

  @Override
  Broker broker() {
    return new SimulatedBroker(redis);
  }

  @Override
  Subscribers subscribers() {
    return new SimulatedSubscribers(redis);
  }

  @Override
  void loseEverything() {
    redis.flush();
  }

  @Override
  Runnable checkpoint() {
    return redis.checkpoint();
  }
}
