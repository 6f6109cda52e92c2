package arena.local.iam;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Decides whether a caller may make a call. Callers are known by their access keys. Those of tests
 * and operators are the administrator's; an authorizer without administrator checks no signatures,
 * and every key that no role has is one. Thread-safe.
 */
public final class Authorizer {
  private record Known(Credentials credentials, String holder) {}

  private final Map<String, Known> keys = new ConcurrentHashMap<>();
  private volatile Optional<Credentials> administrator = Optional.empty();
  private final Map<String, Role> roles = new ConcurrentHashMap<>();
  private final Consumer<Right> used;

  /** Creates an authorizer without roles. */
  public Authorizer() {
    this(right -> {});
  }

  /**
   * Creates an authorizer without roles.
   *
   * @param used is called with each right that allows a call
   */
  public Authorizer(Consumer<Right> used) {
    this.used = used;
  }

  /**
   * Sets the administrator's credentials; from then on, all requests must be signed with these or
   * with those of a role.
   */
  public void requireSignatures(Credentials credentials) {
    administrator = Optional.of(credentials);
  }

  /** Returns the administrator's credentials; empty if no signatures are checked. */
  public Optional<Credentials> administrator() {
    return administrator;
  }

  /**
   * Returns why a request is not that of a known caller; empty if it is, or no signatures are
   * checked.
   */
  public Optional<AuthenticationFailure> authenticate(SignedRequest request) {
    return administrator.isEmpty()
        ? Optional.empty()
        : SignatureV4.check(request, this::credentials, Instant.now());
  }

  private Optional<Credentials> credentials(String accessKeyId) {
    Known known = keys.get(accessKeyId);
    return known == null
        ? administrator.filter(own -> own.accessKeyId().equals(accessKeyId))
        : Optional.of(known.credentials());
  }

  /** Adds a role, or replaces that of its holder. */
  public void add(Role role) {
    roles.put(role.holder(), role);
  }

  /** Adds a role whose holder has these credentials. */
  public void add(Role role, Credentials credentials) {
    add(role);
    keys.put(credentials.accessKeyId(), new Known(credentials, role.holder()));
  }

  /**
   * Removes a statement from a role, as an operator may do by mistake.
   *
   * @return restores the role
   * @throws IllegalArgumentException if the role has no such statement
   */
  public Runnable revoke(String holder, String sid) {
    Role role = roles.get(holder);
    if (role == null || role.statements().stream().noneMatch(one -> one.sid().equals(sid))) {
      throw new IllegalArgumentException("the role of " + holder + " has no statement " + sid);
    }
    add(
        new Role(
            holder, role.statements().stream().filter(one -> !one.sid().equals(sid)).toList()));
    return () -> add(role);
  }

  /** Returns the secret of an access key that has a role. */
  public Optional<String> secret(String accessKeyId) {
    return Optional.ofNullable(keys.get(accessKeyId))
        .map(known -> known.credentials().secretAccessKey());
  }

  /**
   * Returns whether the caller is an administrator, so that no right is needed. The caller must
   * have been {@linkplain #authenticate authenticated}.
   */
  public boolean isAdministrator(Optional<String> accessKeyId) {
    return accessKeyId.isEmpty() || !keys.containsKey(accessKeyId.get());
  }

  /**
   * Returns why a call is refused; empty if the caller may make it.
   *
   * @param accessKeyId the caller's access key; empty for a request that is not signed
   * @param needed all that the call needs rights for
   */
  public Optional<String> refusal(Optional<String> accessKeyId, List<Access> needed) {
    return isAdministrator(accessKeyId)
        ? Optional.empty()
        : refusal(keys.get(accessKeyId.orElseThrow()).holder(), needed);
  }

  /**
   * Returns why a call is refused; empty if the role may make it.
   *
   * @param holder the holder of the role
   * @param needed all that the call needs rights for
   */
  public Optional<String> refusal(String holder, List<Access> needed) {
    Role role = roles.getOrDefault(holder, new Role(holder, List.of()));
    for (Access access : needed) {
      Role.Decision decision = role.decide(access);
      if (!(decision instanceof Role.Allowed allowed)) {
        return Optional.of(access.refusal(role.session(), decision));
      }
      used.accept(allowed.by());
    }
    return Optional.empty();
  }
}
