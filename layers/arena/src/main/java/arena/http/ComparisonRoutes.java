package arena.http;

import arena.comparison.CancelComparison;
import arena.comparison.Comparison;
import arena.comparison.ComparisonId;
import arena.comparison.ComparisonKind;
import arena.comparison.ComparisonRequest;
import arena.comparison.CreateComparison;
import arena.comparison.Design;
import arena.comparison.Estimate;
import arena.json.Json;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
      ObjectNode dryRun = Json.object();
      dryRun.set("plan", plan(estimate));
      return Response.of(200, dryRun);
    }
    return idempotentRequests.handle(
        request,
        body,
        id -> {
          Comparison created =
              create.get().create(design, wanted.common(), ComparisonId.of(id.value()));
          return accepted(created, estimate);
        });
  }

  private static Response accepted(Comparison comparison, Estimate estimate) {
    ObjectNode json = identified(comparison);
    json.set("plan", plan(estimate));
    return Response.of(202, json);
  }

  private static ObjectNode identified(Comparison comparison) {
    return Json.object()
        .put(comparison.kind().label() + "_id", comparison.id().value())
        .put("status", comparison.status().label());
  }

  private static ObjectNode plan(Estimate estimate) {
    ObjectNode plan =
        Json.object()
            .put("cells", estimate.cells())
            .put("turns", estimate.turns())
            .put("model_calls", estimate.modelCalls())
            .put("tokens_in", estimate.tokensIn())
            .put("tokens_out", estimate.tokensOut())
            .put("cost_usd", estimate.costUsd())
            .put("cost_known", estimate.costKnown())
            .put("within_budget", estimate.withinBudget());
    ArrayNode basis = plan.putArray("basis");
    for (Estimate.Basis one : estimate.basis()) {
      basis
          .addObject()
          .put("profile", one.profile())
          .put("model", one.model())
          .put("source", one.source().label())
          .put("runs", one.runs())
          .put("tokens_in_per_turn", one.tokensInPerTurn())
          .put("tokens_out_per_turn", one.tokensOutPerTurn())
          .put("cost_usd_per_turn", one.costUsdPerTurn());
    }
    return plan;
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
    return Response.of(202, identified(comparison).put("cells", comparison.design().cells()));
  }
}
