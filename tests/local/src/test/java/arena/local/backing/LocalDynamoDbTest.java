package arena.local.backing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;

class LocalDynamoDbTest {
  /** Ahead of the system clock, so that only our sweep considers an item expired. */
  private static final Instant NOW = Instant.parse("2126-01-31T12:00:00Z");

  @Test
  void keepsTablesAcrossARestart(@TempDir Path folder) throws Exception {
    TableDefinition journal = TableDefinition.journal("journal");
    try (var first = LocalDynamoDb.start(folder, 0)) {
      first.create(journal);
      put(first.client(), entry(1, NOW));
    }
    try (var second = LocalDynamoDb.start(folder, 0)) {
      second.create(journal);
      assertEquals(List.of("1"), positions(second.client()));
      assertEquals(1, second.expire(NOW.plusSeconds(1)), "its expiry is still known");
    }
  }

  @Test
  void addsIndexesThatAnEarlierVersionDidNotHave() {
    TableDefinition now = TableDefinition.catalog("catalog");
    List<GlobalSecondaryIndex> fewer = now.request().globalSecondaryIndexes().subList(0, 1);
    TableDefinition before =
        new TableDefinition(
            now.request().toBuilder()
                .attributeDefinitions(now.request().attributeDefinitions().subList(0, 3))
                .globalSecondaryIndexes(fewer)
                .build(),
            now.expiry());
    try (var dynamo = LocalDynamoDb.inMemory()) {
      dynamo.create(before);
      dynamo
          .client()
          .putItem(
              request ->
                  request
                      .tableName("catalog")
                      .item(
                          Map.of(
                              "run_id", AttributeValue.fromS("a"),
                              "created_at", AttributeValue.fromS("2026"),
                              "status", AttributeValue.fromS("running"))));
      dynamo.create(now);
      assertEquals(
          1,
          dynamo
              .client()
              .query(
                  query ->
                      query
                          .tableName("catalog")
                          .indexName("status")
                          .keyConditionExpression("#status = :running")
                          .expressionAttributeNames(Map.of("#status", "status"))
                          .expressionAttributeValues(
                              Map.of(":running", AttributeValue.fromS("running"))))
              .count());
    }
  }

  @Test
  void deletesOnlyExpiredItems() throws Exception {
    try (var dynamo = LocalDynamoDb.inMemory()) {
      dynamo.create(TableDefinition.catalog("catalog"));
      dynamo.create(TableDefinition.journal("journal"));
      put(dynamo.client(), entry(1, NOW.minusSeconds(1)));
      put(dynamo.client(), entry(2, NOW));
      put(
          dynamo.client(),
          Map.of("run_id", AttributeValue.fromS("a"), "position", AttributeValue.fromN("3")));

      assertEquals(1, dynamo.expire(NOW));
      assertEquals(List.of("2", "3"), positions(dynamo.client()));
      assertEquals(0, dynamo.expire(NOW));
    }
  }

  @Test
  void deletesExpiredItemsOverManyPagesOfLargeOnes() throws Exception {
    int items = 30;
    String large = "x".repeat(300 * 1024); // four exceed a page of 1 MB
    try (var dynamo = LocalDynamoDb.inMemory()) {
      dynamo.create(TableDefinition.journal("journal"));
      for (int position = 0; position < items; position++) {
        var item = new HashMap<>(entry(position, NOW.minusSeconds(position % 2)));
        item.put("events", AttributeValue.fromS(large));
        put(dynamo.client(), item);
      }

      assertEquals(items / 2, dynamo.expire(NOW));
      assertEquals(0, dynamo.expire(NOW));
    }
  }

  @Test
  void listensOnLoopbackOnly() throws Exception {
    try (var dynamo = LocalDynamoDb.inMemory()) {
      int port = dynamo.endpoint().getPort();
      assertTrue(InetAddress.getByName(dynamo.endpoint().getHost()).isLoopbackAddress());
      for (NetworkInterface network : NetworkInterface.networkInterfaces().toList()) {
        for (InetAddress address : network.inetAddresses().toList()) {
          if (!address.isLoopbackAddress()) {
            assertThrows(ConnectException.class, () -> connect(address, port), address.toString());
          }
        }
      }
    }
  }

  private static void connect(InetAddress address, int port) throws Exception {
    try (var socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), 1_000);
    }
  }

  private static Map<String, AttributeValue> entry(int position, Instant expiresAt) {
    return Map.of(
        "run_id", AttributeValue.fromS("a"),
        "position", AttributeValue.fromN(Integer.toString(position)),
        "expires_at", AttributeValue.fromN(Long.toString(expiresAt.getEpochSecond())));
  }

  private static void put(DynamoDbClient client, Map<String, AttributeValue> item) {
    client.putItem(request -> request.tableName("journal").item(item));
  }

  private static List<String> positions(DynamoDbClient client) {
    return client.scan(request -> request.tableName("journal")).items().stream()
        .map(item -> item.get("position").n())
        .toList();
  }
}
