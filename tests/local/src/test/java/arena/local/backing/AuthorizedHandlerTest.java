package arena.local.backing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import arena.local.iam.Arn;
import arena.local.iam.Authorizer;
import arena.local.iam.Credentials;
import arena.local.iam.Role;
import arena.local.iam.Statement;
import arena.local.iam.Statement.Effect;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.DynamoDbException;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.ScalarAttributeType;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;

class AuthorizedHandlerTest {
  private static final String TABLE = "runs";
  private static final int LARGE = 300_000;

  private final Authorizer authorizer = new Authorizer();
  private LocalDynamoDb server;
  private DynamoDbClient client;

  @BeforeEach
  void start() {
    server = LocalDynamoDb.inMemory(authorizer);
    server
        .client()
        .createTable(
            create ->
                create
                    .tableName(TABLE)
                    .billingMode("PAY_PER_REQUEST")
                    .attributeDefinitions(
                        AttributeDefinition.builder()
                            .attributeName("id")
                            .attributeType(ScalarAttributeType.S)
                            .build())
                    .keySchema(
                        KeySchemaElement.builder().attributeName("id").keyType("HASH").build()));
    Credentials credentials = Credentials.temporary();
    authorizer.add(
        new Role(
            "writer",
            List.of(
                new Statement(
                    "Write",
                    Effect.ALLOW,
                    List.of("dynamodb:PutItem", "dynamodb:GetItem"),
                    List.of(Arn.of("dynamodb", "table/" + TABLE))))),
        credentials);
    client =
        DynamoDbClient.builder()
            .endpointOverride(server.endpoint())
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(
                    AwsSessionCredentials.create(
                        credentials.accessKeyId(),
                        credentials.secretAccessKey(),
                        credentials.sessionToken().orElseThrow())))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    server.close();
  }

  private static Map<String, AttributeValue> item(String text) {
    return Map.of("id", AttributeValue.fromS("1"), "text", AttributeValue.fromS(text));
  }

  @Test
  void processesWhatTheRoleAllows() {
    String text = "x".repeat(LARGE);
    client.putItem(put -> put.tableName(TABLE).item(item(text)));
    assertEquals(
        item(text),
        client
            .getItem(get -> get.tableName(TABLE).key(Map.of("id", AttributeValue.fromS("1"))))
            .item());
  }

  @Test
  void refusesTheRestWithDynamoDbsError() {
    DynamoDbException refused =
        assertThrows(DynamoDbException.class, () -> client.scan(scan -> scan.tableName(TABLE)));
    assertEquals(400, refused.statusCode());
    assertEquals("AccessDeniedException", refused.awsErrorDetails().errorCode());
    assertEquals(
        "User: arn:aws:sts::000000000000:assumed-role/writer-role/writer is not authorized to"
            + " perform: dynamodb:Scan on resource:"
            + " arn:aws:dynamodb:us-east-1:000000000000:table/runs because no identity-based policy"
            + " allows the dynamodb:Scan action",
        refused.awsErrorDetails().errorMessage());
  }

  @Test
  void refusesATransactionOfWhichOnePartIsNotAllowed() {
    TransactWriteItem put =
        TransactWriteItem.builder().put(part -> part.tableName(TABLE).item(item("a"))).build();
    TransactWriteItem delete =
        TransactWriteItem.builder()
            .delete(part -> part.tableName(TABLE).key(Map.of("id", AttributeValue.fromS("2"))))
            .build();
    client.transactWriteItems(transact -> transact.transactItems(put));
    assertThrows(
        DynamoDbException.class,
        () -> client.transactWriteItems(transact -> transact.transactItems(put, delete)));
  }

  @Test
  void refusesNothingToAnAdministrator() {
    assertEquals(0, server.client().scan(scan -> scan.tableName(TABLE)).count());
  }
}
