package arena.access;

import java.time.Instant;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A token as it is stored: without its secret.
 *
 * @param secretHash SHA-256 of the secret, in hex
 * @param label what it is for, for people
 * @param revokedAt since when it is not valid, if it was revoked
 */
public record AccessToken(
    String id,
    String secretHash,
    Role role,
    String label,
    Instant createdAt,
    Instant expiresAt,
    Optional<Instant> revokedAt) {

  /** Whether it is neither expired nor revoked. */
  public boolean isValidAt(Instant now) {
    return revokedAt.isEmpty() && now.isBefore(expiresAt);
  }

  byte[] hash() {
    return HexFormat.of().parseHex(secretHash);
  }

  Principal principal() {
    return new Principal(id, role, Optional.empty(), expiresAt);
  }

  /** Omits the hash. */
  @Override
  public String toString() {
    return "AccessToken[" + id + ", " + role.label() + "]";
  }
}
