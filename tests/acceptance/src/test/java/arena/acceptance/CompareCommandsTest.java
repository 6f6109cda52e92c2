package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.json.Json;
import arena.local.compare.Main;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code ./arena experiment}, {@code race} and {@code rank} over the local stack. */
class CompareCommandsTest {
  private static final String RACE =
      """
      {"profiles":[{"name":"idle","model":"scripted:idle"},{"name":"usual"}],
       "scenarios":["balanced"],"rounds":1,"n_turns":3,"label":"from the terminal"}
      """;

  private final AcceptanceStack stack = AcceptanceStack.shared();

  @TempDir Path folder;

  private record Result(int status, String out, String err) {}

  private Result run(boolean confirmed, String command, String... arguments) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    List<String> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of("--url", stack.stack().httpUrl().toString()));
    int status =
        Main.run(
            command,
            folder,
            all,
            stack.token(),
            new Main.Terminal(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                () -> confirmed,
                false));
    return new Result(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private int races() {
    return stack.client().get("/races?limit=100").expect(200).size();
  }

  @Test
  void startsARaceAfterItsEstimateIsConfirmedAndPrintsTheStandings() throws IOException {
    Files.writeString(folder.resolve("race.json"), RACE);
    int before = races();
    Result refused = run(false, "race", "race.json");
    assertEquals(1, refused.status(), refused.err());
    assertTrue(refused.err().startsWith("2 runs, 6 turns, 0 model calls"), refused.err());
    assertEquals(before, races(), "nothing is started");

    Result played = run(true, "race", "race.json");
    assertEquals(0, played.status(), played.err());
    assertTrue(played.err().contains("2 of 2 runs, 0 running, 0 failed"), played.err());
    List<String> lines = played.out().lines().toList();
    assertTrue(lines.get(0).startsWith("rank  profile"), played.out());
    assertTrue(lines.get(1).contains("usual"), played.out());
    assertTrue(lines.get(2).contains("idle"), played.out());
    assertEquals(before + 1, races());
  }

  @Test
  void estimatesOnlyAndPrintsJson() throws IOException {
    Files.writeString(folder.resolve("race.json"), RACE);
    int before = races();
    Result estimated = run(false, "race", "race.json", "--dry-run", "--json");
    assertEquals(0, estimated.status(), estimated.err());
    assertEquals(2, Json.read(estimated.out()).path("cells").asInt(), estimated.out());
    assertEquals(before, races());
  }

  @Test
  void showsAnExperimentAndARankingOfARace() throws IOException {
    PlayedComparisons played = PlayedComparisons.shared();
    Result experiment = run(false, "experiment", played.experiment());
    assertEquals(0, experiment.status(), experiment.err());
    assertTrue(experiment.out().contains("as it was (control)"), experiment.out());
    assertTrue(experiment.out().contains("rich"), experiment.out());

    Result ranking = run(false, "rank", "--race", played.race(), "--json");
    assertEquals(0, ranking.status(), ranking.err());
    JsonNode json = Json.read(ranking.out());
    assertEquals(1, json.path("races").asInt());
    Result table = run(false, "rank", "--race", played.race());
    assertTrue(table.out().startsWith("rank  player"), table.out());
  }

  @Test
  void explainsWhatIsWrong() throws IOException {
    assertEquals(2, run(true, "race").status());
    assertEquals(2, run(true, "race", "missing.json").status());
    assertEquals(2, run(true, "race", "race.json", "--fast").status());
    Files.writeString(folder.resolve("one.json"), "{\"profiles\":[{\"name\":\"alone\"}]}");
    Result one = run(true, "race", "one.json");
    assertEquals(1, one.status());
    assertTrue(one.err().contains("profiles") && one.err().contains("422"), one.err());
    assertFalse(one.err().contains("Exception"), one.err());
    Optional<String> none = Optional.of("not a token");
    assertEquals(
        1,
        Main.run(
            "rank",
            folder,
            List.of("--url", "http://localhost:1"),
            none,
            new Main.Terminal(System.out, System.err, () -> false, false)));
  }
}
