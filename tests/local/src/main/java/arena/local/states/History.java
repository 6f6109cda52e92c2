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
 * What happened in one execution: a file that only grows, one event a line, line n being event n.
 * It is handed to the operating system event by event, so it outlives the process, if not a loss of
 * power.
 */
final class History {
  /** Bytes that are read at once when a line's beginning is looked for. */
  private static final int BLOCK = 8 * 1024;

  private final Path file;

  private History(Path file) {
    this.file = file;
  }

  /**
   * A new one.
   *
   * @throws java.nio.file.FileAlreadyExistsException if there is one
   */
  static History create(Path file, String firstLine) throws IOException {
    Files.createDirectories(file.getParent());
    Files.write(file, bytes(firstLine), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    return new History(file);
  }

  /** One that is there. A last line that was not written to its end is dropped: it never was. */
  static History open(Path file) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      long end = lineEnd(access, access.length());
      if (end < access.length()) {
        access.setLength(end);
      }
    }
    return new History(file);
  }

  void append(String line) throws IOException {
    Files.write(file, bytes(line), StandardOpenOption.APPEND);
  }

  /**
   * The lines of the events {@code from} to {@code to}, both included, from 1; fewer at the end.
   */
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

  /** The last line; empty if there is none. */
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

  /** The place after the last line break before {@code end}; 0 if there is none. */
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
      throw new IllegalArgumentException("an event is one line");
    }
    return (line + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
