package arena.local.states;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * The events of one execution in an append-only file; line n is event n. Each event is written to
 * the operating system when it happens, so the file survives the process, but not a power failure.
 */
final class HistoryFile {
  /** Size of the blocks that are searched for the start of a line, in bytes. */
  private static final int BLOCK = 8 * 1024;

  private final Path file;

  private HistoryFile(Path file) {
    this.file = file;
  }

  /**
   * Creates a file with its first line.
   *
   * @throws java.nio.file.FileAlreadyExistsException if the file exists
   */
  static HistoryFile create(Path file, String firstLine) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes(firstLine), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new HistoryFile(file);
  }

  /** Opens a file. An incomplete last line is removed. */
  static HistoryFile open(Path file) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      long end = lineEnd(access, access.length());
      if (end < access.length()) {
        access.setLength(end);
      }
    }
    return new HistoryFile(file);
  }

  void append(String line) throws IOException {
    Files.write(file, bytes(line), StandardOpenOption.APPEND);
  }

  /** Returns the lines {@code from} to {@code to}, inclusive, from 1; fewer at the end. */
  List<String> lines(long from, long to) throws IOException {
    List<String> lines = new ArrayList<>();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      String line;
      for (long id = 1; id <= to && (line = reader.readLine()) != null; id++) {
        if (id >= from) {
          lines.add(line);
        }
      }
    }
    return lines;
  }

  /** Returns the last line; empty if there is none. */
  String lastLine() throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "r")) {
      long end = access.length();
      long start = lineEnd(access, end - 1);
      byte[] line = new byte[Math.toIntExact(Math.max(0, end - 1 - start))];
      access.seek(start);
      access.readFully(line);
      return new String(line, StandardCharsets.UTF_8);
    }
  }

  void delete() throws IOException {
    Files.deleteIfExists(file);
  }

  @Override
  public String toString() {
    return file.toString();
  }

  /** Returns the offset after the last line break before {@code end}; 0 if there is none. */
  private static long lineEnd(RandomAccessFile access, long end) throws IOException {
    byte[] block = new byte[BLOCK];
    for (long place = end; place > 0; ) {
      int length = (int) Math.min(BLOCK, place);
      access.seek(place - length);
      access.readFully(block, 0, length);
      for (int i = length - 1; i >= 0; i--) {
        if (block[i] == '\n') {
          return place - length + i + 1;
        }
      }
      place -= length;
    }
    return 0;
  }

  private static byte[] bytes(String line) {
    if (line.indexOf('\n') >= 0 || line.indexOf('\r') >= 0) {
      throw new IllegalArgumentException("an event must be one line");
    }
    return (line + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
