package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lists and events are read page by page. */
final class PaginationTest {
  private final ArenaClient arena = AcceptanceStack.shared().client();
  private final String parent = PlayedRuns.shared().parent();
  private final String fork = PlayedRuns.shared().fork();
  private final String failed = PlayedRuns.shared().failed();

  @Test
  void paginatesLists() {
    for (String path : List.of("/runs", "/runs/summaries")) {
      List<String> inLargePages = list(path, 100);
      List<String> inSmallPages = list(path, 2);

      assertTrue(inLargePages.containsAll(List.of(parent, fork, failed)), path);
      assertEquals(inLargePages, inSmallPages, path);
      assertEquals(new HashSet<>(inLargePages).size(), inLargePages.size(), path);
    }
  }

  /** Reads all ids of a list by following its Link headers. */
  private List<String> list(String path, int limit) {
    List<String> ids = new ArrayList<>();
    String next = String.format(Locale.ROOT, "%s?limit=%d", path, limit);
    for (int page = 0; !next.isEmpty(); page++) {
      assertTrue(page < 500, "too many pages");
      ArenaClient.Answer answer = arena.get(next);
      answer.expect(200).forEach(row -> ids.add(row.get("run_id").textValue()));
      next = answer.response().headers().firstValue("link").map(this::nextPage).orElse("");
    }
    return ids;
  }

  private String nextPage(String link) {
    Matcher next = Pattern.compile("<([^>]+)>; rel=\"next\"").matcher(link);
    assertTrue(next.matches(), link);
    return next.group(1);
  }

  @ParameterizedTest
  @MethodSource("pageSizes")
  void paginatesEvents(int limit) {
    List<Envelope> whole = arena.events(parent, 1);
    List<Envelope> paged = new ArrayList<>();
    JsonNode next = arena.get("/events?run_id=" + parent).json().get("events").get(0).get("seq");
    for (int page = 0; !next.isNull(); page++) {
      assertTrue(page <= whole.size(), "too many pages");
      ArenaClient.Answer answer =
          arena.get(
              String.format(
                  Locale.ROOT,
                  "/events?run_id=%s&from_seq=%d&limit=%d",
                  parent,
                  next.asLong(),
                  limit));
      paged.addAll(Envelope.allIn(answer.text()));
      next = answer.expect(200).get("next_from_seq");
    }

    assertEquals(whole, paged);
    assertEquals(
        IntStream.rangeClosed(1, whole.size()).boxed().toList(),
        paged.stream().map(envelope -> (int) envelope.seq()).toList());
  }

  private static IntStream pageSizes() {
    return IntStream.of(1, 2, 7, 1_000);
  }
}
