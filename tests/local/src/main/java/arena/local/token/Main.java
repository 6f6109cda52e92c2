package arena.local.token;

import arena.access.AccessStore;
import arena.access.AccessToken;
import arena.access.Role;
import arena.access.Tokens;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.ProfileCredentialsProvider;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.profiles.ProfileFile;

/**
 * Implements {@code ./arena token}: creates, lists and revokes tokens, in the table of the running
 * local stack, or with {@code --table} and AWS credentials in that of a deployed one. Only a new
 * token goes to standard output.
 */
public final class Main {
  private static final String USAGE =
      "token takes: create --role viewer|operator --label LABEL [--days N] | list | revoke ID;"
          + " and --table NAME for a deployed stack";

  /** The id that the template gives the table, in a stack with this name. */
  private static final String LOCAL_TABLE = "arena-AccessTable";

  private static final int DEFAULT_DAYS = 90;

  private Main() {}

  /**
   * Takes the command's arguments; {@code --local} has the address of the local DynamoDB, and
   * {@code --credentials} the file with its credentials.
   */
  public static void main(String[] arguments) {
    System.exit(run(List.of(arguments), InstantSource.system(), System.out, System.err));
  }

  /**
   * Runs the command.
   *
   * @return the exit status
   */
  public static int run(
      List<String> arguments, InstantSource clock, PrintStream out, PrintStream err) {
    Map<String, String> options = new HashMap<>();
    List<String> rest = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (argument.startsWith("--") && i + 1 < arguments.size()) {
        options.put(argument, arguments.get(++i));
      } else {
        rest.add(argument);
      }
    }
    try (TokenTable table = table(options)) {
      return run(rest, options, table.store(), clock, out);
    } catch (IllegalArgumentException e) {
      err.println("arena: " + e.getMessage());
      return 2;
    } catch (arena.error.DependencyUnavailable | SdkException e) {
      err.println("arena: the table of tokens cannot be used: " + e.getMessage());
      return 1;
    }
  }

  private static TokenTable table(Map<String, String> options) {
    String local = options.remove("--local");
    String credentials = options.remove("--credentials");
    String table = options.remove("--table");
    if (table != null) {
      return TokenTable.deployed(table);
    }
    if (local == null || credentials == null) {
      throw new IllegalArgumentException(USAGE);
    }
    AwsCredentialsProvider provider =
        ProfileCredentialsProvider.builder()
            .profileFile(
                ProfileFile.builder()
                    .content(Path.of(credentials))
                    .type(ProfileFile.Type.CREDENTIALS)
                    .build())
            .profileName("default")
            .build();
    return TokenTable.local(URI.create(local), provider, LOCAL_TABLE);
  }

  private static int run(
      List<String> rest,
      Map<String, String> options,
      AccessStore store,
      InstantSource clock,
      PrintStream out) {
    String command = rest.isEmpty() ? "" : rest.getFirst();
    boolean known =
        switch (command) {
          case "create" ->
              rest.size() == 1
                  && options.containsKey("--role")
                  && options.containsKey("--label")
                  && List.of("--role", "--label", "--days").containsAll(options.keySet());
          case "list" -> rest.size() == 1 && options.isEmpty();
          case "revoke" -> rest.size() == 2 && options.isEmpty();
          default -> false;
        };
    if (!known) {
      throw new IllegalArgumentException(USAGE);
    }
    switch (command) {
      case "create" -> create(options, store, clock, out);
      case "list" -> list(store, clock.instant(), out);
      default -> {
        AccessToken revoked =
            store
                .revoke(rest.get(1), clock.instant())
                .orElseThrow(() -> new IllegalArgumentException("there is no token with this id"));
        out.println("revoked " + line(revoked, clock.instant()));
      }
    }
    return 0;
  }

  private static void create(
      Map<String, String> options, AccessStore store, InstantSource clock, PrintStream out) {
    Role role =
        Role.parse(options.get("--role"))
            .orElseThrow(() -> new IllegalArgumentException("the role is viewer or operator"));
    Tokens.Created created =
        new Tokens(store, clock, new SecureRandom())
            .create(role, options.get("--label"), days(options.get("--days")));
    out.println(created.text());
  }

  private static Duration days(String text) {
    if (text == null) {
      return Duration.ofDays(DEFAULT_DAYS);
    }
    if (!text.matches("[1-9][0-9]{0,3}")) {
      throw new IllegalArgumentException(
          "--days must be an integer from 1 to " + Tokens.MAX_LIFE.toDays());
    }
    return Duration.ofDays(Integer.parseInt(text));
  }

  private static void list(AccessStore store, Instant now, PrintStream out) {
    store.list().forEach(token -> out.println(line(token, now)));
  }

  private static String line(AccessToken token, Instant now) {
    Optional<Instant> revoked = token.revokedAt();
    String state =
        revoked.isPresent()
            ? "revoked " + revoked.get()
            : (now.isBefore(token.expiresAt()) ? "expires " : "expired ") + token.expiresAt();
    return String.format(
        Locale.ROOT, "%s  %-8s  %s  %s", token.id(), token.role().label(), state, token.label());
  }
}
