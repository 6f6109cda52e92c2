package arena.local.sql;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.services.s3.S3Client;

/**
 * Implements {@code ./arena sql}: runs a query in DuckDB over the archives of the local stack,
 * which need not run, or with {@code --bucket} and AWS credentials over a copy of a deployed one's.
 */
public final class Main {
  private static final String USAGE =
      "sql takes: \"select …\" (or - for standard input), --csv or --json, and --bucket NAME for a"
          + " deployed stack";

  private Main() {}

  /**
   * Takes the command's arguments; the first is the folder of the local stack's bucket, the second
   * that of copies of other buckets.
   */
  public static void main(String[] arguments) throws IOException {
    List<String> rest = List.of(arguments).subList(2, arguments.length);
    System.exit(run(Path.of(arguments[0]), Path.of(arguments[1]), rest, System.out, System.err));
  }

  /**
   * Runs the command.
   *
   * @param local the folder of the local stack's bucket
   * @param copies the folder of copies of other buckets
   * @return the exit status
   */
  public static int run(
      Path local, Path copies, List<String> arguments, PrintStream out, PrintStream err)
      throws IOException {
    String format = "table";
    String bucket = null;
    List<String> rest = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      switch (argument) {
        case "--csv", "--json" -> format = argument;
        case "--bucket" -> bucket = i + 1 < arguments.size() ? arguments.get(++i) : "";
        default -> rest.add(argument);
      }
    }
    boolean named = bucket == null || bucket.matches("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");
    if (rest.size() != 1
        || !named
        || (rest.getFirst().startsWith("-") && !rest.getFirst().equals("-"))) {
      err.println("arena: " + USAGE);
      return 2;
    }
    String query =
        rest.getFirst().equals("-")
            ? new String(System.in.readAllBytes(), StandardCharsets.UTF_8)
            : rest.getFirst();
    try {
      run(bucket == null ? local : copied(bucket, copies.resolve(bucket), err), query, format, out);
      return 0;
    } catch (SQLException e) {
      err.println("arena: " + String.valueOf(e.getMessage()).strip());
      return 1;
    } catch (SdkException | IllegalStateException e) {
      err.println("arena: the archives cannot be read: " + e.getMessage());
      return 1;
    }
  }

  private static Path copied(String bucket, Path folder, PrintStream err) throws IOException {
    try (S3Client s3 =
        S3Client.builder().httpClientBuilder(UrlConnectionHttpClient.builder()).build()) {
      int copied =
          new BucketCopy(s3, bucket, folder)
              .update(count -> err.printf(Locale.ROOT, "  copied %d archives%n", count));
      if (copied > 0) {
        err.printf(Locale.ROOT, "arena: copied %d archives to %s%n", copied, folder);
      }
    }
    return folder;
  }

  private static void run(Path folder, String query, String format, PrintStream out)
      throws SQLException, IOException {
    Files.createDirectories(folder);
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      ArchiveViews.create(connection, folder);
      try (ResultSet rows = statement.executeQuery(query)) {
        switch (format) {
          case "--csv" -> QueryResult.csv(rows, out);
          case "--json" -> QueryResult.json(rows, out);
          default -> QueryResult.table(rows, out);
        }
      }
    }
  }
}
