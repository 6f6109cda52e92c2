package arena.simulation.stores;

import arena.comparison.Budget;
import arena.comparison.Cell;
import arena.comparison.CellOutcome;
import arena.comparison.Comparison;
import arena.comparison.Comparison.Counts;
import arena.comparison.Comparison.Progress;
import arena.comparison.ComparisonCursor;
import arena.comparison.ComparisonId;
import arena.comparison.ComparisonKind;
import arena.comparison.ComparisonPage;
import arena.comparison.ComparisonQueue;
import arena.comparison.ComparisonStatus;
import arena.comparison.Comparisons;
import arena.comparison.Design.Experiment;
import arena.comparison.StopReason;
import arena.comparison.UnknownComparison;
import arena.error.Dependency;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/** The table of comparisons. Every method is atomic. */
public final class SimulatedComparisons implements Comparisons {
  private static final Comparator<Comparison> OLDEST_FIRST =
      Comparator.comparing(Comparison::createdAt)
          .thenComparing(comparison -> comparison.id().value());

  private final Map<ComparisonId, Comparison> plans = new LinkedHashMap<>();
  private final Map<ComparisonId, Map<Integer, Cell>> cells = new LinkedHashMap<>();
  private final Map<String, ComparisonId> claims = new TreeMap<>();
  private final Map<ComparisonId, Instant> queued = new LinkedHashMap<>();
  private final Network network;
  private final Observer observer;

  /** A table that is not observed. */
  public SimulatedComparisons(Network network) {
    this(network, Observer.NONE);
  }

  public SimulatedComparisons(Network network, Observer observer) {
    this.network = network;
    this.observer = observer;
  }

  private <T> T call(Call call, ComparisonId id, Supplier<T> effect) {
    return call(call, id.value(), call.changes() ? () -> observed(id, effect) : effect);
  }

  private <T> T observed(ComparisonId id, Supplier<T> effect) {
    Comparison before = plans.get(id);
    Map<Integer, Cell> cellsBefore = Map.copyOf(cells.getOrDefault(id, Map.of()));
    T result = effect.get();
    Comparison after = plans.get(id);
    if (before == null) {
      observer.created(after);
      return result;
    }
    for (Cell cell : cells.get(id).values()) {
      Cell earlier = cellsBefore.getOrDefault(cell.number(), before.unstarted(cell.number()));
      if (!cell.equals(earlier)) {
        observer.cellChanged(after, earlier, cell);
      }
    }
    if (!before.equals(after)) {
      observer.comparisonChanged(before, after);
    }
    return result;
  }

  private <T> T call(Call call, String about, Supplier<T> effect) {
    return network.call(
        call,
        about,
        () -> {
          synchronized (this) {
            return effect.get();
          }
        },
        message -> Dependency.COMPARISONS.unavailable(message, null));
  }

  /** The comparisons, without a call. */
  public synchronized List<Comparison> all() {
    return List.copyOf(plans.values());
  }

  /** The cells of a comparison, without a call. */
  public synchronized List<Cell> cellsOf(ComparisonId id) {
    return cellsNow(plan(id));
  }

  /** The providers that are claimed, without a call. */
  public synchronized Map<String, ComparisonId> claims() {
    return Map.copyOf(claims);
  }

  @Override
  public Comparison create(Comparison comparison) {
    return call(
        Call.COMPARISONS_CREATE,
        comparison.id(),
        () -> {
          Comparison existing = plans.putIfAbsent(comparison.id(), comparison);
          cells.computeIfAbsent(comparison.id(), _ -> new TreeMap<>());
          if (existing == null) {
            queued.put(comparison.id(), comparison.createdAt());
          }
          return existing == null ? comparison : existing;
        });
  }

  @Override
  public Optional<Comparison> find(ComparisonId id) {
    return call(Call.COMPARISONS_FIND, id, () -> Optional.ofNullable(plans.get(id)));
  }

  @Override
  public List<Cell> cells(Comparison comparison) {
    return call(Call.COMPARISONS_CELLS, comparison.id(), () -> cellsNow(comparison));
  }

  private List<Cell> cellsNow(Comparison comparison) {
    List<Cell> found = new ArrayList<>();
    for (int number = 0; number < comparison.design().cells(); number++) {
      found.add(cellNow(comparison, number));
    }
    return found;
  }

  private Cell cellNow(Comparison comparison, int number) {
    Cell started = cells.getOrDefault(comparison.id(), Map.of()).get(number);
    return started == null ? comparison.unstarted(number) : started;
  }

  @Override
  public Cell cell(Comparison comparison, int number) {
    return call(Call.COMPARISONS_CELL, comparison.id(), () -> cellNow(comparison, number));
  }

  @Override
  public ComparisonPage list(ComparisonKind kind, int limit, Optional<String> cursor) {
    requireLimit(limit, MAX_PAGE);
    Optional<ComparisonCursor> last = cursor.map(text -> ComparisonCursor.read(kind, text));
    return call(
        Call.COMPARISONS_LIST,
        kind.label(),
        () -> {
          List<Comparison> rest =
              plans.values().stream()
                  .filter(comparison -> comparison.kind() == kind)
                  .sorted(OLDEST_FIRST.reversed())
                  .filter(comparison -> last.stream().allMatch(at -> isBefore(comparison, at)))
                  .toList();
          List<Comparison> page = rest.stream().limit(limit).toList();
          return new ComparisonPage(
              page,
              rest.size() <= limit
                  ? Optional.empty()
                  : Optional.of(
                      new ComparisonCursor(kind, page.getLast().createdAt(), page.getLast().id())
                          .write()));
        });
  }

  private static boolean isBefore(Comparison comparison, ComparisonCursor last) {
    int byTime = comparison.createdAt().compareTo(last.createdAt());
    return byTime < 0 || (byTime == 0 && comparison.id().value().compareTo(last.id().value()) < 0);
  }

  @Override
  public List<Comparison> open(int limit) {
    requireLimit(limit, MAX_OPEN);
    return call(
        Call.COMPARISONS_OPEN,
        "open",
        () ->
            plans.values().stream()
                .filter(comparison -> comparison.progress().open())
                .sorted(OLDEST_FIRST)
                .limit(limit)
                .toList());
  }

  private static void requireLimit(int limit, int max) {
    if (limit < 1 || limit > max) {
      throw new IllegalArgumentException("limit: " + limit);
    }
  }

  /** The queue, without a call. */
  public synchronized ComparisonQueue queued() {
    return queueNow();
  }

  @Override
  public ComparisonQueue queue() {
    return call(Call.COMPARISONS_QUEUE, "queue", this::queueNow);
  }

  private ComparisonQueue queueNow() {
    return new ComparisonQueue(
        queued.entrySet().stream()
            .map(
                entry ->
                    new ComparisonQueue.Entry(
                        entry.getKey(),
                        entry.getValue(),
                        plan(entry.getKey()).design().providers(),
                        claims.containsValue(entry.getKey())))
            .sorted(
                Comparator.comparing(ComparisonQueue.Entry::since)
                    .thenComparing(entry -> entry.id().value()))
            .toList());
  }

  @Override
  public boolean wake(ComparisonId id, int generation) {
    return call(
        Call.COMPARISONS_WAKE,
        id,
        () -> {
          Progress now = plan(id).progress();
          if (now.status() != ComparisonStatus.WAITING || now.generation() != generation) {
            return false;
          }
          progress(
              id,
              progress ->
                  withGeneration(
                      withStatus(
                          progress, ComparisonStatus.RUNNING, Optional.empty(), Optional.empty()),
                      generation + 1,
                      true));
          return true;
        });
  }

  @Override
  public Optional<ComparisonId> claim(ComparisonId id) {
    return call(
        Call.COMPARISONS_CLAIM,
        id,
        () -> {
          Comparison comparison = plan(id);
          if (!comparison.status().startsCells()) {
            return Optional.empty();
          }
          Optional<ComparisonId> holder = queueNow().ahead(id).stream().findFirst();
          if (holder.isEmpty()) {
            comparison.design().providers().forEach(provider -> claims.put(provider, id));
          }
          progress(
              id,
              now ->
                  withStatus(
                      now,
                      holder.isPresent() ? ComparisonStatus.WAITING : ComparisonStatus.RUNNING,
                      now.stopReason(),
                      holder));
          return holder;
        });
  }

  @Override
  public boolean start(ComparisonId id, int cell, Instant at) {
    return call(
        Call.COMPARISONS_START,
        id,
        () -> {
          Comparison comparison = plan(id);
          Budget budget = comparison.budget();
          Progress now = comparison.progress();
          if (cells.get(id).containsKey(cell)
              || !now.status().startsCells()
              || budget.spentBy(now.costUsd(), now.turns())) {
            return false;
          }
          cells
              .get(id)
              .put(
                  cell,
                  new Cell(
                      comparison.design().cell(cell),
                      id.runOf(cell),
                      Cell.State.RUNNING,
                      Optional.empty(),
                      Optional.of(at),
                      Optional.empty(),
                      Optional.empty()));
          count(
              id,
              counts ->
                  new Counts(
                      counts.planned() - 1,
                      counts.running() + 1,
                      counts.complete(),
                      counts.failed(),
                      counts.notStarted()));
          return true;
        });
  }

  @Override
  public boolean end(ComparisonId id, int number, CellOutcome outcome, Instant at) {
    return call(
        Call.COMPARISONS_END,
        id,
        () -> {
          Cell cell = cells.get(id).get(number);
          if (cell == null || cell.state() != Cell.State.RUNNING) {
            return false;
          }
          cells
              .get(id)
              .put(
                  number,
                  new Cell(
                      cell.plan(),
                      cell.runId(),
                      outcome.state(),
                      Optional.empty(),
                      cell.startedAt(),
                      Optional.of(at),
                      Optional.of(outcome)));
          boolean failed = outcome.failure().isPresent();
          count(
              id,
              counts ->
                  new Counts(
                      counts.planned(),
                      counts.running() - 1,
                      counts.complete() + (failed ? 0 : 1),
                      counts.failed() + (failed ? 1 : 0),
                      counts.notStarted()));
          progress(
              id,
              now ->
                  new Progress(
                      now.status(),
                      now.stopReason(),
                      now.waitsFor(),
                      now.generation(),
                      now.open(),
                      now.cells(),
                      now.costUsd() + outcome.costUsd(),
                      now.costKnown() && outcome.costKnown(),
                      now.turns() + outcome.turns()));
          return true;
        });
  }

  @Override
  public boolean stop(ComparisonId id, StopReason reason) {
    return call(
        Call.COMPARISONS_STOP,
        id,
        () -> {
          if (!plan(id).status().startsCells()) {
            return false;
          }
          count(
              id,
              counts ->
                  new Counts(
                      0,
                      counts.running(),
                      counts.complete(),
                      counts.failed(),
                      counts.notStarted() + counts.planned()));
          progress(
              id, now -> withStatus(now, reason.status(), Optional.of(reason), Optional.empty()));
          return true;
        });
  }

  @Override
  public boolean addReplicas(Comparison read, int replicas, Instant at) {
    Experiment before = (Experiment) read.design();
    if (replicas <= before.replicas()) {
      throw new IllegalArgumentException("replicas: " + replicas);
    }
    return call(
        Call.COMPARISONS_ADD_REPLICAS,
        read.id(),
        () -> {
          Comparison comparison = plan(read.id());
          Progress now = comparison.progress();
          boolean reopens = !now.open() && now.status() == ComparisonStatus.COMPLETE;
          boolean same =
              ((Experiment) comparison.design()).replicas() == before.replicas()
                  && now.open() == read.progress().open();
          if (!same || !(reopens || (now.open() && now.status().startsCells()))) {
            return false;
          }
          Experiment after = before.withReplicas(replicas);
          int added = after.cells() - before.cells();
          change(read.id(), plan -> withDesign(plan, after));
          count(
              read.id(),
              counts ->
                  new Counts(
                      counts.planned() + added,
                      counts.running(),
                      counts.complete(),
                      counts.failed(),
                      counts.notStarted()));
          if (reopens) {
            queued.put(read.id(), at);
            progress(
                read.id(),
                progress ->
                    withGeneration(
                        withStatus(
                            progress, ComparisonStatus.RUNNING, Optional.empty(), Optional.empty()),
                        progress.generation() + 1,
                        true));
          }
          return true;
        });
  }

  @Override
  public boolean release(ComparisonId id) {
    return call(
        Call.COMPARISONS_RELEASE,
        id,
        () -> {
          Progress now = plan(id).progress();
          if (!now.open()) {
            return true;
          }
          if (now.cells().pending() > 0) {
            return false;
          }
          claims.values().removeIf(id::equals);
          queued.remove(id);
          progress(
              id,
              progress ->
                  withGeneration(
                      withStatus(
                          progress,
                          progress.status().startsCells()
                              ? ComparisonStatus.COMPLETE
                              : progress.status(),
                          progress.stopReason(),
                          Optional.empty()),
                      progress.generation(),
                      false));
          return true;
        });
  }

  @Override
  public boolean nextGeneration(ComparisonId id, int generation) {
    return call(
        Call.COMPARISONS_NEXT_GENERATION,
        id,
        () -> {
          Progress now = plan(id).progress();
          if (!now.open() || now.generation() != generation) {
            return false;
          }
          progress(id, progress -> withGeneration(progress, generation + 1, true));
          return true;
        });
  }

  private Comparison plan(ComparisonId id) {
    Comparison comparison = plans.get(id);
    if (comparison == null) {
      throw new UnknownComparison(id.value());
    }
    return comparison;
  }

  private void change(ComparisonId id, UnaryOperator<Comparison> change) {
    plans.computeIfPresent(id, (_, comparison) -> change.apply(comparison));
  }

  private void progress(ComparisonId id, UnaryOperator<Progress> change) {
    change(
        id,
        plan ->
            new Comparison(
                plan.id(),
                plan.label(),
                plan.createdAt(),
                plan.design(),
                plan.budget(),
                plan.seed(),
                change.apply(plan.progress())));
  }

  private void count(ComparisonId id, Function<Counts, Counts> change) {
    progress(
        id,
        now ->
            new Progress(
                now.status(),
                now.stopReason(),
                now.waitsFor(),
                now.generation(),
                now.open(),
                change.apply(now.cells()),
                now.costUsd(),
                now.costKnown(),
                now.turns()));
  }

  private static Comparison withDesign(Comparison plan, Experiment design) {
    return new Comparison(
        plan.id(),
        plan.label(),
        plan.createdAt(),
        design,
        plan.budget(),
        plan.seed(),
        plan.progress());
  }

  private static Progress withStatus(
      Progress now,
      ComparisonStatus status,
      Optional<StopReason> reason,
      Optional<ComparisonId> waitsFor) {
    return new Progress(
        status,
        reason,
        waitsFor,
        now.generation(),
        now.open(),
        now.cells(),
        now.costUsd(),
        now.costKnown(),
        now.turns());
  }

  private static Progress withGeneration(Progress now, int generation, boolean open) {
    return new Progress(
        now.status(),
        now.stopReason(),
        now.waitsFor(),
        generation,
        open,
        now.cells(),
        now.costUsd(),
        now.costKnown(),
        now.turns());
  }
}
