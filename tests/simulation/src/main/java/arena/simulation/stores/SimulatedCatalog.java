package arena.simulation.stores;

import arena.catalog.Catalog;
import arena.catalog.Counters;
import arena.catalog.InvalidCursor;
import arena.catalog.RunPage;
import arena.codec.Timestamps;
import arena.error.Dependency;
import arena.run.Failure;
import arena.run.Limits;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.run.UnknownRun;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.zip.CRC32;

/** The catalog over the simulated tables. */
public final class SimulatedCatalog implements Catalog {
  /** Subject of a call that concerns all runs. */
  private static final String ALL_RUNS = "";

  private final SimulatedTables tables;

  public SimulatedCatalog(SimulatedTables tables) {
    this.tables = tables;
  }

  private <T> T call(Call call, String about, Supplier<T> effect) {
    return tables
        .network()
        .call(call, about, effect, message -> Dependency.CATALOG.unavailable(message, null));
  }

  @Override
  public Optional<Run> find(RunId runId) {
    return call(Call.CATALOG_FIND, runId.value(), () -> tables.find(runId));
  }

  @Override
  public RunPage list(Filter filter, int limit, Optional<String> cursor) {
    if (limit < 1 || limit > Limits.MAX_RUNS_PAGE) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT, "limit must be from 1 to %d: %d", Limits.MAX_RUNS_PAGE, limit));
    }
    Optional<String> after = cursor.map(text -> readCursor(filter, text));
    return call(Call.CATALOG_LIST, ALL_RUNS, () -> page(filter, limit, after));
  }

  private RunPage page(Filter filter, int limit, Optional<String> after) {
    List<Run> newestFirst = tables.index(filter::matches, false).reversed();
    int from = 0;
    if (after.isPresent()) {
      while (from < newestFirst.size()
          && sortKey(newestFirst.get(from)).compareTo(after.get()) >= 0) {
        from++;
      }
    }
    int to = Math.min(newestFirst.size(), from + limit);
    List<Run> page = List.copyOf(newestFirst.subList(from, to));
    return new RunPage(
        page,
        to < newestFirst.size()
            ? Optional.of(writeCursor(filter, sortKey(page.getLast())))
            : Optional.empty());
  }

  /** Sort key of the index. */
  private static String sortKey(Run run) {
    return Timestamps.write(run.createdAt()) + "/" + run.runId();
  }

  private static String writeCursor(Filter filter, String sortKey) {
    String plain = index(filter) + "/" + sortKey;
    CRC32 check = new CRC32();
    check.update(plain.getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(plain.getBytes(StandardCharsets.UTF_8))
        + HexFormat.of().toHexDigits((int) check.getValue());
  }

  /** The index that DynamoDB's catalog would read. */
  private static String index(Filter filter) {
    return filter.parent().isPresent()
        ? "parent"
        : filter.status().isPresent() ? "status" : filter.archived() ? "archived" : "listed";
  }

  private static String readCursor(Filter filter, String text) {
    try {
      byte[] bytes = HexFormat.of().parseHex(text);
      String plain =
          new String(bytes, 0, Math.max(0, bytes.length - Integer.BYTES), StandardCharsets.UTF_8);
      String sortKey = plain.substring(plain.indexOf('/') + 1);
      if (plain.startsWith(index(filter) + "/") && writeCursor(filter, sortKey).equals(text)) {
        return sortKey;
      }
    } catch (IllegalArgumentException e) {
      // not hexadecimal: rejected below
    }
    throw new InvalidCursor();
  }

  @Override
  public List<Run> held(int limit) {
    if (limit < 1 || limit > MAX_HELD) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "limit of held must be from 1 to %d: %d", MAX_HELD, limit));
    }
    return call(
        Call.CATALOG_HELD,
        ALL_RUNS,
        () -> tables.index(_ -> true, true).stream().limit(limit).toList());
  }

  @Override
  public Counters counters() {
    return call(Call.CATALOG_COUNTERS, ALL_RUNS, tables::counters);
  }

  @Override
  public void countDeliveries(RunId runId, Deliveries deliveries) {
    call(
        Call.CATALOG_COUNT_DELIVERIES,
        runId.value(),
        () -> {
          tables.countDeliveries(deliveries);
          return null;
        });
  }

  @Override
  public boolean fail(RunId runId, Failure failure, Instant at) {
    return fail(Call.CATALOG_FAIL, runId, Optional.empty(), failure, at);
  }

  @Override
  public boolean abandon(RunId runId, long nEvents, Failure failure, Instant at) {
    return fail(Call.CATALOG_ABANDON, runId, Optional.of(nEvents), failure, at);
  }

  private boolean fail(
      Call call, RunId runId, Optional<Long> nEvents, Failure failure, Instant at) {
    boolean[] ours = new boolean[1];
    return call(
        call,
        runId.value(),
        () -> {
          ours[0] |=
              tables.change(
                  runId,
                  run ->
                      run.status() == RunStatus.RUNNING
                              && nEvents.stream().allMatch(n -> n == run.nEvents())
                          ? Optional.of(run.withFailure(failure, at))
                          : Optional.empty());
          return ours[0];
        });
  }

  @Override
  public boolean markArchived(RunId runId, String dbPath, Run.Summary summary, Instant at) {
    if (dbPath.isEmpty()) {
      throw new IllegalArgumentException("the archive address must not be empty");
    }
    return call(
        Call.CATALOG_ARCHIVED,
        runId.value(),
        () -> {
          boolean first = !requireKnown(runId).archived();
          tables.change(
              runId,
              run ->
                  run.archived()
                      ? Optional.empty()
                      : Optional.of(run.withArchive(dbPath, summary, at)));
          return first;
        });
  }

  @Override
  public void markDeparted(RunId runId, int t) {
    call(
        Call.CATALOG_DEPARTED,
        runId.value(),
        () -> {
          requireKnown(runId);
          tables.change(runId, run -> Optional.of(run.withProgress(run.progress().departedAt(t))));
          return null;
        });
  }

  @Override
  public void markReleased(List<RunId> runIds) {
    if (runIds.isEmpty() || runIds.size() > MAX_RELEASED) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "1 to %d runs: %d", MAX_RELEASED, runIds.size()));
    }
    call(
        Call.CATALOG_RELEASED,
        runIds.getFirst().value(),
        () -> {
          for (RunId runId : runIds) {
            if (requireKnown(runId).status() == RunStatus.RUNNING) {
              throw new IllegalStateException(
                  "run %s is running and cannot be released".formatted(runId));
            }
          }
          runIds.forEach(tables::release);
          return null;
        });
  }

  private Run requireKnown(RunId runId) {
    return tables.find(runId).orElseThrow(() -> new UnknownRun(runId));
  }
}
