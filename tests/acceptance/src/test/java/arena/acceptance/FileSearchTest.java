package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileSearchTest {
  private static final List<String> TEXTS = List.of("aabab", "babaaa", "cabab");
  private static final FileSearch SEARCH = new FileSearch(TEXTS);

  @TempDir Path folder;

  private Optional<String> find(String content) throws IOException {
    Path file = Files.writeString(folder.resolve("file"), content);
    return SEARCH.find(file, _ -> true);
  }

  @Test
  void findsATextAcrossTheEndsOfParts() throws IOException {
    for (int length = 0; length < 12; length++) {
      for (int part : new int[] {0, FileSearch.PART, FileSearch.PART + FileSearch.LOOK_AHEAD}) {
        String before = "x".repeat(Math.max(0, part + length - 8));
        for (String text : TEXTS) {
          assertEquals(Optional.of(text + "z"), find(before + text + "z"), () -> text);
          assertEquals(Optional.of(text), find(before + text), () -> text);
        }
        assertEquals(Optional.empty(), find(before + "aaba"));
      }
    }
  }

  @Test
  void findsWhatAPlainSearchFinds() throws IOException {
    Random random = new Random(1);
    for (int i = 0; i < 500; i++) {
      StringBuilder content = new StringBuilder();
      int length = random.nextInt(40);
      for (int j = 0; j < length; j++) {
        content.append((char) ('a' + random.nextInt(3)));
      }
      int first =
          TEXTS.stream()
              .mapToInt(content::indexOf)
              .filter(at -> at >= 0)
              .min()
              .orElse(content.length());
      Optional<String> expected =
          first < content.length() ? Optional.of(content.substring(first)) : Optional.empty();
      assertEquals(expected, find(content.toString()), content::toString);
    }
  }

  @Test
  void goesOnAfterAPlaceThatIsNotAccepted() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "aabab-aabab+");
    assertEquals(Optional.of("aabab+"), SEARCH.find(file, found -> found.startsWith("aabab+")));
    assertEquals(Optional.empty(), SEARCH.find(file, found -> found.startsWith("aabab*")));
  }

  @Test
  void findsNothingInADeletedFile() throws IOException {
    assertEquals(Optional.empty(), SEARCH.find(folder.resolve("none"), _ -> true));
    assertEquals(List.of(), SEARCH.holders(FileSearch.files(folder)));
  }
}
