package arena.access;

import arena.run.RunId;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A caller that was authenticated. The authorizer passes it to the functions as the context of API
 * Gateway, in which all values are strings.
 *
 * @param id the id of its token
 * @param runId the only run that it may subscribe to, if its ticket names one
 * @param expiresAt when its token expires
 */
public record Principal(String id, Role role, Optional<RunId> runId, Instant expiresAt) {
  /**
   * Everybody, on a local stack without authorization. Its id is too short for a token's, so that
   * no token has it.
   */
  public static final Principal LOCAL =
      new Principal(
          "local", Role.OPERATOR, Optional.empty(), Instant.parse("9999-12-31T23:59:59Z"));

  private static final String ID = "principal";
  private static final String ROLE = "role";
  private static final String RUN_ID = "run_id";
  private static final String EXPIRES_AT = "expires_at";

  /** Returns the context that {@link #ofContext} reads. */
  public Map<String, String> toContext() {
    Map<String, String> context = new LinkedHashMap<>();
    context.put(ID, id);
    context.put(ROLE, role.label());
    context.put(EXPIRES_AT, Long.toString(expiresAt.getEpochSecond()));
    runId.ifPresent(only -> context.put(RUN_ID, only.value()));
    return context;
  }

  /**
   * Reads an authorizer's context; empty if it does not name a caller, so that access is denied.
   */
  public static Optional<Principal> ofContext(@Nullable Map<String, ?> context) {
    if (context == null) {
      return Optional.empty();
    }
    Optional<String> id = text(context, ID);
    Optional<Role> role = Role.parse(text(context, ROLE).orElse(null));
    Optional<String> expiry =
        text(context, EXPIRES_AT).filter(seconds -> seconds.matches("[0-9]{1,12}"));
    Optional<String> only = text(context, RUN_ID);
    Optional<RunId> runId = only.flatMap(RunId::parse);
    if (id.isEmpty()
        || role.isEmpty()
        || expiry.isEmpty()
        || only.isPresent() != runId.isPresent()) {
      return Optional.empty();
    }
    Instant expiresAt = Instant.ofEpochSecond(Long.parseLong(expiry.get()));
    return Optional.of(new Principal(id.get(), role.get(), runId, expiresAt));
  }

  private static Optional<String> text(Map<String, ?> context, String name) {
    return context.get(name) instanceof String text && !text.isEmpty()
        ? Optional.of(text)
        : Optional.empty();
  }

  /** Whether its token has not expired. Whether it is revoked is a question to the store. */
  public boolean isCurrentAt(Instant now) {
    return now.isBefore(expiresAt);
  }

  /** Whether it may subscribe to a run. */
  public boolean mayRead(RunId run) {
    return runId.isEmpty() || runId.get().equals(run);
  }
}
