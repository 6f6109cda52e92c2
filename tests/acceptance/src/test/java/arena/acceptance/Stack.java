package arena.acceptance;

import arena.local.LocalStack;
import arena.local.Options;
import arena.local.client.ArenaClient;
import arena.models.ModelServer;
import java.nio.file.Path;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;

/** The local stack that the tests of this module share: started once, closed with the JVM. */
final class Stack {
  private static Stack shared;

  private final LocalStack stack;
  private final ArenaClient client;

  private Stack() {
    ModelServer models = ModelServer.start();
    stack =
        LocalStack.start(
            Options.of(Path.of("../.."))
                // a test asks for more in a second than an operator lets through
                .parameter("RequestsPerSecond", "10000")
                .parameter("RequestBurst", "5000")
                .parameter("CreationsPerSecond", "1000")
                .parameter("CreationBurst", "1000")
                .environment("ARENA_OPENAI_BASE_URL", models.openAiBaseUrl().toString())
                .environment("ARENA_OPENAI_API_KEY", "test-key"));
    client = new ArenaClient(stack.httpUrl(), stack.webSocketUrl());
  }

  static synchronized Stack shared() {
    if (shared == null) {
      shared = new Stack();
      Runtime.getRuntime().addShutdownHook(new Thread(shared.stack::close));
    }
    return shared;
  }

  LocalStack stack() {
    return stack;
  }

  ArenaClient client() {
    return client;
  }

  Jedis redis() {
    return new Jedis(
        new HostAndPort("127.0.0.1", stack.redisPort()),
        DefaultJedisClientConfig.builder().password(stack.redisPassword()).build());
  }
}
