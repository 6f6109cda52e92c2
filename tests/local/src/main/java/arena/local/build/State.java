package arena.local.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What a module's class files were compiled from.
 *
 * @param against what it was compiled against: libraries and interfaces of other modules
 * @param files each source and resource, with its time and size
 * @param interfaces each class that can be named elsewhere, with a digest of its interface
 */
record State(String against, Map<String, String> files, Map<String, String> interfaces) {
  /** Reads a module's state; empty if it is unknown. */
  static Optional<State> read(Path file) throws IOException {
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    String against = "";
    Map<String, String> files = new TreeMap<>();
    Map<String, String> interfaces = new TreeMap<>();
    for (String line : Files.readAllLines(file)) {
      String[] parts = line.split("\t", 3);
      switch (parts[0]) {
        case "against" -> against = parts[1];
        case "file" -> files.put(parts[2], parts[1]);
        default -> interfaces.put(parts[2], parts[1]);
      }
    }
    return Optional.of(new State(against, files, interfaces));
  }

  /** Writes it. */
  void write(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add("against\t" + against);
    files.forEach((name, stamp) -> lines.add("file\t" + stamp + "\t" + name));
    interfaces.forEach((name, digest) -> lines.add("class\t" + digest + "\t" + name));
    Files.createDirectories(file.getParent());
    Files.write(file, lines);
  }

  /** A digest of all interfaces. */
  String interfaceDigest() {
    return digest(interfaces.toString());
  }

  /** A digest of a text. */
  static String digest(String text) {
    try {
      byte[] bytes =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(bytes, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
