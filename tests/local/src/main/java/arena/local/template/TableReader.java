package arena.local.template;

import arena.local.backing.TableDefinition;
import java.util.List;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeDefinition;
import software.amazon.awssdk.services.dynamodb.model.BillingMode;
import software.amazon.awssdk.services.dynamodb.model.CreateTableRequest;
import software.amazon.awssdk.services.dynamodb.model.GlobalSecondaryIndex;
import software.amazon.awssdk.services.dynamodb.model.KeySchemaElement;
import software.amazon.awssdk.services.dynamodb.model.Projection;

/** Reads a table: its keys, indexes and expiry. */
final class TableReader {
  private TableReader() {}

  static TableDefinition read(String name, Section properties) {
    CreateTableRequest.Builder request =
        CreateTableRequest.builder()
            .tableName(name)
            // Capacity is nobody's concern on one machine.
            .billingMode(BillingMode.PAY_PER_REQUEST)
            .attributeDefinitions(
                properties.at("AttributeDefinitions").items().stream()
                    .map(TableReader::attribute)
                    .toList())
            .keySchema(keys(properties));
    List<GlobalSecondaryIndex> indexes =
        properties.at("GlobalSecondaryIndexes").items().stream().map(TableReader::index).toList();
    if (!indexes.isEmpty()) {
      request.globalSecondaryIndexes(indexes);
    }
    Section expiry = properties.at("TimeToLiveSpecification");
    boolean expires = expiry.at("Enabled").text("false").equals("true");
    return new TableDefinition(
        request.build(),
        expires ? Optional.of(expiry.at("AttributeName").text()) : Optional.empty());
  }

  private static AttributeDefinition attribute(Section attribute) {
    return AttributeDefinition.builder()
        .attributeName(attribute.at("AttributeName").text())
        .attributeType(attribute.at("AttributeType").text())
        .build();
  }

  private static List<KeySchemaElement> keys(Section owner) {
    return owner.at("KeySchema").items().stream()
        .map(
            key ->
                KeySchemaElement.builder()
                    .attributeName(key.at("AttributeName").text())
                    .keyType(key.at("KeyType").text())
                    .build())
        .toList();
  }

  private static GlobalSecondaryIndex index(Section index) {
    Section projection = index.at("Projection");
    Projection.Builder projected =
        Projection.builder().projectionType(projection.at("ProjectionType").text());
    List<String> others = projection.at("NonKeyAttributes").texts();
    if (!others.isEmpty()) {
      projected.nonKeyAttributes(others);
    }
    return GlobalSecondaryIndex.builder()
        .indexName(index.at("IndexName").text())
        .keySchema(keys(index))
        .projection(projected.build())
        .build();
  }
}
