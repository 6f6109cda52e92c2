package arena.local.log;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * One file of a log, opened to be read line by line. It stays readable when it is renamed or
 * deleted meanwhile.
 */
final class LogPart implements AutoCloseable {
  /** Longest line; longer ones are truncated. */
  static final int MAX_LINE_BYTES = 1024 * 1024;

  private final InputStream in;
  private long offset;

  LogPart(InputStream in) {
    this.in = new BufferedInputStream(in, 64 * 1024);
  }

  /**
   * A line of a file.
   *
   * @param offset its first byte in the file
   * @param end the first byte of the next line
   */
  record Line(long offset, long end, String text) {
    /** Returns a checksum; that of the first line identifies a file, also after it is renamed. */
    String mark() {
      CRC32 sum = new CRC32();
      sum.update(text.getBytes(StandardCharsets.UTF_8));
      return Long.toHexString(sum.getValue());
    }
  }

  /** Returns the next complete line; none at the end of the file. */
  Optional<Line> next() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    long begin = offset;
    for (int b = in.read(); b >= 0; b = in.read()) {
      offset++;
      if (b == '\n') {
        return Optional.of(new Line(begin, offset, bytes.toString(StandardCharsets.UTF_8)));
      }
      if (bytes.size() < MAX_LINE_BYTES) {
        bytes.write(b);
      }
    }
    return Optional.empty();
  }

  /** Skips to an offset, which must not be before the current one. */
  void skipTo(long wanted) throws IOException {
    in.skipNBytes(wanted - offset);
    offset = wanted;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
