package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.LocalStack;
import arena.local.client.ArenaClient;
import arena.local.token.Main;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code ./arena token} on the table of a running stack. */
final class TokenCommandTest {
  private final AcceptanceStack acceptance = AcceptanceStack.shared();
  private final LocalStack stack = acceptance.stack();

  private record Printed(int status, String out, String err) {}

  private Printed token(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--local", stack.dynamoDbUrl().toString()));
    all.addAll(List.of("--credentials", stack.credentialsFile().toString()));
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int status =
        Main.run(
            all,
            InstantSource.system(),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8));
    return new Printed(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  @Test
  void createsListsAndRevokesTokens() {
    Printed created = token("create", "--role", "viewer", "--label", "a viewer", "--days", "2");
    assertEquals(0, created.status(), created.err());
    assertEquals("", created.err());
    String text = created.out().strip();
    assertTrue(text.matches("arena_[a-z2-7]{8}_[A-Za-z0-9_-]{43}"), "only the token is printed");
    String id = text.substring(6, 14);
    acceptance.withTokens(
        () -> {
          try (ArenaClient viewer = acceptance.client(Optional.of(text))) {
            viewer.get("/runs").expect(200);
            viewer.post("/runs", "{}").expect(403);
          }
        });

    Printed listed = token("list");
    assertTrue(
        listed
            .out()
            .lines()
            .anyMatch(line -> line.matches(id + "  viewer +expires \\S+  a viewer")),
        listed.out());
    assertTrue(!listed.out().contains(text.substring(15)), "no secret is listed");

    Printed revoked = token("revoke", id);
    assertEquals(0, revoked.status(), revoked.err());
    assertTrue(revoked.out().startsWith("revoked " + id), revoked.out());
    acceptance.withTokens( // with an empty cache
        () -> {
          try (ArenaClient viewer = acceptance.client(Optional.of(text))) {
            viewer.get("/runs").expect(401);
          }
        });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "create",
        "create --role viewer",
        "create --label x",
        "create --role boss --label x",
        "create --role viewer --label é",
        "create --role viewer --label x --days 0",
        "create --role viewer --label x --days 9999",
        "create --role viewer --label x --for ever",
        "create --role viewer --label x more",
        "list all",
        "revoke",
        "revoke nosuchid",
        "revoke ticket:0",
        "delete",
      })
  void rejectsOtherArguments(String arguments) {
    Printed printed = token(arguments.isEmpty() ? new String[0] : arguments.split(" ", -1));
    assertEquals(2, printed.status(), printed.out());
    assertEquals("", printed.out());
    assertTrue(printed.err().matches("arena: [^\n]+\n"), printed.err());
  }
}
