package arena.local.log;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.zip.CRC32;

/**
 * One file of a log, opened to be read from its start, a line at a time. It can be read to its end
 * whatever becomes of its name meanwhile.
 */
final class LogPart implements AutoCloseable {
  /** Longest line that is read; what goes beyond is cut off. */
  static final int MAX_LINE_BYTES = 1024 * 1024;

  private final InputStream in;
  private long offset;

  LogPart(InputStream in) {
    this.in = new BufferedInputStream(in, 64 * 1024);
  }

  /**
   * A line.
   *
   * @param offset where it begins in its file, in bytes
   * @param end where the next one begins
   */
  record Line(long offset, long end, String text) {
    /** Tells files apart by their first line: it stays when the file is set aside. */
    String mark() {
      CRC32 sum = new CRC32();
      sum.update(text.getBytes(StandardCharsets.UTF_8));
      return Long.toHexString(sum.getValue());
    }
  }

  /** The next whole line; none when there is no more, or when the last one is still written. */
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

  /** Goes on at this place, which is not before the present one. */
  void skipTo(long wanted) throws IOException {
    in.skipNBytes(wanted - offset);
    offset = wanted;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
