package arena.local.client;

import arena.codec.Timestamps;
import arena.journal.DynamoJournal;
import arena.journal.JournalEntry;
import arena.local.LocalStack;
import arena.local.lambda.Invocation;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunId;
import arena.runtime.AwsClients;
import arena.world.Scenario;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

/**
 * Somebody with access to the machines, past the interfaces: to the broker, the tables and the
 * functions themselves, whatever stands in front of them.
 */
public final class Operator {
  private final LocalStack stack;

  /** One with access to this stack. */
  public Operator(LocalStack stack) {
    this.stack = stack;
  }

  /** A connection to the broker, to be closed. */
  public Jedis redis() {
    return new Jedis(
        new HostAndPort(stack.redisHost(), stack.redisPort()),
        DefaultJedisClientConfig.builder()
            .serverDefaultProtocol()
            .password(stack.redisPassword())
            .build());
  }

  /** A client of the tables, to be closed. */
  public DynamoDbClient tables() {
    return DynamoDbClient.builder()
        .endpointOverride(stack.dynamoDbUrl())
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  /** Sets a text in a run's row in the catalog. */
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

  /** Lets something have happened to a run when nobody can have waited since. */
  public void setTime(String runId, String attribute, Instant time) {
    set(runId, attribute, Timestamps.write(time));
  }

  /**
   * Begins a run as create-run does, which then dies before it does anything more.
   *
   * @return the run's id
   */
  public String begin(int nTurns, Instant at) {
    String runId = RunId.random();
    Run run =
        Run.begun(
            runId,
            "never started",
            Profile.DEFAULT,
            Optional.empty(),
            Scenario.BALANCED.label(),
            nTurns,
            at);
    try (DynamoDbClient tables = tables();
        S3Client bucket = AwsClients.s3()) {
      new DynamoJournal(
              tables,
              bucket,
              stack.resource("JournalTable"),
              stack.resource("CatalogTable"),
              stack.resource("Bucket"))
          .create(
              run, new JournalEntry(runId, 0, List.of(), Optional.of(Scenario.BALANCED.start())));
    }
    return runId;
  }

  /**
   * Invokes a function, and waits for what becomes of it.
   *
   * @throws IllegalStateException if it does not answer
   */
  public Invocation invoke(String function, String event) {
    try {
      return stack.invoke(function, event);
    } catch (TimeoutException e) {
      throw new IllegalStateException(function + " does not answer", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while " + function + " was at work", e);
    }
  }

  /**
   * Invokes a function that is not to fail.
   *
   * @return its answer
   * @throws IllegalStateException if it fails
   */
  public String call(String function, String event) {
    Invocation invocation = invoke(function, event);
    if (invocation.functionError().isPresent()) {
      throw new IllegalStateException(
          "%s failed on %s: %s".formatted(function, event, invocation.payload()));
    }
    return invocation.payload();
  }
}
