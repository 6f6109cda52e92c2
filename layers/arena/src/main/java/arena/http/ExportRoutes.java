package arena.http;

import arena.archive.ArchiveLinks;
import arena.codec.Timestamps;
import arena.json.Json;
import arena.lifecycle.RunQueries;
import arena.run.Limits;
import arena.run.Run;
import arena.run.RunId;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** The route that gives one run as a file. */
public final class ExportRoutes {
  private static final String PARQUET = "parquet";
  private static final String LINES = "jsonl";

  private final Supplier<RunQueries> queries;
  private final Supplier<ArchiveLinks> links;

  private ExportRoutes(Supplier<RunQueries> queries, Supplier<ArchiveLinks> links) {
    this.queries = queries;
    this.links = links;
  }

  /**
   * Returns the routes by route key.
   *
   * @param queries created lazily
   * @param links created lazily
   */
  public static Map<String, Router.Route> over(
      Supplier<RunQueries> queries, Supplier<ArchiveLinks> links) {
    return Map.of("GET /runs/{run_id}/export", new ExportRoutes(queries, links)::export);
  }

  private Response export(Request request) {
    request.allowQuery("format", "from_seq");
    String format = request.query("format").orElse(PARQUET);
    if (!List.of(PARQUET, LINES).contains(format)) {
      String limit = "one of " + PARQUET + ", " + LINES;
      throw ApiException.invalidField("format", limit, "format must be " + limit);
    }
    RunId runId = request.pathRunId();
    if (format.equals(LINES)) {
      return lines(request, runId);
    }
    if (request.query("from_seq").isPresent()) {
      throw ApiException.invalidField(
          "from_seq", "only with format=" + LINES, "from_seq is for format=" + LINES);
    }
    return archive(request, queries.get().run(runId));
  }

  /** Redirects to the archive, or returns the link to a client that asks for JSON. */
  private Response archive(Request request, Run run) {
    if (!run.archived()) {
      throw ApiException.conflict(
          "not_archived", "the run is not archived yet; use format=" + LINES, "run_id");
    }
    ArchiveLinks.Link link = links.get().link(run);
    Response json =
        Response.of(
            200,
            Json.object()
                .put("url", link.url())
                .put("expires_at", Timestamps.write(link.expiresAt())));
    return request.header("accept").toLowerCase(Locale.ROOT).contains("json")
        ? json
        : json.withStatus(302).with("location", link.url());
  }

  /** Returns envelopes, one a line, with a link to the next ones. */
  private Response lines(Request request, RunId runId) {
    long fromSeq = request.integerQuery("from_seq", 1, Request.MAX_INTEGER, 1);
    RunQueries.EventPage page =
        queries.get().events(runId, fromSeq, Limits.MAX_EVENTS_PAGE, Limits.MAX_EVENTS_PAGE_BYTES);
    StringBuilder lines = new StringBuilder();
    page.envelopes().forEach(envelope -> lines.append(envelope.json()).append('\n'));
    Response response =
        Response.of(200, "application/x-ndjson", lines.toString())
            .with("content-disposition", "attachment; filename=\"run-%s.jsonl\"".formatted(runId));
    Optional<String> next =
        page.next().isPresent() && !page.envelopes().isEmpty()
            ? Optional.of(
                String.format(
                    Locale.ROOT,
                    "<%s?format=%s&from_seq=%d>; rel=\"next\"",
                    request.path(),
                    LINES,
                    page.next().getAsLong()))
            : Optional.empty();
    return next.map(link -> response.with("link", link)).orElse(response);
  }
}
