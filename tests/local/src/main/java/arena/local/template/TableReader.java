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

/** Reads the keys, indexes and expiry of a table. */
final class TableReader {
  private TableReader() {}

  static TableDefinition read(String name, Section properties) {
    CreateTableRequest.Builder request =
        CreateTableRequest.builder()
            .tableName(name)
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
    boolean expires = expiry.at("Enabled").string("false").equals("true");
    return new TableDefinition(
        request.build(),
        expires ? Optional.of(expiry.at("AttributeName").string()) : Optional.empty());
  }

  private static AttributeDefinition attribute(Section attribute) {
    return AttributeDefinition.builder()
        .attributeName(attribute.at("AttributeName").string())
        .attributeType(attribute.at("AttributeType").string())
        .build();
  }

  private static List<KeySchemaElement> keys(Section owner) {
    return owner.at("KeySchema").items().stream()
        .map(
            key ->
                KeySchemaElement.builder()
                    .attributeName(key.at("AttributeName").string())
                    .keyType(key.at("KeyType").string())
                    .build())
        .toList();
  }

  private static GlobalSecondaryIndex index(Section index) {
    Section projection = index.at("Projection");
    if (projection.at("NonKeyAttributes").present()) {
      throw new InvalidTemplate(
          projection.path(), "the local stack does not support NonKeyAttributes of an index");
    }
    String projected = projection.at("ProjectionType").string();
    return GlobalSecondaryIndex.builder()
        .indexName(index.at("IndexName").string())
        .keySchema(keys(index))
        .projection(Projection.builder().projectionType(projected).build())
        .build();
  }
}
