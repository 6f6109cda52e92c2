package arena.local.iam;

import java.util.Locale;

/**
 * What a call needs a right for.
 *
 * @param action such as {@code dynamodb:GetItem}
 * @param resource the ARN, or {@code *} for an action without one
 */
public record Access(String action, String resource) {
  /** What only a role with all rights may do. */
  public static final Access UNKNOWN = new Access("*", "*");

  /** Returns the message of AWS to a caller without the right. */
  String refusal(String caller, Role.Decision decision) {
    String reason =
        decision instanceof Role.Denied
            ? "with an explicit deny in an identity-based policy"
            : "because no identity-based policy allows the " + action + " action";
    return String.format(
        Locale.ROOT,
        "User: %s is not authorized to perform: %s on resource: %s %s",
        caller,
        action,
        resource,
        reason);
  }
}
