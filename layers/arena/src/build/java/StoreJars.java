import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Rewrites the jars in a folder without compression. The archive that is deployed compresses each
 * jar as a whole, which makes it a third smaller than jars whose files are compressed one by one,
 * and classes are loaded without being decompressed.
 */
public final class StoreJars {
  private StoreJars() {}

  /** Rewrites the jars in the folder that is the argument, and in its subfolders. */
  public static void main(String[] arguments) throws IOException {
    List<Path> jars;
    try (Stream<Path> files = Files.walk(Path.of(arguments[0]))) {
      jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
    }
    for (Path jar : jars) {
      write(jar, read(jar));
    }
  }

  /** A file in a jar. */
  record JarFile(String name, LocalDateTime time, byte[] content) {}

  /** Returns the files in a jar, in their order. */
  static List<JarFile> read(Path jar) throws IOException {
    List<JarFile> files = new ArrayList<>();
    try (ZipFile from = new ZipFile(jar.toFile())) {
      for (ZipEntry entry : (Iterable<ZipEntry>) from.stream().<ZipEntry>map(e -> e)::iterator) {
        if (!entry.isDirectory()) {
          try (InputStream in = from.getInputStream(entry)) {
            files.add(new JarFile(entry.getName(), entry.getTimeLocal(), in.readAllBytes()));
          }
        }
      }
    }
    return files;
  }

  /** Writes a jar, which any user may read. */
  static void write(Path jar, List<JarFile> files) throws IOException {
    Path stored = Files.createTempFile(jar.getParent(), "stored-", ".tmp");
    try (ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(stored))) {
      to.setMethod(ZipOutputStream.STORED);
      for (JarFile file : files) {
        CRC32 checksum = new CRC32();
        checksum.update(file.content());
        ZipEntry entry = new ZipEntry(file.name());
        entry.setTimeLocal(file.time()); // the same bytes in every time zone
        entry.setSize(file.content().length);
        entry.setCrc(checksum.getValue());
        to.putNextEntry(entry);
        to.write(file.content());
        to.closeEntry();
      }
    }
    Files.move(stored, jar, StandardCopyOption.REPLACE_EXISTING);
    jar.toFile().setReadable(true, false);
  }
}
