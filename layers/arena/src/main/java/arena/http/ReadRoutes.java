package arena.http;

import arena.archive.Archive;
import arena.catalog.Catalog;
import arena.catalog.RunPage;
import arena.lifecycle.RunQueries;
import arena.run.Limits;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import com.fasterxml.jackson.annotation.JsonRawValue;
import com.fasterxml.jackson.annotation.JsonValue;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    return Response.of(200, Map.of("status", "ok"));
  }

  private Response runs(Request request) {
    request.allowQuery("limit", "cursor", "status", "parent_run_id", "text");
    Catalog.Filter filter =
        new Catalog.Filter(
            false, status(request), request.queryParent(), request.queryText("text"));
    RunPage page = page(request, filter);
    Response response = Response.of(200, page.runs().stream().map(RunJson.Row::of).toList());
    return withNextLink(response, request, page);
  }

  private Response summaries(Request request) {
    request.allowQuery("limit", "cursor");
    RunPage page = page(request, Catalog.Filter.ARCHIVED);
    Response response =
        Response.of(
            200,
            page.runs().stream()
                // archive address and summary are written together
                .map(run -> RunJson.Summary.of(run, run.summary().orElseThrow()))
                .toList());
    return withNextLink(response, request, page);
  }

  private Response run(Request request) {
    request.allowQuery();
    Run run = queries.get().run(request.pathRunId());
    return Response.of(200, RunJson.Run.of(run));
  }

  private record Series(RunId runId, String profileName, List<Archive.Point> points) {}

  private Response series(Request request) {
    request.allowQuery("run_id");
    List<Run> runs =
        request.queryRunIds(Limits.MAX_SERIES_RUNS).stream().map(queries.get()::run).toList();
    return Response.of(
        200,
        runs.stream()
            .map(run -> new Series(run.runId(), run.profile().name(), queries.get().series(run)))
            .toList());
  }

  private record Events(List<Raw> events, Optional<Long> nextFromSeq, String status) {}

  /** JSON that is written as it is: the same bytes as on the WebSocket. */
  private record Raw(@JsonValue @JsonRawValue String json) {}

  private Response events(Request request) {
    request.allowQuery("run_id", "from_seq", "limit");
    RunId runId = request.queryRunIds(1).getFirst();
    long fromSeq = request.integerQuery("from_seq", 1, Request.MAX_INTEGER, 1);
    int limit =
        Math.toIntExact(
            request.integerQuery("limit", 1, Limits.MAX_EVENTS_PAGE, Limits.MAX_EVENTS_PAGE));
    RunQueries.EventPage page =
        queries.get().events(runId, fromSeq, limit, Limits.MAX_EVENTS_PAGE_BYTES);
    return Response.of(
        200,
        new Events(
            page.envelopes().stream().map(envelope -> new Raw(envelope.json())).toList(),
            page.next().isPresent() ? Optional.of(page.next().getAsLong()) : Optional.empty(),
            page.status().label()));
  }

  private Response metrics(Request request) {
    request.allowQuery();
    return Response.of(200, queries.get().metrics());
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
