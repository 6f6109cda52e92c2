package arena.http;

import arena.archive.Archive;
import arena.catalog.Catalog;
import arena.catalog.RunPage;
import arena.json.Json;
import arena.lifecycle.RunQueries;
import arena.run.Limits;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** The read-only routes. */
public final class ReadRoutes {
  private final Supplier<RunQueries> queries;

  private ReadRoutes(Supplier<RunQueries> queries) {
    this.queries = queries;
  }

  /**
   * Returns the routes by route key.
   *
   * @param queries created lazily, because {@code /health} needs no store
   */
  public static Map<String, Router.Route> over(Supplier<RunQueries> queries) {
    ReadRoutes routes = new ReadRoutes(queries);
    return Map.of(
        "GET /health", routes::health,
        "GET /runs", routes::runs,
        "GET /runs/{run_id}", routes::run,
        "GET /runs/summaries", routes::summaries,
        "GET /runs/series", routes::series,
        "GET /events", routes::events,
        "GET /metrics", routes::metrics);
  }

  private Response health(Request request) {
    request.allowQuery();
    return Response.of(200, Json.object().put("status", "ok"));
  }

  private Response runs(Request request) {
    request.allowQuery("limit", "cursor", "status", "parent_run_id", "text");
    Catalog.Filter filter =
        new Catalog.Filter(
            false, status(request), request.queryParent(), request.queryText("text"));
    RunPage page = page(request, filter);
    Response response = Response.of(200, array(page.runs(), RunJson::row));
    return withNextLink(response, request, page);
  }

  private Response summaries(Request request) {
    request.allowQuery("limit", "cursor");
    RunPage page = page(request, Catalog.Filter.ARCHIVED);
    Response response =
        Response.of(
            200,
            array(
                page.runs(),
                // archive address and summary are written together
                run -> RunJson.summary(run, run.summary().orElseThrow())));
    return withNextLink(response, request, page);
  }

  private Response run(Request request) {
    request.allowQuery();
    Run run = queries.get().run(request.pathRunId());
    return Response.of(200, RunJson.run(run));
  }

  private Response series(Request request) {
    request.allowQuery("run_id");
    List<Run> runs =
        request.queryRunIds(Limits.MAX_SERIES_RUNS).stream().map(queries.get()::run).toList();
    return Response.of(200, array(runs, this::series));
  }

  private ObjectNode series(Run run) {
    ObjectNode json =
        Json.object().put("run_id", run.runId().value()).put("profile_name", run.profile().name());
    return json.set("points", array(queries.get().series(run), ReadRoutes::point));
  }

  private static ObjectNode point(Archive.Point point) {
    return Json.object()
        .put("turn", point.turn())
        .put("food", point.food())
        .put("wood", point.wood())
        .put("gold", point.gold())
        .put("stone", point.stone())
        .put("population", point.population());
  }

  private static <T> ArrayNode array(List<T> values, Function<T, ObjectNode> json) {
    ArrayNode array = Json.array();
    values.forEach(value -> array.add(json.apply(value)));
    return array;
  }

  private Response events(Request request) {
    request.allowQuery("run_id", "from_seq", "limit");
    RunId runId = request.queryRunIds(1).getFirst();
    long fromSeq = request.integerQuery("from_seq", 1, Request.MAX_INTEGER, 1);
    int limit =
        Math.toIntExact(
            request.integerQuery("limit", 1, Limits.MAX_EVENTS_PAGE, Limits.MAX_EVENTS_PAGE));
    RunQueries.EventPage page =
        queries.get().events(runId, fromSeq, limit, Limits.MAX_EVENTS_PAGE_BYTES);
    ObjectNode json = Json.object();
    ArrayNode events = json.putArray("events");
    // written as they are: the same bytes as on the WebSocket
    page.envelopes().forEach(envelope -> events.addRawValue(new RawValue(envelope.json())));
    json.put("next_from_seq", page.next().isPresent() ? page.next().getAsLong() : null);
    return Response.of(200, json.put("status", page.status().label()));
  }

  private Response metrics(Request request) {
    request.allowQuery();
    return Response.of(200, queries.get().metrics().toJson());
  }

  private RunPage page(Request request, Catalog.Filter filter) {
    return queries.get().list(filter, limit(request), request.query("cursor"));
  }

  private static Optional<RunStatus> status(Request request) {
    List<String> labels = Stream.of(RunStatus.values()).map(RunStatus::label).toList();
    return request
        .query("status")
        .map(
            label -> {
              if (!labels.contains(label)) {
                String limit = "one of " + String.join(", ", labels);
                throw ApiException.invalidField("status", limit, "status must be " + limit);
              }
              return RunStatus.fromLabel(label);
            });
  }

  private static int limit(Request request) {
    return Math.toIntExact(
        request.integerQuery("limit", 1, Limits.MAX_RUNS_PAGE, Limits.DEFAULT_RUNS_PAGE));
  }

  /** Adds a Link header with the next page's path (RFC 8288). */
  private static Response withNextLink(Response response, Request request, RunPage page) {
    if (page.next().isEmpty()) {
      return response;
    }
    return NextLink.add(
        response,
        request,
        limit(request),
        List.of("status", "parent_run_id", "text"),
        page.next().get());
  }
}
