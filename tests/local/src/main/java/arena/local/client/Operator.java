package arena.local.client;

import arena.codec.PayloadCodec;
import arena.codec.Timestamps;
import arena.event.Event;
import arena.event.Payload;
import arena.journal.DynamoJournal;
import arena.journal.JournalEntry;
import arena.local.LocalStack;
import arena.local.lambda.Invocation;
import arena.metrics.Metrics;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunId;
import arena.runtime.AwsClients;
import arena.world.Scenario;
import arena.world.World;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.s3.S3Client;

/** Direct access to the broker, the tables and the functions of a stack, without its proxies. */
public final class Operator {
  private final LocalStack stack;

  /** Creates an operator of a stack. */
  public Operator(LocalStack stack) {
    this.stack = stack;
  }

  /** Opens a connection to the broker. */
  public Jedis redis() {
    return new Jedis(
        new HostAndPort(stack.redisHost(), stack.redisPort()),
        DefaultJedisClientConfig.builder()
            .serverDefaultProtocol()
            .password(stack.redisPassword())
            .build());
  }

  /** Opens a client of the tables. */
  public DynamoDbClient tables() {
    return DynamoDbClient.builder()
        .endpointOverride(stack.dynamoDbUrl())
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(
                AwsBasicCredentials.create(
                    stack.credentials().accessKeyId(), stack.credentials().secretAccessKey())))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  /** Sets a string in a run's row of the catalog. */
  public void set(String runId, String attribute, String text) {
    try (DynamoDbClient tables = tables()) {
      tables.updateItem(
          update ->
              update
                  .tableName(stack.resource("CatalogTable"))
                  .key(Map.of("run_id", AttributeValue.fromS(runId)))
                  .updateExpression("SET #attribute = :text")
                  .expressionAttributeNames(Map.of("#attribute", attribute))
                  .expressionAttributeValues(Map.of(":text", AttributeValue.fromS(text))));
    }
  }

  /** Sets a time in a run's row of the catalog, so that a test need not wait. */
  public void setTime(String runId, String attribute, Instant time) {
    set(runId, attribute, Timestamps.write(time));
  }

  /**
   * Creates a run as a create-run function does that is killed right afterwards.
   *
   * @return the run's id
   */
  public String begin(int nTurns, Instant at) {
    return begin(nTurns, at, Scenario.BALANCED.start(), false);
  }

  /**
   * Creates a run as a replay-turn function does that is killed before the model has answered.
   *
   * @param world the state at turn 0
   * @return the run's id
   */
  public String begin(World world) {
    return begin(1, Instant.now(), world, true);
  }

  private String begin(int nTurns, Instant at, World world, boolean started) {
    RunId runId = RunId.of(UUID.randomUUID());
    Run run =
        Run.requested(
            runId, "never started", Profile.DEFAULT, null, Scenario.BALANCED.label(), nTurns, at);
    List<Event> events =
        started
            ? List.of(
                new Event(
                    runId,
                    1,
                    Profile.DEFAULT.name(),
                    0,
                    new Payload.TurnStart(0, world).kind(),
                    PayloadCodec.write(new Payload.TurnStart(0, world)),
                    at,
                    Event.SCHEMA_VERSION))
            : List.of();
    try (DynamoDbClient tables = tables();
        S3Client bucket = AwsClients.s3()) {
      new DynamoJournal(
              tables,
              () -> bucket,
              stack.resource("JournalTable"),
              stack.resource("CatalogTable"),
              stack.resource("Bucket"),
              Clock.systemUTC(),
              Metrics.NONE)
          .create(run, new JournalEntry(runId, 0, events, Optional.of(world)));
    }
    return runId.value();
  }

  /**
   * Invokes a function and waits for its outcome.
   *
   * @throws IllegalStateException if there is no response
   */
  public Invocation invoke(String function, String event) {
    try {
      return stack.invoke(function, event);
    } catch (TimeoutException e) {
      throw new IllegalStateException("no response of " + function, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted during a call of " + function, e);
    }
  }

  /**
   * Invokes a function that must succeed.
   *
   * @return its response
   * @throws IllegalStateException if it fails
   */
  public String call(String function, String event) {
    Invocation invocation = invoke(function, event);
    if (invocation.functionError().isPresent()) {
      throw new IllegalStateException(
          String.format(Locale.ROOT, "%s failed on %s: %s", function, event, invocation.payload()));
    }
    return invocation.payload();
  }
}
