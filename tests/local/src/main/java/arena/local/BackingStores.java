package arena.local;

import arena.local.backing.BucketDefinition;
import arena.local.backing.LocalDynamoDb;
import arena.local.backing.LocalS3;
import arena.local.backing.TableDefinition;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.ResourceInUseException;
import software.amazon.awssdk.services.dynamodb.model.TimeToLiveStatus;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;
import software.amazon.awssdk.services.s3.model.CORSRule;

/** DynamoDB and S3: servers of the stack, or external ones. */
sealed interface BackingStores {
  URI dynamoDb();

  URI s3();

  /** Creates a table unless it exists. */
  void create(TableDefinition table);

  /** Creates a bucket unless it exists. */
  void create(BucketDefinition bucket);

  /** Deletes expired items. */
  void expire(Instant now);

  /** Closes the socket of DynamoDB, as a crash of its server does. */
  void crashDynamoDb();

  /** Closes the socket of S3, as a crash of its server does. */
  void crashS3();

  /** The servers that the stack has to restart if they end. */
  List<Supervisor.Part> parts();

  /** A server in this process. */
  record Server(String name, BooleanSupplier serves, Runnable open) implements Supervisor.Part {
    @Override
    public boolean runs() {
      return serves.getAsBoolean();
    }

    @Override
    public String end() {
      return "it refuses connections";
    }

    @Override
    public void restart() {
      if (!runs()) {
        open.run();
      }
    }
  }

  /** Servers that the stack started. */
  record Own(LocalDynamoDb tables, LocalS3 buckets) implements BackingStores {
    @Override
    public URI dynamoDb() {
      return tables.endpoint();
    }

    @Override
    public URI s3() {
      return buckets.endpoint();
    }

    @Override
    public void create(TableDefinition table) {
      tables.create(table);
    }

    @Override
    public void create(BucketDefinition bucket) {
      buckets.create(bucket);
    }

    @Override
    public void expire(Instant now) {
      tables.expire(now);
    }

    @Override
    public void crashDynamoDb() {
      tables.crash();
    }

    @Override
    public void crashS3() {
      buckets.crash();
    }

    @Override
    public List<Supervisor.Part> parts() {
      return List.of(
          new Server("DynamoDB", tables::serves, tables::restart),
          new Server("S3", buckets::serves, buckets::restart));
    }
  }

  /**
   * External services at one address, such as LocalStack's, which delete expired items themselves.
   */
  record External(URI address, CallerIdentity identity) implements BackingStores {
    @Override
    public URI dynamoDb() {
      return address;
    }

    @Override
    public URI s3() {
      return address;
    }

    private StaticCredentialsProvider credentials() {
      return StaticCredentialsProvider.create(
          AwsBasicCredentials.create(identity.accessKeyId(), identity.secretAccessKey()));
    }

    @Override
    public void create(TableDefinition table) {
      try (DynamoDbClient client =
          DynamoDbClient.builder()
              .endpointOverride(address)
              .region(Region.of(identity.region()))
              .credentialsProvider(credentials())
              .httpClientBuilder(UrlConnectionHttpClient.builder())
              .build()) {
        try {
          client.createTable(table.request());
        } catch (ResourceInUseException e) {
          // created by an earlier start
        }
        client.waiter().waitUntilTableExists(request -> request.tableName(table.name()));
        Optional<String> attribute = table.expiry();
        TimeToLiveStatus status =
            client
                .describeTimeToLive(request -> request.tableName(table.name()))
                .timeToLiveDescription()
                .timeToLiveStatus();
        if (attribute.isPresent() && status == TimeToLiveStatus.DISABLED) {
          client.updateTimeToLive(
              request ->
                  request
                      .tableName(table.name())
                      .timeToLiveSpecification(
                          expiry -> expiry.attributeName(attribute.get()).enabled(true)));
        }
      }
    }

    @Override
    public void create(BucketDefinition bucket) {
      try (S3Client client =
          S3Client.builder()
              .endpointOverride(address)
              .region(Region.of(identity.region()))
              .credentialsProvider(credentials())
              .forcePathStyle(true)
              .httpClientBuilder(UrlConnectionHttpClient.builder())
              .build()) {
        try {
          client.createBucket(request -> request.bucket(bucket.name()));
        } catch (BucketAlreadyOwnedByYouException e) {
          // created by an earlier start
        }
        bucket.cors().ifPresent(cors -> allow(client, bucket.name(), cors));
      }
    }

    private static void allow(S3Client client, String bucket, BucketDefinition.Cors cors) {
      CORSRule rule =
          CORSRule.builder()
              .allowedOrigins(cors.origins())
              .allowedMethods(cors.methods())
              .allowedHeaders(cors.headers())
              .exposeHeaders(cors.exposed())
              .build();
      client.putBucketCors(
          request -> request.bucket(bucket).corsConfiguration(rules -> rules.corsRules(rule)));
    }

    @Override
    public void expire(Instant now) {
      // the external service does it
    }

    @Override
    public void crashDynamoDb() {
      throw new IllegalStateException("DynamoDB at " + address + " is not of this stack");
    }

    @Override
    public void crashS3() {
      throw new IllegalStateException("S3 at " + address + " is not of this stack");
    }

    @Override
    public List<Supervisor.Part> parts() {
      return List.of();
    }
  }
}
