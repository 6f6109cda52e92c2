package arena.http;

import static java.nio.charset.StandardCharsets.UTF_8;

import arena.text.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/**
 * The files of the console, read and compressed once, and the version that is part of their
 * addresses: a hash of their content. Only files of a known type are served.
 */
public final class ConsoleFiles {
  private static final String FOLDER = "console";

  /** Characters of the hash that make the version. */
  private static final int VERSION_LENGTH = 16;

  /** Content types by the extension of the file's name. */
  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "mjs", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml",
          "yaml", "application/yaml; charset=utf-8");

  /** How a page refers to the files next to it; replaced by their addresses. */
  private static final String NEXT_TO_PAGE = "=\"./";

  private final Map<String, File> files;
  private final String version;

  /**
   * A file.
   *
   * @param content its bytes, in base64
   * @param gzip its bytes compressed, in base64
   * @param etag a strong validator, in quotes
   */
  record File(String contentType, String content, String gzip, String etag) {
    static File of(String contentType, byte[] content) {
      Base64.Encoder base64 = Base64.getEncoder();
      return new File(
          contentType,
          base64.encodeToString(content),
          base64.encodeToString(compress(content)),
          '"' + hash(content) + '"');
    }
  }

  private ConsoleFiles(Map<String, byte[]> contents) {
    StringBuilder hashes = new StringBuilder();
    new TreeMap<>(contents)
        .forEach((name, content) -> hashes.append(name).append('\0').append(hash(content)));
    version = hash(hashes.toString().getBytes(UTF_8));
    Map<String, File> read = new HashMap<>();
    contents.forEach(
        (name, content) -> {
          String type = Objects.requireNonNull(TYPES.get(extension(name)), name);
          read.put(name, File.of(type, name.endsWith(".html") ? page(content) : content));
        });
    files = Map.copyOf(read);
  }

  /**
   * Reads the folder {@code console} of a jar or of a folder with class files.
   *
   * @throws IllegalStateException if it has none
   */
  public static ConsoleFiles in(Path code) {
    try {
      if (Files.isDirectory(code)) {
        return read(code.resolve(FOLDER));
      }
      try (FileSystem jar = FileSystems.newFileSystem(code)) {
        return read(jar.getPath(FOLDER));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ConsoleFiles read(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      throw new IllegalStateException("the function's code has no folder " + FOLDER);
    }
    Map<String, byte[]> contents = new HashMap<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = folder.relativize(file).toString().replace('\\', '/');
        if (TYPES.containsKey(extension(name))) {
          contents.put(name, Files.readAllBytes(file));
        }
      }
    }
    return new ConsoleFiles(contents);
  }

  /** The hash of all files, which is part of their addresses. */
  String version() {
    return version;
  }

  /** Finds a file by its path in the folder. */
  Optional<File> find(String name) {
    return Optional.ofNullable(files.get(name));
  }

  /** A page with the addresses of the files next to it, which are relative to the root. */
  private byte[] page(byte[] html) {
    return new String(html, UTF_8)
        .replace(NEXT_TO_PAGE, "=\"" + FOLDER + "/" + version + "/")
        .getBytes(UTF_8);
  }

  private static String extension(String name) {
    return name.substring(name.lastIndexOf('.') + 1);
  }

  private static byte[] compress(byte[] content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
      out.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // not in memory
    }
    return bytes.toByteArray();
  }

  private static String hash(byte[] content) {
    return Sha256.hex(content).substring(0, VERSION_LENGTH);
  }
}
