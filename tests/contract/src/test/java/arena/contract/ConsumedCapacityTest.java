package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ReturnConsumedCapacity;
import software.amazon.awssdk.services.dynamodb.model.TransactWriteItem;
import software.amazon.awssdk.services.dynamodb.model.Update;

/**
 * DynamoDB Local reports the capacity that AWS documents, which the cost measurement sums up: a
 * write request unit for each KB, a read request unit for each 4 KB, half of it for an eventually
 * consistent read, twice the units in a transaction, and one write for each changed index.
 */
@ExtendWith(DynamoStores.Shared.class)
final class ConsumedCapacityTest {
  private static final ReturnConsumedCapacity TOTAL = ReturnConsumedCapacity.TOTAL;

  private final DynamoStores stores;
  private DynamoStores.Tables tables;
  private DynamoDbClient client;

  ConsumedCapacityTest(DynamoStores stores) {
    this.stores = stores;
  }

  @BeforeEach
  void createTables() {
    tables = stores.tables();
    client = tables.client();
  }

  @AfterEach
  void deleteTables() {
    tables.close();
  }

  private static AttributeValue text(String value) {
    return AttributeValue.fromS(value);
  }

  private static Map<String, AttributeValue> entry() {
    return Map.of("run_id", text("run"), "position", AttributeValue.fromN("1"));
  }

  private Map<String, AttributeValue> entry(int bytes) {
    Map<String, AttributeValue> item = new TreeMap<>(entry());
    item.put("events", text("x".repeat(bytes)));
    return item;
  }

  private double put(String table, Map<String, AttributeValue> item) {
    return client
        .putItem(put -> put.tableName(table).item(item).returnConsumedCapacity(TOTAL))
        .consumedCapacity()
        .capacityUnits();
  }

  private double transact(TransactWriteItem... writes) {
    return client
        .transactWriteItems(write -> write.transactItems(writes).returnConsumedCapacity(TOTAL))
        .consumedCapacity()
        .stream()
        .mapToDouble(consumed -> consumed.capacityUnits())
        .sum();
  }

  private double get(boolean consistent) {
    return client
        .getItem(
            get ->
                get.tableName(tables.journalTable())
                    .key(entry())
                    .consistentRead(consistent)
                    .returnConsumedCapacity(TOTAL))
        .consumedCapacity()
        .capacityUnits();
  }

  /** The row of a run in flight, which is in three indexes. */
  private double putRow() {
    return put(
        tables.catalogTable(),
        Map.of(
            "run_id", text("run"),
            "created_at", text("2026-01-31T12:00:00Z"),
            "listed", text("1"),
            "held", text("1"),
            "running", text("1")));
  }

  private Update update(String expression, Optional<String> number) {
    Update.Builder update =
        Update.builder()
            .tableName(tables.catalogTable())
            .key(Map.of("run_id", text("run")))
            .updateExpression(expression);
    number.ifPresent(
        value -> update.expressionAttributeValues(Map.of(":n", AttributeValue.fromN(value))));
    return update.build();
  }

  @ParameterizedTest
  @CsvSource({"100, 1", "900, 1", "1500, 2", "4500, 5"})
  void countsAWriteUnitForEachKilobyte(int bytes, double units) {
    assertEquals(units, put(tables.journalTable(), entry(bytes)));
  }

  @ParameterizedTest
  @CsvSource({"100, 2", "1500, 4"})
  void countsWritesOfATransactionTwice(int bytes, double units) {
    String table = tables.journalTable();
    assertEquals(
        units,
        transact(
            TransactWriteItem.builder()
                .put(put -> put.tableName(table).item(entry(bytes)))
                .build()));
  }

  @ParameterizedTest
  @CsvSource({"100, 1", "4500, 2"})
  void countsAReadUnitForEachFourKilobytes(int bytes, double units) {
    put(tables.journalTable(), entry(bytes));
    assertEquals(units, get(true));
    assertEquals(units / 2, get(false));
  }

  @Test
  void countsAWriteForEachIndexThatAnItemEnters() {
    assertEquals(1 + 3, putRow());
  }

  @Test
  void countsNoIndexWriteIfNoProjectedAttributeChanges() {
    putRow();
    assertEquals(
        2,
        transact(
            TransactWriteItem.builder().update(update("SET n = :n", Optional.of("1"))).build()));
  }

  @Test
  void countsAWriteForAnIndexThatAnItemLeaves() {
    putRow();
    assertEquals(
        (1 + 1) * 2,
        transact(
            TransactWriteItem.builder()
                .update(update("REMOVE running", Optional.empty()))
                .build()));
  }
}
