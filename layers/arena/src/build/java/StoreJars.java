import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/**
 * Rewrites the jars in a folder without compression. The archive that is deployed compresses each
 * jar as a whole, which makes it a third smaller than jars whose files are compressed one by one,
 * and classes are loaded without being decompressed. Runs on the JDK that runs the build.
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
      Path stored = Files.createTempFile(jar.getParent(), "stored-", ".tmp");
      store(jar, stored);
      Files.move(stored, jar, StandardCopyOption.REPLACE_EXISTING);
      jar.toFile().setReadable(true, false);
    }
  }

  private static void store(Path jar, Path stored) throws IOException {
    try (ZipFile from = new ZipFile(jar.toFile());
        ZipOutputStream to = new ZipOutputStream(Files.newOutputStream(stored))) {
      to.setMethod(ZipOutputStream.STORED);
      for (ZipEntry entry : (Iterable<ZipEntry>) from.stream().<ZipEntry>map(e -> e)::iterator) {
        if (entry.isDirectory()) {
          continue;
        }
        try (InputStream in = from.getInputStream(entry)) {
          byte[] content = in.readAllBytes();
          CRC32 checksum = new CRC32();
          checksum.update(content);
          ZipEntry copy = new ZipEntry(entry.getName());
          copy.setTimeLocal(entry.getTimeLocal()); // the same bytes in every time zone
          copy.setSize(content.length);
          copy.setCrc(checksum.getValue());
          to.putNextEntry(copy);
          to.write(content);
          to.closeEntry();
        }
      }
    }
  }
}
