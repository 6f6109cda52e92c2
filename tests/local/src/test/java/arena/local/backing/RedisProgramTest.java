package arena.local.backing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RedisProgramTest {
  @TempDir Path folder;

  private Path program(String name, String version) throws IOException {
    Path program = Files.createDirectories(folder.resolve(version)).resolve(name);
    Files.writeString(program, "#!/bin/sh\necho '" + version + "'\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return program;
  }

  private Path find(Path... folders) {
    String path = "";
    for (Path entry : folders) {
      path += (path.isEmpty() ? "" : ":") + entry;
    }
    return RedisProgram.find(folder.resolve("home"), Map.of("PATH", path));
  }

  @Test
  void usesARecentProgramOfTheMachine() throws IOException {
    Path old = program("redis-server", "Redis server v=6.2.14 sha=0");
    Path valkey = program("valkey-server", "Valkey server v=9.1.2 sha=0");
    Path redis = program("redis-server", "Redis server v=8.0.2 sha=0");
    assertEquals(redis, find(old.getParent(), valkey.getParent(), redis.getParent()));
    assertEquals(valkey, find(old.getParent(), valkey.getParent()));
  }

  @Test
  void usesTheProgramOfTheBuildWithoutARecentOne() throws Exception {
    Path old = program("redis-server", "Redis server v=6.2.14 sha=0");
    Path other = program("valkey-server", "not a version");
    Path carried = find(old.getParent(), other.getParent());
    assertEquals(folder.resolve("home"), carried.getParent());
    Process process = new ProcessBuilder(carried.toString(), "--version").start();
    String version = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(version.contains("v=7."), version);
    assertEquals(carried, find(), "it is extracted once");
  }

  @Test
  void usesTheProgramThatIsNamed() throws IOException {
    Path old = program("redis-server", "Redis server v=6.2.14 sha=0");
    Map<String, String> named = Map.of("PATH", "", RedisProgram.VARIABLE, old.toString());
    assertEquals(old, RedisProgram.find(folder, named));
    Map<String, String> missing = Map.of(RedisProgram.VARIABLE, folder + "/missing");
    assertThrows(BackingFailed.class, () -> RedisProgram.find(folder, missing));
  }
}
