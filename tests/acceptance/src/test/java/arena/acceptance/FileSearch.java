package arena.acceptance;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Finds any of several texts in files, in one pass that skips most bytes (S. Wu and U. Manber, "A
 * fast algorithm for multi-pattern searching", 1994): a suite writes more than a gigabyte.
 */
final class FileSearch {
  /** Longest part of a file that is searched at once. */
  static final int PART = 1 << 20;

  /** Characters of a match that its predicate gets at most, and that two parts overlap. */
  static final int LOOK_AHEAD = 256;

  private final List<byte[]> texts;
  private final int shortest;

  /** For two bytes, how far the search moves on if a match may not end with them. */
  private final int[] shifts = new int[1 << 16];

  /**
   * @param texts of at least two characters, at most {@link #LOOK_AHEAD}
   */
  FileSearch(Collection<String> texts) {
    this.texts = texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    shortest = this.texts.stream().mapToInt(text -> text.length).min().orElseThrow();
    Arrays.fill(shifts, shortest - 1);
    for (byte[] text : this.texts) {
      for (int end = 1; end < shortest; end++) {
        int pair = pair(text, end);
        shifts[pair] = Math.min(shifts[pair], shortest - 1 - end);
      }
    }
  }

  private static int pair(byte[] bytes, int end) {
    return (bytes[end - 1] & 0xFF) << 8 | (bytes[end] & 0xFF);
  }

  /** Returns the regular files of a folder and of those in it. */
  static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(Files::isRegularFile).toList();
    }
  }

  /** Returns the files that have one of the texts, each with the first. */
  List<String> holders(Collection<Path> files) throws IOException {
    List<String> holders = new ArrayList<>();
    for (Path file : files) {
      find(file, _ -> true).ifPresent(found -> holders.add(file + ": " + found));
    }
    return holders;
  }

  /**
   * Returns what follows from the first place of a text that is accepted; empty if there is none,
   * or the file was deleted meanwhile.
   *
   * @param accepted gets the text and what follows, up to {@link #LOOK_AHEAD} characters
   */
  Optional<String> find(Path file, Predicate<String> accepted) throws IOException {
    byte[] part = new byte[PART + LOOK_AHEAD];
    try (InputStream input = Files.newInputStream(file)) {
      int kept = 0;
      while (true) {
        int length = kept + input.readNBytes(part, kept, part.length - kept);
        boolean last = length < part.length;
        Optional<String> found = find(part, length, last ? length : PART, accepted);
        if (found.isPresent() || last) {
          return found;
        }
        kept = LOOK_AHEAD;
        System.arraycopy(part, PART, part, 0, kept);
      }
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /** Searches for texts that begin before {@code bound}. */
  private Optional<String> find(byte[] part, int length, int bound, Predicate<String> accepted) {
    int end = shortest - 1;
    while (end < length && end - shortest + 1 < bound) {
      int shift = shifts[pair(part, end)];
      if (shift > 0) {
        end += shift;
        continue;
      }
      int begin = end - shortest + 1;
      for (byte[] text : texts) {
        if (startsWith(part, begin, length, text)) {
          int until = Math.min(length, begin + LOOK_AHEAD);
          String found = new String(part, begin, until - begin, StandardCharsets.ISO_8859_1);
          if (accepted.test(found)) {
            return Optional.of(found);
          }
        }
      }
      end++;
    }
    return Optional.empty();
  }

  private static boolean startsWith(byte[] part, int begin, int length, byte[] text) {
    return begin + text.length <= length
        && Arrays.equals(part, begin, begin + text.length, text, 0, text.length);
  }
}
