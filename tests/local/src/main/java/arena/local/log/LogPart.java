package arena.local.log;

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

  /** Bytes that were read but not returned, from {@code from} to {@code to}. */
  private final byte[] block = new byte[64 * 1024];

  private int from;
  private int to;

  /** The offset in the file of the byte at {@code from}. */
  private long offset;

  LogPart(InputStream in) {
    this.in = in;
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
    ByteArrayOutputStream before = new ByteArrayOutputStream(0);
    long begin = offset;
    while (fill()) {
      int end = lineEnd();
      int kept = Math.min(end - from, MAX_LINE_BYTES - before.size());
      if (end == to) {
        before.write(block, from, kept);
        advance(end);
        continue;
      }
      String text;
      if (before.size() == 0) {
        text = new String(block, from, kept, StandardCharsets.UTF_8);
      } else {
        before.write(block, from, kept);
        text = before.toString(StandardCharsets.UTF_8);
      }
      advance(end + 1);
      return Optional.of(new Line(begin, offset, text));
    }
    return Optional.empty();
  }

  /** Reads a block if all of the last one is used; returns false at the end of the file. */
  private boolean fill() throws IOException {
    if (from == to) {
      from = 0;
      to = Math.max(0, in.read(block));
    }
    return from < to;
  }

  /** Returns the index of the next line feed in the block; that of the block's end if none is. */
  private int lineEnd() {
    int end = from;
    while (end < to && block[end] != '\n') {
      end++;
    }
    return end;
  }

  private void advance(int index) {
    offset += index - from;
    from = index;
  }

  /** Skips to an offset, which must not be before the current one. */
  void skipTo(long wanted) throws IOException {
    int buffered = (int) Math.min(to - from, wanted - offset);
    advance(from + buffered);
    in.skipNBytes(wanted - offset);
    offset = wanted;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
