package arena.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** The routes of the console: its pages and files, and what the deployment offers. */
public final class ConsoleRoutes {
  private final ConsoleFiles files;
  private final ObjectNode deployment;
  private final String contentSecurityPolicy;

  private ConsoleRoutes(ConsoleFiles files, DeploymentJson.Settings settings) {
    this.files = files;
    deployment = DeploymentJson.of(files.version(), settings);
    contentSecurityPolicy = contentSecurityPolicy(settings);
  }

  /** Returns the routes by route key. */
  public static Map<String, Router.Route> over(
      ConsoleFiles files, DeploymentJson.Settings settings) {
    ConsoleRoutes routes = new ConsoleRoutes(files, settings);
    return Map.of(
        "GET /",
        request -> routes.page(request, "index.html"),
        "GET /docs",
        request -> routes.page(request, "docs.html"),
        "GET /openapi.yaml",
        request -> routes.page(request, "openapi.yaml"),
        "GET /console/{version}/{file}",
        routes::file,
        "GET /console/{version}/{folder}/{file}",
        routes::file,
        "GET /deployment",
        routes::deployment);
  }

  /**
   * Restricts pages to the console's own files and the addresses that it calls. Without unsafe
   * sources, text of a model cannot become a script or a style.
   */
  private static String contentSecurityPolicy(DeploymentJson.Settings settings) {
    return String.join(
        "; ",
        List.of(
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "font-src 'self'",
            "connect-src 'self' "
                + origin(settings.webSocketUrl())
                + " "
                + settings.payloadOrigin(),
            "base-uri 'none'",
            "form-action 'none'",
            "frame-ancestors 'none'"));
  }

  private static String origin(String url) {
    int path = url.indexOf('/', url.indexOf("://") + 3);
    return path < 0 ? url : url.substring(0, path);
  }

  /** A file with a fixed address: the browser asks each time whether it has changed. */
  private Response page(Request request, String name) {
    request.allowQuery();
    ConsoleFiles.File file =
        files.find(name).orElseThrow(() -> new IllegalStateException("the console has no " + name));
    Response response =
        request.header("if-none-match").equals(file.etag())
            ? Response.ofPlainText(304, "")
            : content(request, file);
    return response
        .with("cache-control", "no-cache")
        .with("etag", file.etag())
        .with("content-security-policy", contentSecurityPolicy)
        .with("referrer-policy", "no-referrer");
  }

  /** A file whose address changes with the content of the console. */
  private Response file(Request request) {
    request.allowQuery();
    Optional<String> folder = request.pathParameter("folder");
    String name =
        folder.map(parent -> parent + "/").orElse("") + request.pathParameter("file").orElse("");
    return request
        .pathParameter("version")
        .filter(files.version()::equals)
        .flatMap(_ -> files.find(name))
        .map(file -> content(request, file))
        .orElseThrow(() -> ApiException.notFound("unknown_file", "unknown file of the console"))
        .with("cache-control", "public, max-age=31536000, immutable")
        .with("content-security-policy", contentSecurityPolicy);
  }

  private static Response content(Request request, ConsoleFiles.File file) {
    boolean compressed = acceptsGzip(request.header("accept-encoding"));
    Response response =
        Response.ofBase64(file.contentType(), compressed ? file.gzip() : file.content())
            .with("vary", "accept-encoding");
    return compressed ? response.with("content-encoding", "gzip") : response;
  }

  /** Whether a client takes gzip: it names it, and without a weight of 0. */
  private static boolean acceptsGzip(String accepted) {
    return Stream.of(accepted.split(",", -1))
        .map(coding -> coding.replace(" ", ""))
        .anyMatch(
            coding ->
                coding.equals("gzip")
                    || (coding.startsWith("gzip;q=") && !coding.matches("gzip;q=0(\\.0*)?")));
  }

  private Response deployment(Request request) {
    request.allowQuery();
    return Response.of(200, deployment);
  }
}
