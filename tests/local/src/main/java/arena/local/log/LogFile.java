package arena.local.log;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A log file of bounded size. At its maximum it is renamed to {@code name.1}, and the newest {@code
 * KEPT} renamed files are kept. Thread-safe.
 */
public final class LogFile implements AutoCloseable {
  private static final int KEPT = 2;
  private final Path path;
  private final long maximum;
  private final LogFilter filter;
  private OutputStream out;
  private long size;
  private boolean closed;

  /** Writes that failed since the last that did not. */
  private long lost;

  /** Opens a log with files of at most 10 MB. */
  public LogFile(Path path) {
    this(path, LogFilter.NONE);
  }

  /** Opens a log with files of at most 10 MB, without the lines that a filter discards. */
  public LogFile(Path path, LogFilter filter) {
    this(path, 10_000_000, filter);
  }

  /** Opens a log with files of at most {@code maximum} bytes. */
  LogFile(Path path, long maximum) {
    this(path, maximum, LogFilter.NONE);
  }

  private LogFile(Path path, long maximum, LogFilter filter) {
    this.path = path;
    this.maximum = maximum;
    this.filter = filter;
    try {
      open();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open the log " + path, e);
    }
  }

  /** Returns the path of the current file. */
  public Path path() {
    return path;
  }

  /** Appends a line. */
  public void line(String text) {
    if (filter.forwards(text)) {
      write((text + "\n").getBytes(StandardCharsets.UTF_8), true);
    }
  }

  /** Appends bytes, which a filter needs to be whole lines; files are rotated at their end. */
  public void write(byte[] bytes, int offset, int length) {
    boolean lines = length > 0 && bytes[offset + length - 1] == '\n';
    if (lines && !filter.equals(LogFilter.NONE)) {
      new String(bytes, offset, length, StandardCharsets.UTF_8).lines().forEach(this::line);
      return;
    }
    byte[] copy = new byte[length];
    System.arraycopy(bytes, offset, copy, 0, length);
    write(copy, lines);
  }

  private synchronized void write(byte[] bytes, boolean endsLine) {
    if (closed) {
      return;
    }
    try {
      if (out == null) {
        open();
      }
      if (lost > 0) {
        out.write(("\n" + lost + " writes to this log failed\n").getBytes(StandardCharsets.UTF_8));
        lost = 0;
      }
      out.write(bytes);
      size += bytes.length;
      if (size >= maximum && (endsLine || size >= 2 * maximum)) {
        rotate();
      }
    } catch (IOException e) {
      // A full disk must neither fail what logs, nor fill the log with its own failure.
      lost++;
    }
  }

  private void rotate() throws IOException {
    OutputStream full = out;
    out = null;
    full.close();
    for (int age = KEPT; age >= 1; age--) {
      Path older = numbered(age);
      Path newer = age == 1 ? path : numbered(age - 1);
      if (Files.exists(newer)) {
        Files.move(newer, older, StandardCopyOption.REPLACE_EXISTING);
      }
    }
    open();
  }

  /** Opens all files for reading, oldest first; the caller closes them. */
  synchronized List<LogPart> parts() throws IOException {
    List<LogPart> parts = new ArrayList<>();
    try {
      for (int age = KEPT; age >= 0; age--) {
        Path file = age == 0 ? path : numbered(age);
        if (Files.exists(file)) {
          parts.add(new LogPart(Files.newInputStream(file)));
        }
      }
    } catch (IOException e) {
      for (LogPart part : parts) {
        part.close();
      }
      throw e;
    }
    return parts;
  }

  private Path numbered(int age) {
    return path.resolveSibling(path.getFileName() + "." + age);
  }

  private void open() throws IOException {
    Files.createDirectories(path.getParent());
    out =
        Files.newOutputStream(
            path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
    size = Files.size(path);
  }

  /** Closes the log; later writes are ignored. */
  @Override
  public synchronized void close() {
    closed = true;
    try {
      if (out != null) {
        out.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot close the log " + path, e);
    }
  }
}
