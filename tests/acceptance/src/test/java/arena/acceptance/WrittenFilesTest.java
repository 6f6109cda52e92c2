package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.Role;
import arena.local.client.ArenaClient;
import arena.local.client.LiveReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;

/** Reads all that the stack has written during the tests before; the last one of this module. */
@Order(Orders.LAST)
final class WrittenFilesTest {
  private static final Duration BOUND = Duration.ofSeconds(60);

  /** Any token or ticket, also one that a test made up. */
  private static final Pattern SECRET =
      Pattern.compile("arena_[a-z2-7]{8}_[A-Za-z0-9_-]{43}|ticket_[A-Za-z0-9_-]{43}");

  /** Finds how one begins. */
  private static final FileSearch SEARCH = new FileSearch(List.of("arena_", "ticket_"));

  /** Characters of a token that are not secret, or of a ticket to know it by. */
  private static final int START = 14;

  private final AcceptanceStack acceptance = AcceptanceStack.shared();
  private final Path home = acceptance.stack().home();

  /** Those of the files that hold a token or ticket, each with the start of one. */
  private List<String> holders(List<Path> files) throws IOException {
    List<String> holders = new ArrayList<>();
    for (Path file : files) {
      SEARCH
          .find(file, found -> SECRET.matcher(found).lookingAt())
          .ifPresent(
              found -> holders.add(home.relativize(file) + ": " + found.substring(0, START)));
    }
    return holders;
  }

  private List<Path> files() throws IOException {
    return FileSearch.files(home).stream()
        .filter(file -> !file.startsWith(home.resolve("tmp"))) // class files, which hold patterns
        .toList();
  }

  @Test
  void noFileHoldsATokenOrTicket() throws IOException {
    acceptance.withTokens(
        () -> {
          String token = acceptance.stack().createToken(Role.OPERATOR, "written");
          try (ArenaClient operator = acceptance.client(Optional.of(token))) {
            String runId = operator.startRun("{\"n_turns\":1}");
            operator.awaitEnd(runId, BOUND);
            assertFalse(SECRET.matcher(operator.get("/runs/" + runId + "/report").text()).find());
            try (LiveReader reader = operator.live()) {
              reader.send("{\"action\":\"" + token + "\"}");
              String answer = reader.next(BOUND);
              assertFalse(answer.contains(token), answer);
            }
          }
        });
    acceptance.awaitAsyncInvocations();
    assertTrue(files().size() > 10, "the stack has written files");
    assertEquals(List.of(), holders(files()));
  }

  @Test
  void findsATokenInAFile() throws IOException {
    Path file = Files.createTempFile(home, "planted", ".log");
    try {
      Files.writeString(file, "x".repeat(FileSearch.PART - 20) + "ticket_" + "x".repeat(43));
      assertEquals(List.of(file.getFileName() + ": ticket_xxxxxxx"), holders(List.of(file)));
    } finally {
      Files.delete(file);
    }
  }

  @Test
  void homeAndItsSecretsAreOfTheirOwnerOnly() throws IOException {
    assertEquals("rwx------", mode(home));
    assertEquals("rw-------", mode(acceptance.stack().credentialsFile()));
    for (Path file : files()) {
      if (file.getFileName().toString().contains("password")) {
        assertEquals("rw-------", mode(file), file::toString);
      }
    }
  }

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }
}
