package arena.local.loopback;

import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Decides which requests a server on the loopback address processes. A browser lets every web page
 * send requests to it, also with a name that the page's owner resolves to 127.0.0.1, and sends the
 * page's origin and that name along. Programs such as curl and the SDKs send no origin.
 */
public final class LoopbackGuard {
  /** Status of the response to a refused request. */
  public static final int STATUS = 403;

  private static final String ANY = "*";
  private static final int MAX_ECHO = 100;

  /** The names of this machine, with any port: a tunnel may forward another one. */
  private static final Pattern HOST =
      Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]{0,5})?");

  private static final Pattern ORIGIN =
      Pattern.compile("(https?)://([a-z0-9.-]+|\\[::1])(:[0-9]{1,5})?");
  private static final List<String> OWN_HOSTS = List.of("localhost", "127.0.0.1", "[::1]");

  private final Set<String> origins;
  private final boolean forPages;

  private LoopbackGuard(Set<String> origins, boolean forPages) {
    this.origins = Set.copyOf(origins);
    this.forPages = forPages;
  }

  /** A refused request. */
  public record Refusal(String code, String message) {
    /** Returns the response's body: {@code {"error":{"code","message"}}}. */
    public String json() {
      return "{\"error\":{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}}";
    }
  }

  /** Creates the guard of a server that no web page calls. */
  public static LoopbackGuard forPrograms() {
    return new LoopbackGuard(Set.of(), false);
  }

  /**
   * Creates the guard of a server that some web pages call.
   *
   * @param origins their origins; {@code *} for any
   * @param port the server's own port, whose pages are allowed
   */
  public static LoopbackGuard forPages(List<String> origins, int port) {
    Set<String> allowed = new HashSet<>();
    for (String host : OWN_HOSTS) {
      allowed.add(normalized("http://" + host + ":" + port).orElseThrow());
    }
    for (String origin : origins) {
      allowed.add(origin.equals(ANY) ? ANY : normalized(origin).orElse(origin));
    }
    return new LoopbackGuard(allowed, true);
  }

  /** Returns whether a text is an origin such as {@code http://localhost:5173}, or {@code *}. */
  public static boolean isOrigin(String text) {
    return text.equals(ANY) || normalized(text).isPresent();
  }

  /**
   * Returns why a request must be refused; empty if it may be processed.
   *
   * @param headers returns the values of a header by its name in lower case
   */
  public Optional<Refusal> refusal(Function<String, List<String>> headers) {
    List<String> hosts = headers.apply("host");
    if (hosts.size() != 1 || !HOST.matcher(lower(hosts.getFirst())).matches()) {
      return Optional.of(
          new Refusal(
              "foreign_host",
              "the Host of a request to the local stack must be localhost, 127.0.0.1 or [::1], not "
                  + echo(hosts)));
    }
    List<String> from = headers.apply("origin");
    if (!from.isEmpty()) {
      return from.stream().allMatch(this::allows) ? Optional.empty() : Optional.of(foreign(from));
    }
    // Without an origin: images, scripts and forms that read, or an address that a person typed.
    List<String> site = headers.apply("sec-fetch-site");
    boolean page =
        forPages
            ? site.contains("cross-site") && !headers.apply("sec-fetch-mode").contains("navigate")
            : !site.isEmpty() && !site.equals(List.of("none"));
    return page ? Optional.of(foreign(site)) : Optional.empty();
  }

  private Refusal foreign(List<String> from) {
    String allowed =
        forPages
            ? "the local stack does not process requests of this web page's origin; set"
                + " ARENA_FRONTEND_ORIGIN to the origin of the frontend to allow it: "
            : "the local stack does not process requests of web pages here: ";
    return new Refusal("foreign_origin", allowed + echo(from));
  }

  private boolean allows(String origin) {
    return origins.contains(ANY) || normalized(origin).filter(origins::contains).isPresent();
  }

  /** Returns an origin in lower case without its scheme's default port; empty if it is invalid. */
  private static Optional<String> normalized(String origin) {
    Matcher parts = ORIGIN.matcher(lower(origin));
    if (!parts.matches()) {
      return Optional.empty();
    }
    String defaultPort = parts.group(1).equals("http") ? ":80" : ":443";
    String port = parts.group(3);
    return Optional.of(
        parts.group(1)
            + "://"
            + parts.group(2)
            + (port == null || port.equals(defaultPort) ? "" : port));
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  /** Returns header values for a message, without characters that JSON escapes. */
  private static String echo(List<String> values) {
    if (values.isEmpty()) {
      return "none";
    }
    String text = String.join(", ", values).replaceAll("[^ !#-\\[\\]-~]", "?");
    return text.length() > MAX_ECHO ? text.substring(0, MAX_ECHO) : text;
  }
}
