package arena.contract;

import arena.broker.Broker;
import arena.broker.RedisBroker;
import arena.broker.RedisConnection;
import arena.broker.RedisKeys;
import arena.broker.RedisSubscribers;
import arena.broker.Subscribers;
import arena.metrics.Metrics;
import org.junit.jupiter.api.AfterAll;

class RedisSubscribersTest extends SubscribersContract {
  private static final RedisConnection CONNECTION = TestRedis.connection();

  private final Broker broker = new RedisBroker(CONNECTION, RedisKeys.plain(), Metrics.NONE);
  private final Subscribers subscribers = new RedisSubscribers(CONNECTION, RedisKeys.plain());

  @AfterAll
  static void close() {
    CONNECTION.close();
  }

  @Override
  Broker broker() {
    return broker;
  }

  @Override
  Subscribers subscribers() {
    return subscribers;
  }

  @Override
  void loseEverything() {
    TestRedis.flush();
  }

  @Override
  Runnable checkpoint() {
    return TestRedis.checkpoint();
  }
}
