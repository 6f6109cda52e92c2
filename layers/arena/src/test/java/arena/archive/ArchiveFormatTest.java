package arena.archive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.event.Event;
import arena.run.RunId;
import arena.run.Usage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives stay readable when DuckDB is updated. */
class ArchiveFormatTest {
  @Test
  void readsAnArchiveThatDuckDb15Wrote(@TempDir Path folder) throws IOException {
    DuckDb duckDb = DuckDb.in(folder);
    Path file = duckDb.folder().resolve("duckdb-1.5.parquet");
    try (InputStream written = getClass().getResourceAsStream("duckdb-1.5.parquet")) {
      Files.copy(written, file);
    }
    ParquetFiles files = new ParquetFiles(duckDb);

    assertTrue(files.extent(file).isComplete(4));
    assertEquals(new ParquetFiles.Totals(0.25, 1, Usage.NONE), files.totals(file));
    List<Event> events = files.events(file, 1, 5, 1_000_000);
    assertEquals(
        List.of("observation", "llm_response", "action_result", "of_later"),
        events.stream().map(Event::kind).toList());
    assertTrue(events.get(1).payloadJson().contains("café → 漢"), events.get(1).payloadJson());
    assertEquals(
        new Event(
            RunId.of("0123456789abcdef0123456789abcdef"),
            4,
            "basic",
            1,
            "of_later",
            "{\"any\": [1, 2.50, null]}",
            Instant.parse("2026-11-01T12:00:00.126456Z"),
            7),
        events.get(3));
  }
}
