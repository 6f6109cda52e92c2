package arena.local.bom;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LicencesTest {
  private static final String MODULES =
      """
      {"group":"arena","name":"arena-layer","bom-ref":"layer"},
      {"group":"arena","name":"duckdb-layer","bom-ref":"duckdb"},
      {"group":"arena","name":"functions","bom-ref":"functions"},
      {"group":"arena","name":"tests","bom-ref":"tests"},
      """;

  private static final String DEPENDENCIES =
      """
      {"ref":"functions","dependsOn":["layer"]},
      {"ref":"layer","dependsOn":["client"]},
      {"ref":"client","dependsOn":["pool"]},
      {"ref":"tests","dependsOn":["server"]}
      """;

  @TempDir private Path folder;

  private List<Component> read(String modules, String poolLicence) throws IOException {
    String components =
        """
        {"group":"x","name":"client","version":"1","bom-ref":"client","licenses":[{"license":{"id":"MIT"}}]},
        {"group":"x","name":"pool","version":"2","bom-ref":"pool","licenses":[{"license":{"name":"%s"}}]},
        {"group":"x","name":"server","version":"3","bom-ref":"server","licenses":[{"license":{"id":"EPL-2.0"}}]}
        """
            .formatted(poolLicence);
    Path file = folder.resolve("bom.json");
    Files.writeString(
        file,
        "{\"components\":[" + modules + components + "],\"dependencies\":[" + DEPENDENCIES + "]}");
    return BillOfMaterials.read(file);
  }

  private List<Component> read(String poolLicence) throws IOException {
    return read(MODULES, poolLicence);
  }

  @Test
  void readsLibrariesAndWhetherTheyAreDeployed() throws IOException {
    assertEquals(
        List.of(
            new Component("x:client", "1", List.of("MIT"), true),
            new Component("x:pool", "2", List.of("Apache-2.0"), true),
            new Component("x:server", "3", List.of("EPL-2.0"), false)),
        read("Apache-2.0"));
  }

  @Test
  void allowsLicenceForToolsThatDeployedLibrariesMustNotHave() throws IOException {
    assertEquals(List.of(), LicencePolicy.violations(read("Apache-2.0")));
    assertEquals(
        List.of("x:pool"),
        LicencePolicy.violations(read("EPL-2.0")).stream().map(Component::name).toList());
  }

  @Test
  void rejectsLibraryWithoutLicence() {
    Component unknown = new Component("x:unknown", "1", List.of(), false);
    assertEquals(List.of(unknown), LicencePolicy.violations(List.of(unknown)));
  }

  @Test
  void listsOnlyDeployedLibraries() throws IOException {
    String page = LicencePage.of(read("Apache-2.0"));
    assertTrue(page.endsWith("| `x:client` | MIT |\n| `x:pool` | Apache-2.0 |\n"), page);
  }

  @Test
  void rejectsBillWithoutTheDeployedModules() {
    IOException invalid = assertThrows(IOException.class, () -> read("", "MIT"));
    assertTrue(invalid.getMessage().contains("does not have the modules"), invalid::getMessage);
  }
}
