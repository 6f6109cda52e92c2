package arena.agent;

import java.net.InetAddress;
import java.net.URI;
import java.util.Locale;
import java.util.Optional;

/**
 * Checks the base URL of a model service. A key is sent without TLS only to this machine or to a
 * private network: to loopback, link-local and private addresses (RFC 1918, fc00::/7), and to names
 * that have no public address (localhost, .local, .internal).
 */
public final class ModelBaseUrl {
  private ModelBaseUrl() {}

  /**
   * Returns what is wrong, in one sentence without the URL, which may contain a password.
   *
   * @param base the value of the service's variable
   * @param hasKey whether the service's key is set
   */
  public static Optional<String> problem(ModelService service, String base, boolean hasKey) {
    Optional<URI> uri = parse(service, base.strip());
    if (uri.isEmpty()) {
      return Optional.of(
          "%s is invalid; use an address such as %s, without user info"
              .formatted(service.baseVariable(), service.example()));
    }
    boolean tls = "https".equalsIgnoreCase(uri.get().getScheme());
    return tls || !hasKey || isPrivate(uri.get().getHost())
        ? Optional.empty()
        : Optional.of(
            "%s must begin with https:// if %s is set, except for this machine and private addresses; use https://, or unset the key"
                .formatted(service.baseVariable(), service.keyVariable()));
  }

  /**
   * Returns the address of the service's calls.
   *
   * @throws ModelRefused if the base URL cannot be used
   */
  static URI call(ModelService service, String base, boolean hasKey) {
    if (base.isBlank()) {
      throw new ModelRefused(
          "%s is not set; set it to the endpoint's address, such as %s"
              .formatted(service.baseVariable(), service.example()),
          null);
    }
    Optional<String> problem = problem(service, base, hasKey);
    if (problem.isPresent()) {
      throw new ModelRefused(problem.get(), null);
    }
    return parse(service, base.strip()).orElseThrow();
  }

  private static Optional<URI> parse(ModelService service, String base) {
    try {
      int query = base.indexOf('?');
      String path = (query < 0 ? base : base.substring(0, query)).replaceFirst("/{1,10}$", "");
      URI uri = URI.create(service.path(path) + (query < 0 ? "" : base.substring(query)));
      boolean web =
          "http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme());
      return web && uri.getHost() != null && uri.getUserInfo() == null
          ? Optional.of(uri)
          : Optional.empty();
    } catch (IllegalArgumentException _) {
      return Optional.empty();
    }
  }

  /** Whether a host is this machine or in a private network, without asking a name server. */
  static boolean isPrivate(String host) {
    String name = host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    if (name.equals("localhost")
        || name.endsWith(".localhost")
        || name.endsWith(".local")
        || name.endsWith(".internal")) {
      return true;
    }
    try {
      InetAddress address = InetAddress.ofLiteral(name);
      byte first = address.getAddress()[0];
      boolean uniqueLocal = address.getAddress().length == 16 && (first & 0xFE) == 0xFC;
      return address.isLoopbackAddress()
          || address.isLinkLocalAddress()
          || (address.isSiteLocalAddress() && address.getAddress().length == 4)
          || uniqueLocal;
    } catch (IllegalArgumentException _) {
      return false; // a name
    }
  }
}
