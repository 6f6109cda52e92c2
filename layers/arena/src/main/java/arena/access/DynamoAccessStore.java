package arena.access;

import arena.dynamo.Attributes;
import arena.dynamo.DynamoClient;
import arena.error.Dependency;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;
import software.amazon.awssdk.services.dynamodb.model.ConditionalCheckFailedException;
import software.amazon.awssdk.services.dynamodb.model.ReturnValue;
import software.amazon.awssdk.services.dynamodb.model.ScanResponse;

/** Tokens and tickets in a DynamoDB table with a TTL, one item each. */
public final class DynamoAccessStore implements AccessStore {
  /** How long an expired token stays listed. */
  private static final Duration RETENTION = Duration.ofDays(7);

  /** Pages of a scan that are read to list tokens; a page has at most 1 MB. */
  private static final int MAX_PAGES = 100;

  /** Prefix of a ticket's key; a token's key is its id, which has no colon. */
  private static final String TICKET = "ticket:";

  private static final String ID = "id";
  private static final String SECRET_HASH = "secret_hash";
  private static final String ROLE = "role";
  private static final String LABEL = "label";
  private static final String CREATED_AT = "created_at";
  private static final String REVOKED_AT = "revoked_at";

  /** When a token is no longer valid, in seconds since 1970. */
  private static final String VALID_UNTIL = "valid_until";

  /** When a ticket is no longer valid, in milliseconds since 1970. */
  private static final String USABLE_UNTIL = "usable_until";

  /** The caller of a ticket's connection. */
  private static final String CALLER = "caller";

  /** The table's TTL attribute. */
  private static final String EXPIRES_AT = "expires_at";

  private final DynamoClient dynamo;
  private final String table;

  public DynamoAccessStore(DynamoDbClient dynamo, String table) {
    this.dynamo = new DynamoClient(dynamo, Dependency.ACCESS);
    this.table = table;
  }

  @Override
  public boolean create(AccessToken token) {
    Map<String, AttributeValue> item = new HashMap<>(key(token.id()));
    item.put(SECRET_HASH, Attributes.of(token.secretHash()));
    item.put(ROLE, Attributes.of(token.role().label()));
    item.put(LABEL, Attributes.of(token.label()));
    item.put(CREATED_AT, seconds(token.createdAt()));
    item.put(VALID_UNTIL, seconds(token.expiresAt()));
    item.put(EXPIRES_AT, seconds(token.expiresAt().plus(RETENTION)));
    token.revokedAt().ifPresent(at -> item.put(REVOKED_AT, seconds(at)));
    try {
      dynamo.call(
          () ->
              dynamo
                  .client()
                  .putItem(
                      put ->
                          put.tableName(table)
                              .item(item)
                              .conditionExpression("attribute_not_exists(#id)")
                              .expressionAttributeNames(Map.of("#id", ID))));
      return true;
    } catch (ConditionalCheckFailedException _) {
      return false;
    }
  }

  @Override
  public Optional<AccessToken> find(String id) {
    return dynamo.get(table, key(id)).map(DynamoAccessStore::token);
  }

  @Override
  public List<AccessToken> list() {
    List<AccessToken> tokens = new ArrayList<>();
    @Nullable Map<String, AttributeValue> after = null;
    for (int page = 0; page < MAX_PAGES && tokens.size() < MAX_LISTED; page++) {
      Map<String, AttributeValue> start = after;
      ScanResponse found =
          dynamo.call(
              () ->
                  dynamo
                      .client()
                      .scan(
                          scan ->
                              scan.tableName(table)
                                  .consistentRead(true)
                                  .exclusiveStartKey(start)
                                  .filterExpression("attribute_exists(" + SECRET_HASH + ")")));
      found.items().forEach(item -> tokens.add(token(item)));
      if (!found.hasLastEvaluatedKey()) {
        break;
      }
      after = found.lastEvaluatedKey();
    }
    return tokens.stream()
        .sorted(Comparator.comparing(AccessToken::createdAt).thenComparing(AccessToken::id))
        .limit(MAX_LISTED)
        .toList();
  }

  @Override
  public Optional<AccessToken> revoke(String id, Instant at) {
    return dynamo
        .updateIf(
            update ->
                update
                    .tableName(table)
                    .key(key(id))
                    .updateExpression("SET #revoked_at = if_not_exists(#revoked_at, :at)")
                    .conditionExpression("attribute_exists(" + SECRET_HASH + ")")
                    .expressionAttributeNames(Map.of("#revoked_at", REVOKED_AT))
                    .expressionAttributeValues(Map.of(":at", seconds(at)))
                    .returnValues(ReturnValue.ALL_NEW))
        .map(DynamoAccessStore::token);
  }

  @Override
  public void create(Ticket ticket) {
    Map<String, AttributeValue> item = new HashMap<>(key(TICKET + ticket.hash()));
    item.put(CALLER, StoredPrincipal.write(ticket.principal()));
    item.put(USABLE_UNTIL, Attributes.of(ticket.validUntil().toEpochMilli()));
    item.put(EXPIRES_AT, seconds(ticket.validUntil()));
    dynamo.call(() -> dynamo.client().putItem(put -> put.tableName(table).item(item)));
  }

  @Override
  public Optional<Ticket> take(String hash, Instant now) {
    Map<String, AttributeValue> item;
    try {
      item =
          dynamo.call(
              () ->
                  dynamo
                      .client()
                      .deleteItem(
                          delete ->
                              delete
                                  .tableName(table)
                                  .key(key(TICKET + hash))
                                  // fails also if there is no item
                                  .conditionExpression("#usable_until > :now")
                                  .expressionAttributeNames(Map.of("#usable_until", USABLE_UNTIL))
                                  .expressionAttributeValues(
                                      Map.of(":now", Attributes.of(now.toEpochMilli())))
                                  .returnValues(ReturnValue.ALL_OLD))
                      .attributes());
    } catch (ConditionalCheckFailedException _) {
      return Optional.empty();
    }
    Instant usableUntil = Instant.ofEpochMilli(Attributes.whole(item, USABLE_UNTIL));
    return StoredPrincipal.read(item, CALLER).map(caller -> new Ticket(hash, caller, usableUntil));
  }

  private static AccessToken token(Map<String, AttributeValue> item) {
    return new AccessToken(
        Attributes.text(item, ID),
        Attributes.text(item, SECRET_HASH),
        role(item),
        Attributes.text(item, LABEL),
        time(item, CREATED_AT),
        time(item, VALID_UNTIL),
        Attributes.findWhole(item, REVOKED_AT).map(Instant::ofEpochSecond));
  }

  private static Role role(Map<String, AttributeValue> item) {
    String label = Attributes.text(item, ROLE);
    return Role.parse(label)
        .orElseThrow(() -> new IllegalStateException("unknown role in the table: " + label));
  }

  private static Instant time(Map<String, AttributeValue> item, String name) {
    return Instant.ofEpochSecond(Attributes.whole(item, name));
  }

  private static Map<String, AttributeValue> key(String id) {
    return Map.of(ID, Attributes.of(id));
  }

  private static AttributeValue seconds(Instant time) {
    return Attributes.of(time.getEpochSecond());
  }
}
