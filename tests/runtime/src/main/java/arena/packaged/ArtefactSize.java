package arena.packaged;

import arena.local.lambda.FunctionDefinition;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The size of what is deployed for a function: its code and its layers as zip archives. */
public final class ArtefactSize {
  /** Most bytes of a function without the layer of DuckDB. */
  public static final long LIMIT = 20_000_000;

  /** Sizes of layers, which most functions share and nothing builds while they are measured. */
  private static final Map<Path, Long> LAYERS = new ConcurrentHashMap<>();

  private ArtefactSize() {}

  /**
   * Returns the bytes of a function's archives.
   *
   * @throws IOException if one of them is not built, among other reasons
   */
  public static long of(FunctionDefinition function) throws IOException {
    long bytes = bytes(function.code());
    for (Path layer : function.packaging().layers()) {
      Long known = LAYERS.get(layer);
      long size = known == null ? bytes(layer) : known;
      LAYERS.put(layer, size);
      bytes += size;
    }
    return bytes;
  }

  /** Whether the archives of all functions are there. */
  public static boolean built(Collection<FunctionDefinition> functions) {
    return functions.stream()
        .allMatch(
            function ->
                Files.exists(function.code())
                    && function.packaging().layers().stream().allMatch(Files::exists));
  }

  /** Whether a function has the layer of DuckDB, which has its own size. */
  public static boolean hasDuckDb(FunctionDefinition function) {
    return function.packaging().layers().stream()
        .anyMatch(layer -> layer.toString().contains("duckdb"));
  }

  private static long bytes(Path code) throws IOException {
    if (Files.isRegularFile(code)) {
      return Files.size(code);
    }
    if (!Files.isDirectory(code)) {
      throw new IOException("not built: " + code + "; run ./arena build");
    }
    long[] count = {0};
    try (Stream<Path> files = Files.walk(code);
        ZipOutputStream zip = new ZipOutputStream(new CountingStream(count))) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile).sorted()::iterator) {
        zip.putNextEntry(new ZipEntry(code.relativize(file).toString()));
        Files.copy(file, zip);
        zip.closeEntry();
      }
    }
    return count[0];
  }

  private static final class CountingStream extends OutputStream {
    private final long[] count;

    CountingStream(long[] count) {
      this.count = count;
    }

    @Override
    public void write(int one) {
      count[0]++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) {
      count[0] += length;
    }
  }
}
