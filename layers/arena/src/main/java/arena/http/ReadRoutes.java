package arena.http;

import arena.archive.Archive;
import arena.broker.Broker;
import arena.catalog.Catalog;
import arena.catalog.RunPage;
import arena.lifecycle.RunQueries;
import arena.run.Limits;
import arena.run.Run;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Supplier;

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
    return Response.of(
        200,
        out -> {
          out.writeStartObject();
          out.writeStringField("status", "ok");
          out.writeEndObject();
        });
  }

  private Response runs(Request request) {
    RunPage page = page(request, Catalog.Filter.ALL);
    Response response =
        Response.of(
            200,
            out -> {
              out.writeStartArray();
              for (Run run : page.runs()) {
                RunJson.row(run, out);
              }
              out.writeEndArray();
            });
    return withNextLink(response, request, page);
  }

  private Response summaries(Request request) {
    RunPage page = page(request, Catalog.Filter.ARCHIVED);
    Response response =
        Response.of(
            200,
            out -> {
              out.writeStartArray();
              for (Run run : page.runs()) {
                // archive address and summary are written together
                RunJson.summary(run, run.summary().orElseThrow(), out);
              }
              out.writeEndArray();
            });
    return withNextLink(response, request, page);
  }

  private Response run(Request request) {
    request.allowQuery();
    Run run = queries.get().run(request.pathRunId());
    return Response.of(200, out -> RunJson.full(run, out));
  }

  private Response series(Request request) {
    request.allowQuery("run_id");
    List<Run> runs =
        request.queryRunIds(Limits.MAX_SERIES_RUNS).stream().map(queries.get()::run).toList();
    return Response.of(
        200,
        out -> {
          out.writeStartArray();
          for (Run run : runs) {
            out.writeStartObject();
            out.writeStringField("run_id", run.runId());
            out.writeStringField("profile_name", run.profile().name());
            out.writeArrayFieldStart("points");
            for (Archive.Point point : queries.get().series(run)) {
              out.writeStartObject();
              out.writeNumberField("turn", point.turn());
              out.writeNumberField("food", point.food());
              out.writeNumberField("wood", point.wood());
              out.writeNumberField("gold", point.gold());
              out.writeNumberField("stone", point.stone());
              out.writeNumberField("population", point.population());
              out.writeEndObject();
            }
            out.writeEndArray();
            out.writeEndObject();
          }
          out.writeEndArray();
        });
  }

  private Response events(Request request) {
    request.allowQuery("run_id", "from_seq", "limit");
    String runId = request.queryRunIds(1).getFirst();
    long fromSeq = request.integerQuery("from_seq", 1, Request.MAX_INTEGER, 1);
    int limit =
        Math.toIntExact(
            request.integerQuery("limit", 1, Limits.MAX_EVENTS_PAGE, Limits.MAX_EVENTS_PAGE));
    RunQueries.EventPage page =
        queries.get().events(runId, fromSeq, limit, Limits.MAX_EVENTS_PAGE_BYTES);
    return Response.of(
        200,
        out -> {
          out.writeStartObject();
          out.writeArrayFieldStart("events");
          for (Broker.Envelope envelope : page.envelopes()) {
            out.writeRawValue(envelope.json()); // the same bytes as on the WebSocket
          }
          out.writeEndArray();
          out.writeFieldName("next_from_seq");
          if (page.next().isPresent()) {
            out.writeNumber(page.next().getAsLong());
          } else {
            out.writeNull();
          }
          out.writeStringField("status", page.status().label());
          out.writeEndObject();
        });
  }

  private Response metrics(Request request) {
    request.allowQuery();
    RunQueries.Metrics metrics = queries.get().metrics();
    return Response.of(
        200,
        out -> {
          out.writeStartObject();
          out.writeNumberField("events_published", metrics.eventsPublished());
          out.writeNumberField("events_streamed", metrics.eventsStreamed());
          out.writeNumberField("streams_dropped", metrics.streamsDropped());
          out.writeNumberField("runs_open", metrics.runsOpen());
          out.writeEndObject();
        });
  }

  private RunPage page(Request request, Catalog.Filter filter) {
    request.allowQuery("limit", "cursor");
    return queries.get().list(filter, limit(request), request.query("cursor"));
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
    String cursor = URLEncoder.encode(page.next().get(), StandardCharsets.UTF_8);
    String target =
        String.format(Locale.ROOT, "%s?limit=%d&cursor=%s", request.path(), limit(request), cursor);
    return response.with("link", "<%s>; rel=\"next\"".formatted(target));
  }
}
