package arena.http;

import arena.comparison.CancelComparison;
import arena.comparison.Comparison;
import arena.comparison.ComparisonId;
import arena.comparison.ComparisonKind;
import arena.comparison.ComparisonRequest;
import arena.comparison.CreateComparison;
import arena.comparison.Design;
import arena.comparison.Estimate;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;

/** The routes that create, cancel and extend experiments and races. */
public final class ComparisonRoutes {
  private final IdempotentRequests idempotentRequests;
  private final Supplier<CreateComparison> create;
  private final Supplier<CancelComparison> cancel;

  private ComparisonRoutes(
      IdempotentRequests idempotentRequests,
      Supplier<CreateComparison> create,
      Supplier<CancelComparison> cancel) {
    this.idempotentRequests = idempotentRequests;
    this.create = create;
    this.cancel = cancel;
  }

  /**
   * Returns the routes by route key.
   *
   * @param idempotentRequests handles the {@code Idempotency-Key}
   */
  public static Map<String, Router.Route> over(
      IdempotentRequests idempotentRequests,
      Supplier<CreateComparison> create,
      Supplier<CancelComparison> cancel) {
    ComparisonRoutes routes = new ComparisonRoutes(idempotentRequests, create, cancel);
    return Map.of(
        "POST /experiments",
        request -> routes.create(request, ComparisonRequestReader::experiment),
        "POST /races",
        request -> routes.create(request, ComparisonRequestReader::race),
        "POST /experiments/{experiment_id}/cancel",
        request -> routes.cancel(request, ComparisonKind.EXPERIMENT),
        "POST /races/{race_id}/cancel",
        request -> routes.cancel(request, ComparisonKind.RACE),
        "POST /experiments/{experiment_id}/replicas",
        routes::addReplicas);
  }

  private Response create(Request request, Function<String, ? extends ComparisonRequest> reader) {
    request.allowQuery();
    String body = request.body();
    ComparisonRequest wanted = reader.apply(body);
    Design design = create.get().design(wanted);
    Estimate estimate = create.get().estimate(design, wanted.common().budget());
    if (wanted.common().dryRun()) {
      return Response.of(200, new DryRun(Plan.of(estimate)));
    }
    return idempotentRequests.handle(
        request,
        body,
        id -> {
          Comparison created =
              create.get().create(design, wanted.common(), ComparisonId.of(id.value()));
          return accepted(created, Plan.of(estimate));
        });
  }

  private static Response accepted(Comparison comparison, Plan plan) {
    String id = comparison.id().value();
    String status = comparison.status().label();
    return Response.of(
        202,
        switch (comparison.kind()) {
          case EXPERIMENT -> new CreatedExperiment(id, status, plan);
          case RACE -> new CreatedRace(id, status, plan);
        });
  }

  private record DryRun(Plan plan) {}

  private record CreatedExperiment(String experimentId, String status, Plan plan) {}

  private record CreatedRace(String raceId, String status, Plan plan) {}

  private record Plan(
      int cells,
      long turns,
      long modelCalls,
      long tokensIn,
      long tokensOut,
      double costUsd,
      boolean costKnown,
      boolean withinBudget,
      List<Basis> basis) {
    static Plan of(Estimate estimate) {
      return new Plan(
          estimate.cells(),
          estimate.turns(),
          estimate.modelCalls(),
          estimate.tokensIn(),
          estimate.tokensOut(),
          estimate.costUsd(),
          estimate.costKnown(),
          estimate.withinBudget(),
          estimate.basis().stream().map(Basis::of).toList());
    }
  }

  private record Basis(
      String profile,
      String model,
      String source,
      int runs,
      double tokensInPerTurn,
      double tokensOutPerTurn,
      double costUsdPerTurn) {
    static Basis of(Estimate.Basis basis) {
      return new Basis(
          basis.profile(),
          basis.model(),
          basis.source().label(),
          basis.runs(),
          basis.tokensInPerTurn(),
          basis.tokensOutPerTurn(),
          basis.costUsdPerTurn());
    }
  }

  private Response cancel(Request request, ComparisonKind kind) {
    request.allowQuery();
    String variable = kind.label() + "_id";
    ComparisonId id = request.pathComparisonId(variable);
    Comparison cancelled =
        cancel
            .get()
            .cancel(kind, id)
            .orElseThrow(
                () ->
                    ApiException.conflict(
                        "comparison_ended", "every run has already ended", variable));
    return changed(cancelled);
  }

  private Response addReplicas(Request request) {
    request.allowQuery();
    ComparisonId id = request.pathComparisonId("experiment_id");
    int replicas = ComparisonRequestReader.replicas(request.body());
    Comparison extended =
        create
            .get()
            .addReplicas(id, replicas)
            .orElseThrow(
                () ->
                    ApiException.conflict(
                        "comparison_ended",
                        "the experiment was cancelled, its budget is spent, or it changed"
                            + " meanwhile",
                        "experiment_id"));
    return changed(extended);
  }

  private static Response changed(Comparison comparison) {
    String id = comparison.id().value();
    String status = comparison.status().label();
    int cells = comparison.design().cells();
    return Response.of(
        202,
        switch (comparison.kind()) {
          case EXPERIMENT -> new ChangedExperiment(id, status, cells);
          case RACE -> new ChangedRace(id, status, cells);
        });
  }

  private record ChangedExperiment(String experimentId, String status, int cells) {}

  private record ChangedRace(String raceId, String status, int cells) {}
}
