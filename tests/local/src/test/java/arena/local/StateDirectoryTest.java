package arena.local;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.iam.Credentials;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateDirectoryTest {
  private static final String WIDE = "rwxr-xr-x";
  @TempDir Path folder;

  private static String mode(Path file) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
  }

  private Path wide(String name) throws IOException {
    Path wide = Files.createDirectories(folder.resolve(name));
    Files.setPosixFilePermissions(wide, PosixFilePermissions.fromString(WIDE));
    return wide;
  }

  private static List<String> take(Path home) {
    List<String> warnings = new ArrayList<>();
    StateDirectory.take(Optional.of(home), warnings::add).close();
    return warnings;
  }

  @Test
  void isPrivateWithAllItsParts() throws IOException {
    Path home = folder.resolve("new/home");
    assertEquals(List.of(), take(home));
    assertEquals("rwx------", mode(home));
    for (String part : List.of("redis", "dynamodb", "s3", "states", "logs")) {
      assertEquals("rwx------", mode(home.resolve(part)), part);
    }
  }

  @Test
  void becomesPrivateAndSaysSo() throws IOException {
    Path home = wide("home");
    List<String> warnings = take(home);
    assertEquals(1, warnings.size());
    assertTrue(warnings.getFirst().contains(WIDE + ", owned by "), warnings.toString());
    assertEquals("rwx------", mode(home));
    assertEquals(List.of(), take(home));
  }

  @Test
  void keepsTheModeOfAFolderWithOtherFiles() throws IOException {
    Path home = wide("other");
    Files.writeString(home.resolve("letter.txt"), "x");
    List<String> warnings = take(home);
    assertTrue(warnings.getFirst().contains("chmod 700"), warnings.toString());
    assertEquals(WIDE, mode(home));
    try (Stream<Path> entries = Files.list(home)) {
      for (Path part : entries.filter(Files::isDirectory).toList()) {
        assertEquals("rwx------", mode(part), part.toString());
      }
    }
  }

  @Test
  void makesUpCredentialsOnce() throws IOException {
    Path home = folder.resolve("home");
    Credentials made;
    try (StateDirectory directory = StateDirectory.take(Optional.of(home))) {
      made = directory.credentials();
      assertEquals(made, directory.credentials());
      assertEquals("rw-------", mode(directory.credentialsFile()));
      assertTrue(made.secretAccessKey().length() >= 40);
      directory.redisPassword();
      assertEquals("rw-------", mode(home.resolve("redis-password")));
    }
    try (StateDirectory directory = StateDirectory.take(Optional.of(home))) {
      assertEquals(made, directory.credentials(), "kept across restarts");
    }
    try (StateDirectory other = StateDirectory.take(Optional.empty())) {
      assertTrue(!made.secretAccessKey().equals(other.credentials().secretAccessKey()));
    }
  }
}
