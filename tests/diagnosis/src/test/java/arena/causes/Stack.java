package arena.causes;

import arena.local.LocalStack;
import arena.local.Options;
import arena.local.client.ArenaClient;
import arena.models.ModelServer;
import java.nio.file.Path;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;

/** The local stack of this module: models have little time here. Closed with the JVM. */
final class Stack {
  /** What one model call may take, in seconds. */
  static final int MODEL_SECONDS = 2;

  static final String MODEL_KEY = "a-key-that-nobody-may-see";

  private static Stack shared;

  private final ModelServer models;
  private final LocalStack stack;
  private final ArenaClient client;
  private final Patient patient;

  private Stack() {
    models = ModelServer.start();
    stack =
        LocalStack.start(
            Options.of(Path.of("../.."))
                .parameter("RequestsPerSecond", "10000")
                .parameter("RequestBurst", "5000")
                .parameter("CreationsPerSecond", "1000")
                .parameter("CreationBurst", "1000")
                .environment("ARENA_MODEL_TIMEOUT_SECONDS", String.valueOf(MODEL_SECONDS))
                .environment("ARENA_OPENAI_BASE_URL", models.openAiBaseUrl().toString())
                .environment("ARENA_OPENAI_API_KEY", MODEL_KEY));
    client = new ArenaClient(stack.httpUrl(), stack.webSocketUrl());
    patient = new Patient(client);
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

  ModelServer models() {
    return models;
  }

  Patient patient() {
    return patient;
  }

  Jedis redis() {
    return new Jedis(
        new HostAndPort("127.0.0.1", stack.redisPort()),
        DefaultJedisClientConfig.builder().password(stack.redisPassword()).build());
  }
}
