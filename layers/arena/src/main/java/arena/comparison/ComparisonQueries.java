package arena.comparison;

import arena.agent.PriceTable;
import arena.catalog.Catalog;
import arena.catalog.RunPage;
import arena.ranking.Entry;
import arena.run.Run;
import arena.run.RunStatus;
import arena.statistics.RunOutcome;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Read-only queries over comparisons, and over the runs that rankings compare. */
public final class ComparisonQueries {
  /** Maximum number of runs of the catalog that are read for a ranking. */
  public static final int MAX_RUNS_READ = 2_000;

  private static final int PAGE = 100;

  private final Comparisons comparisons;
  private final Catalog catalog;

  public ComparisonQueries(Comparisons comparisons, Catalog catalog) {
    this.comparisons = comparisons;
    this.catalog = catalog;
  }

  /** Lists comparisons, newest first; see {@link Comparisons#list}. */
  public ComparisonPage list(ComparisonKind kind, int limit, Optional<String> cursor) {
    return comparisons.list(kind, limit, cursor);
  }

  /** Finds a comparison of a kind. */
  public Optional<Comparison> find(ComparisonKind kind, ComparisonId id) {
    return comparisons.find(id).filter(found -> found.kind() == kind);
  }

  /** Reads a comparison's cells, by number. */
  public List<Cell> cells(Comparison comparison) {
    return comparisons.cells(comparison);
  }

  /** The open comparisons in the order in which they may play. */
  public ComparisonQueue queue() {
    return comparisons.queue();
  }

  /** The result of an ended cell; empty for others. */
  public static Optional<RunOutcome> outcome(Cell cell) {
    return cell.outcome()
        .map(
            outcome ->
                new RunOutcome(
                    outcome.failure().isPresent(),
                    Optional.of(outcome.score()),
                    outcome.feudalT(),
                    outcome.costKnown() ? Optional.of(outcome.costUsd()) : Optional.empty()));
  }

  /** What a ranking ranks. */
  public enum By {
    /** Profiles, by their names. */
    PROFILE,
    /** Models. */
    MODEL;

    /** The name in JSON. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }

    private String player(arena.run.Profile profile) {
      return this == PROFILE ? profile.name() : profile.model();
    }
  }

  /**
   * The runs that a ranking compares: those that meet all conditions.
   *
   * @param model their model
   * @param scenario label of their scenario
   * @param promptVersion version of the prompt that they were created with; only for the catalog's
   * @param from earliest time of their start
   * @param to time before which they started
   */
  public record RunFilter(
      Optional<String> model,
      Optional<String> scenario,
      Optional<String> promptVersion,
      Optional<Instant> from,
      Optional<Instant> to) {
    /** Includes every run. */
    public static final RunFilter ALL =
        new RunFilter(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());

    private boolean matches(String model, String scenario, Instant start) {
      return this.model.stream().allMatch(model::equals)
          && this.scenario.stream().allMatch(scenario::equals)
          && from.stream().noneMatch(start::isBefore)
          && to.stream().allMatch(start::isBefore);
    }

    private boolean matches(Run run) {
      return matches(run.profile().model(), run.scenario(), run.createdAt())
          && promptVersion.stream()
              .allMatch(
                  version ->
                      run.prompt().filter(prompt -> prompt.version().equals(version)).isPresent());
    }
  }

  /** The ended cells of races as runs to rank. */
  public List<Entry> entries(List<Comparison> races, By by, RunFilter filter) {
    return races.stream()
        .flatMap(race -> entries(race, comparisons.cells(race), by, filter).stream())
        .toList();
  }

  /** The ended cells of a race as runs to rank. A round belongs to its race. */
  public static List<Entry> entries(Comparison race, List<Cell> cells, By by, RunFilter filter) {
    List<Entry> entries = new ArrayList<>();
    for (Cell cell : cells) {
      Optional<RunOutcome> outcome = outcome(cell);
      Design.CellPlan plan = cell.plan();
      Instant start = cell.startedAt().orElse(race.createdAt());
      if (outcome.isPresent() && filter.matches(plan.profile().model(), plan.scenario(), start)) {
        entries.add(
            new Entry(
                by.player(plan.profile()),
                plan.scenario(),
                String.format(Locale.ROOT, "%s/%03d", race.id(), plan.round()),
                outcome.get()));
      }
    }
    return entries;
  }

  /**
   * The ended runs of the catalog.
   *
   * @param complete whether all runs were read; otherwise only the newest {@value #MAX_RUNS_READ}
   */
  public record CatalogEntries(List<Entry> entries, boolean complete) {}

  /**
   * The ended runs of the catalog that are not forks, as runs to rank. A round has the runs of one
   * scenario and number of turns that are at the same position, by their start, among those of
   * their profile.
   */
  public CatalogEntries entriesOfRuns(By by, RunFilter filter) {
    List<Run> runs = new ArrayList<>();
    Optional<String> cursor = Optional.empty();
    int read = 0;
    boolean more = true;
    while (more && read < MAX_RUNS_READ) {
      RunPage page = catalog.list(Catalog.Filter.ALL, PAGE, cursor);
      read += page.runs().size();
      page.runs().stream()
          .filter(run -> run.origin().isEmpty())
          .filter(run -> run.status() == RunStatus.FAILED || run.summary().isPresent())
          .filter(filter::matches)
          .forEach(runs::add);
      cursor = page.next();
      boolean older =
          !page.runs().isEmpty()
              && filter.from().filter(page.runs().getLast().createdAt()::isBefore).isPresent();
      more = cursor.isPresent() && !older;
    }
    runs.sort(Comparator.comparing(Run::createdAt).thenComparing(run -> run.runId().value()));
    Map<List<Object>, Integer> positions = new HashMap<>();
    List<Entry> entries = new ArrayList<>();
    for (Run run : runs) {
      int position =
          positions.merge(
              List.of(run.profile().name(), run.scenario(), run.nTurns()), 1, Integer::sum);
      entries.add(
          new Entry(
              by.player(run.profile()),
              run.scenario(),
              String.format(Locale.ROOT, "%d turns/%06d", run.nTurns(), position),
              outcome(run)));
    }
    return new CatalogEntries(entries, !more);
  }

  private static RunOutcome outcome(Run run) {
    Function<Run.Summary, Double> cost = Run.Summary::totalCostUsd;
    return new RunOutcome(
        run.status() == RunStatus.FAILED,
        run.summary().map(Run.Summary::score),
        Optional.empty(),
        PriceTable.isCostKnown(run.profile().model()) ? run.summary().map(cost) : Optional.empty());
  }
}
