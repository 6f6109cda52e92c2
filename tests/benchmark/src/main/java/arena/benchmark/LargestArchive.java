package arena.benchmark;

import arena.codec.Utf8;
import arena.event.Event;
import arena.journal.JournalEntry;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunId;
import arena.world.Scenario;
import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;

/**
 * Measures finalize-run and read-runs with the largest run, in processes with the memory that the
 * template gives them.
 */
final class LargestArchive implements Measurement {
  private static final int LIMIT = 1_000;

  /** Longest time that a page of a large run may take. */
  private static final Duration PAGE_LIMIT = Duration.ofSeconds(2);

  @Override
  public String title() {
    return String.format(Locale.ROOT, "largest run, %,d events", LargestRun.EVENTS);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    RunId runId = RunId.of(UUID.randomUUID());
    journal(stack, runId, LargestRun.events(runId));
    stack.progress("journaled");

    long start = System.nanoTime();
    long bytes = readJournal(stack, runId);
    long read = System.nanoTime();
    // Started only now, so that the processes are not idle before they are measured.
    archived(stack, PlayedGames.events(RunId.of(UUID.randomUUID()), LIMIT));
    long ready = System.nanoTime();
    archive(stack, runId);
    long archived = System.nanoTime();
    stack.progress("archived");
    List<Double> pages = pages(stack, runId);

    double journalMillis = (read - start) / 1e6;
    double archiveMillis = (archived - ready) / 1e6;
    double slowest = new Sample(pages).percentile(100);
    String size = Row.amount(bytes / 1e6) + " MB of payloads";
    List<Row> rows = new ArrayList<>();
    rows.add(
        Row.atMost(
            "largest run, archive time", archiveMillis / journalMillis, "times its journal's", 3));
    rows.addAll(memory(stack, "finalize-run", bytes));
    rows.addAll(memory(stack, "read-runs", bytes));
    rows.add(
        Row.atMost(
            "largest run, slowest page of its cold read",
            slowest / PAGE_LIMIT.toMillis(),
            "times 2 s",
            1));
    rows.add(Row.amount("largest run, archive time", archiveMillis, "ms", size));
    rows.add(
        Row.amount("largest run, page of its cold read, p50", Sample.median(pages), "ms", size));
    return rows;
  }

  /** A function's peak memory relative to what it has, and to the run's size. */
  private static List<Row> memory(MeasuredStack stack, String function, long bytes) {
    String what = "largest run, peak memory of " + function;
    if (stack.peakBytes(function).isEmpty()) {
      return List.of(Row.note(what, "this system does not report the memory of a process"));
    }
    double peak = stack.peakBytes(function).getAsLong();
    return List.of(
        Row.atMost(what, peak / stack.memoryBytes(function), "times its MemorySize", 0.75),
        Row.ratio(what, peak / bytes, "times the run's payloads"));
  }

  private static void archived(MeasuredStack stack, List<Event> events) {
    RunId runId = events.getFirst().runId();
    journal(stack, runId, events);
    archive(stack, runId);
    pages(stack, runId);
  }

  /** Creates a run with these events, in entries as turns write them. */
  private static void journal(MeasuredStack stack, RunId runId, Iterable<Event> events) {
    stack.isolate(runId);
    Run run =
        Run.requested(
            runId,
            "largest run",
            Profile.DEFAULT,
            null,
            Scenario.BALANCED.label(),
            LargestRun.TURNS,
            Instant.now());
    stack
        .journal()
        .create(run, new JournalEntry(runId, 0, List.of(), Optional.of(Scenario.BALANCED.start())));
    List<Event> entry = new ArrayList<>();
    for (Event event : events) {
      boolean first = event.kind().equals("turn_start") || event.kind().equals("llm_response");
      if (first && !entry.isEmpty()) {
        append(stack, entry);
        entry.clear();
      }
      entry.add(event);
    }
    append(stack, entry);
  }

  private static void append(MeasuredStack stack, List<Event> events) {
    Event first = events.getFirst();
    stack.journal().append(new JournalEntry(first.runId(), first.seq(), events, Optional.empty()));
  }

  /** Reads all events from the journal, and returns the size of their payloads. */
  private static long readJournal(MeasuredStack stack, RunId runId) {
    long bytes = 0;
    List<Event> page = stack.journal().events(runId, 1, LIMIT);
    while (!page.isEmpty()) {
      bytes += page.stream().mapToLong(event -> Utf8.length(event.payloadJson())).sum();
      page = stack.journal().events(runId, page.getLast().seq() + 1, LIMIT);
    }
    return bytes;
  }

  private static void archive(MeasuredStack stack, RunId runId) {
    stack.invoke(
        "finalize-run", "{\"run_id\":\"%s\",\"status\":\"complete\"}".formatted(runId.value()));
  }

  /** Reads all events by HTTP, and returns the time of each page, in milliseconds. */
  private static List<Double> pages(MeasuredStack stack, RunId runId) {
    List<Double> millis = new ArrayList<>();
    long next = 1;
    while (next > 0) {
      long start = System.nanoTime();
      JsonNode page =
          stack
              .client()
              .get(
                  String.format(
                      Locale.ROOT, "/events?run_id=%s&from_seq=%d&limit=%d", runId, next, LIMIT))
              .expect(200);
      millis.add((System.nanoTime() - start) / 1e6);
      next = page.path("next_from_seq").asLong(0);
    }
    return millis;
  }
}
