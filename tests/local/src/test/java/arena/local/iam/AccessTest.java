package arena.local.iam;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.client.builder.AwsClientBuilder;
import software.amazon.awssdk.awscore.client.builder.AwsSyncClientBuilder;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.cloudwatchlogs.CloudWatchLogsClient;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.KeysAndAttributes;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.WriteRequest;
import software.amazon.awssdk.services.elasticache.ElastiCacheClient;
import software.amazon.awssdk.services.sfn.SfnClient;

/** The rights that the requests of the SDK's clients need. */
class AccessTest {
  private static final Map<String, AttributeValue> KEY = Map.of("id", AttributeValue.fromS("1"));

  private final AtomicReference<List<Access>> needed = new AtomicReference<>();
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::handle);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      String text = new String(body, StandardCharsets.UTF_8);
      String target = exchange.getRequestHeaders().getFirst("X-Amz-Target");
      if (target == null) {
        needed.set(
            ServiceAccess.elastiCache(text.replaceAll(".*Action=([A-Za-z]+).*", "$1"), text));
      } else {
        String operation = target.substring(target.indexOf('.') + 1);
        needed.set(
            switch (target.substring(0, target.indexOf('.') + 1)) {
              case DynamoDbAccess.TARGET_PREFIX -> DynamoDbAccess.of(operation, body);
              case "AWSStepFunctions." -> ServiceAccess.stepFunctions(operation, text);
              default -> ServiceAccess.logs(operation, text);
            });
      }
      exchange.getResponseHeaders().set("content-type", "application/x-amz-json-1.0");
      byte[] answer = "{}".getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(target == null ? 400 : 200, answer.length);
      exchange.getResponseBody().write(answer);
    }
  }

  private <B extends AwsClientBuilder<B, C> & AwsSyncClientBuilder<B, C>, C> C client(B builder) {
    return builder
        .endpointOverride(URI.create("http://127.0.0.1:" + server.getAddress().getPort()))
        .region(Region.US_EAST_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("key", "secret")))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  private List<Access> ofTable(Consumer<DynamoDbClient> call) {
    try (DynamoDbClient client = client(DynamoDbClient.builder())) {
      call.accept(client);
    }
    return needed.get();
  }

  private static Access table(String operation, String resource) {
    return new Access("dynamodb:" + operation, Arn.of("dynamodb", "table/" + resource));
  }

  @Test
  void needsARightForTheTableOfAnItem() {
    assertEquals(
        List.of(table("GetItem", "runs")),
        ofTable(client -> client.getItem(get -> get.tableName("runs").key(KEY))));
    assertEquals(
        List.of(table("PutItem", "runs")),
        ofTable(client -> client.putItem(put -> put.tableName("runs").item(KEY))));
  }

  @Test
  void needsARightForTheIndexOfAQuery() {
    assertEquals(
        List.of(table("Query", "runs/index/listed")),
        ofTable(client -> client.query(query -> query.tableName("runs").indexName("listed"))));
    assertEquals(
        List.of(table("Query", "runs")),
        ofTable(client -> client.query(query -> query.tableName("runs"))));
  }

  @Test
  void needsARightForEachTableOfABatch() {
    Map<String, KeysAndAttributes> gets =
        Map.of("a", KeysAndAttributes.builder().keys(List.of(KEY)).build());
    assertEquals(
        List.of(table("BatchGetItem", "a")),
        ofTable(client -> client.batchGetItem(batch -> batch.requestItems(gets))));
    WriteRequest write = WriteRequest.builder().putRequest(put -> put.item(KEY)).build();
    assertEquals(
        List.of(table("BatchWriteItem", "a")),
        ofTable(
            client ->
                client.batchWriteItem(batch -> batch.requestItems(Map.of("a", List.of(write))))));
  }

  @Test
  void needsTheRightsOfThePartsOfATransaction() {
    TransactWriteItem put =
        TransactWriteItem.builder().put(item -> item.tableName("a").item(KEY)).build();
    TransactWriteItem update =
        TransactWriteItem.builder().update(item -> item.tableName("b").key(KEY)).build();
    TransactWriteItem delete =
        TransactWriteItem.builder().delete(item -> item.tableName("a").key(KEY)).build();
    TransactWriteItem check =
        TransactWriteItem.builder().conditionCheck(item -> item.tableName("c").key(KEY)).build();
    assertEquals(
        List.of(
            table("PutItem", "a"),
            table("UpdateItem", "b"),
            table("DeleteItem", "a"),
            table("ConditionCheckItem", "c")),
        ofTable(
            client ->
                client.transactWriteItems(all -> all.transactItems(put, update, delete, check))));
  }

  @Test
  void needsARightForAllResourcesIfTheRequestNamesNone() {
    assertEquals(
        List.of(new Access("dynamodb:ListTables", "*")), ofTable(DynamoDbClient::listTables));
  }

  @Test
  void takesATableByItsArn() {
    String arn = Arn.of("dynamodb", "table/runs");
    assertEquals(
        List.of(table("GetItem", "runs")),
        ofTable(client -> client.getItem(get -> get.tableName(arn).key(KEY))));
  }

  @Test
  void rejectsARequestThatIsNotAnObject() {
    assertThrows(
        IOException.class,
        () -> DynamoDbAccess.of("GetItem", "[]".getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void needsARightForTheExecutionOrTheStateMachine() {
    String machine = Arn.of("states", "stateMachine:replay");
    String execution = Arn.of("states", "execution:replay:1");
    try (SfnClient client = client(SfnClient.builder())) {
      client.startExecution(start -> start.stateMachineArn(machine).name("1"));
      assertEquals(List.of(new Access("states:StartExecution", machine)), needed.get());
      client.stopExecution(stop -> stop.executionArn(execution));
      assertEquals(List.of(new Access("states:StopExecution", execution)), needed.get());
    }
  }

  @Test
  void needsARightForTheStreamsOfALogGroup() {
    try (CloudWatchLogsClient client = client(CloudWatchLogsClient.builder())) {
      client.filterLogEvents(filter -> filter.logGroupName("/aws/lambda/f"));
    }
    assertEquals(
        List.of(
            new Access(
                "logs:FilterLogEvents",
                "arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/f:log-stream:")),
        needed.get());
  }

  @Test
  void needsARightForTheReplicationGroup() {
    try (ElastiCacheClient client = client(ElastiCacheClient.builder())) {
      assertThrows(
          RuntimeException.class,
          () -> client.describeReplicationGroups(groups -> groups.replicationGroupId("cache-1")));
      assertEquals(
          List.of(
              new Access(
                  "elasticache:DescribeReplicationGroups",
                  Arn.of("elasticache", "replicationgroup:cache-1"))),
          needed.get());
      assertThrows(RuntimeException.class, client::describeEvents);
      assertEquals(List.of(new Access("elasticache:DescribeEvents", "*")), needed.get());
    }
  }

  @Test
  void needsARightForTheFunctionWithItsQualifier() {
    Access alias =
        new Access(
            "lambda:InvokeFunction", "arn:aws:lambda:us-east-1:000000000000:function:f:live");
    assertEquals(List.of(alias), ServiceAccess.lambda("f:live"));
    assertEquals(List.of(alias), ServiceAccess.lambda(alias.resource()));
  }

  @Test
  void needsARightForTheModelOfAnInferenceProfile() {
    Access model =
        new Access(
            "bedrock:InvokeModel", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova");
    assertEquals(List.of(model), ServiceAccess.bedrock("amazon.nova"));
    assertEquals(
        List.of(
            new Access(
                "bedrock:InvokeModel", Arn.of("bedrock", "inference-profile/us.amazon.nova")),
            model),
        ServiceAccess.bedrock("us.amazon.nova"));
    String application = Arn.of("bedrock", "application-inference-profile/abc");
    assertEquals(
        List.of(new Access("bedrock:InvokeModel", application)),
        ServiceAccess.bedrock(application));
  }
}
