package arena.local.token;

import arena.access.AccessStore;
import arena.access.DynamoAccessStore;
import java.net.URI;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClientBuilder;

/** The table of tokens, of a local or a deployed stack, with the client that reads it. */
public final class TokenTable implements AutoCloseable {
  private final DynamoDbClient client;
  private final AccessStore store;

  private TokenTable(DynamoDbClientBuilder builder, String table) {
    client = builder.httpClientBuilder(UrlConnectionHttpClient.builder()).build();
    store = new DynamoAccessStore(client, table);
  }

  /** Opens the table of a local stack, whose DynamoDB is at this address. */
  public static TokenTable local(URI dynamoDb, AwsCredentialsProvider credentials, String table) {
    return new TokenTable(
        DynamoDbClient.builder()
            .endpointOverride(dynamoDb)
            .region(Region.US_EAST_1)
            .credentialsProvider(credentials),
        table);
  }

  /** Opens the table of a deployed stack, with the caller's AWS credentials and region. */
  static TokenTable deployed(String table) {
    return new TokenTable(DynamoDbClient.builder(), table);
  }

  /** The store of tokens. */
  public AccessStore store() {
    return store;
  }

  @Override
  public void close() {
    client.close();
  }
}
