package arena.access;

import arena.dynamo.Attributes;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.services.dynamodb.model.AttributeValue;

/** A caller as an attribute of an item in DynamoDB: a map with the authorizer's context. */
public final class StoredPrincipal {
  private StoredPrincipal() {}

  /** Returns the attribute's value. */
  public static AttributeValue write(Principal caller) {
    Map<String, AttributeValue> fields = new HashMap<>();
    caller.toContext().forEach((name, value) -> fields.put(name, Attributes.of(value)));
    return Attributes.of(fields);
  }

  /** Reads the attribute of an item; empty if the item has none, or one that names no caller. */
  public static Optional<Principal> read(Map<String, AttributeValue> item, String name) {
    return Attributes.findMap(item, name)
        .flatMap(
            fields -> {
              Map<String, String> context = new HashMap<>();
              fields.forEach((field, value) -> context.put(field, value.s()));
              return Principal.ofContext(context);
            });
  }
}
