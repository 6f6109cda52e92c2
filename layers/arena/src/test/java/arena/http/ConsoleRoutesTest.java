package arena.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.agent.OfferedModels;
import arena.run.Profile;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPEvent;
import com.amazonaws.services.lambda.runtime.events.APIGatewayV2HTTPResponse;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages and files of the console, and what a deployment offers. */
class ConsoleRoutesTest {
  private static final DeploymentJson.Settings SETTINGS =
      new DeploymentJson.Settings(
          "wss://ws.example.com/live",
          true,
          new OfferedModels("amazon.nova-*", false, false),
          "https://bucket.s3.example.com");
  private static final String SCRIPT = "export const a = 1; // ü";

  @TempDir private Path code;
  private Router router;

  @BeforeEach
  void writeFiles() throws IOException {
    write("index.html", "<script type=\"module\" src=\"./main.js\"></script>");
    write("docs.html", "<link href=\"./docs.css\">");
    write("openapi.yaml", "openapi: 3.1.0");
    write("main.js", SCRIPT);
    write("views/runs.js", "import \"../main.js\";");
    write("README.md", "not served");
    router = router(code);
  }

  private void write(String name, String text) throws IOException {
    Path file = code.resolve("console").resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static Router router(Path code) {
    return new Router(ConsoleRoutes.over(ConsoleFiles.in(code), SETTINGS));
  }

  private APIGatewayV2HTTPResponse get(String route, Map<String, String> headers, String... path) {
    Map<String, String> parameters = new HashMap<>();
    List<String> names =
        path.length == 2 ? List.of("version", "file") : List.of("version", "folder", "file");
    for (int i = 0; i < path.length; i++) {
      parameters.put(names.get(i), path[i]);
    }
    return router.handle(
        APIGatewayV2HTTPEvent.builder()
            .withRouteKey(route)
            .withHeaders(headers)
            .withPathParameters(parameters)
            .build(),
        "-");
  }

  private APIGatewayV2HTTPResponse file(String... path) {
    return get(
        path.length == 2
            ? "GET /console/{version}/{file}"
            : "GET /console/{version}/{folder}/{file}",
        Map.of(),
        path);
  }

  private static String text(APIGatewayV2HTTPResponse response) {
    assertTrue(response.getIsBase64Encoded());
    return new String(Base64.getDecoder().decode(response.getBody()), UTF_8);
  }

  private JsonNode deployment() throws IOException {
    return JsonMapper.builder().build().readTree(get("GET /deployment", Map.of()).getBody());
  }

  private String version() throws IOException {
    return deployment().get("version").textValue();
  }

  @Test
  void pageLinksFilesByTheVersion() throws IOException {
    APIGatewayV2HTTPResponse page = get("GET /", Map.of());
    assertEquals(200, page.getStatusCode());
    assertEquals(
        "<script type=\"module\" src=\"console/" + version() + "/main.js\"></script>", text(page));
    assertEquals("text/html; charset=utf-8", page.getHeaders().get("content-type"));
    assertEquals("no-cache", page.getHeaders().get("cache-control"));
    assertEquals(
        "<link href=\"console/" + version() + "/docs.css\">", text(get("GET /docs", Map.of())));
  }

  @Test
  void restrictsPagesToTheConsolesOwnFilesAndAddresses() {
    for (String page : List.of("GET /", "GET /docs")) {
      Map<String, String> headers = get(page, Map.of()).getHeaders();
      assertEquals(
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src"
              + " 'self'; connect-src 'self' wss://ws.example.com https://bucket.s3.example.com;"
              + " base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
          headers.get("content-security-policy"));
      assertEquals("nosniff", headers.get("x-content-type-options"));
      assertEquals("no-referrer", headers.get("referrer-policy"));
    }
  }

  @Test
  void returns304ForAPageThatTheClientHas() throws IOException {
    String etag = get("GET /", Map.of()).getHeaders().get("etag");
    APIGatewayV2HTTPResponse again = get("GET /", Map.of("if-none-match", etag));
    assertEquals(304, again.getStatusCode());
    assertEquals("", again.getBody());
    assertEquals(etag, again.getHeaders().get("etag"));

    write("main.js", SCRIPT + "!");
    router = router(code);
    assertEquals(200, get("GET /", Map.of("if-none-match", etag)).getStatusCode());
  }

  @Test
  void servesFilesForeverAtAddressesWithTheVersion() throws IOException {
    APIGatewayV2HTTPResponse file = file(version(), "main.js");
    assertEquals(SCRIPT, text(file));
    assertEquals("text/javascript; charset=utf-8", file.getHeaders().get("content-type"));
    assertEquals("public, max-age=31536000, immutable", file.getHeaders().get("cache-control"));
    assertEquals("import \"../main.js\";", text(file(version(), "views", "runs.js")));
  }

  @Test
  void versionChangesWithAnyFile() throws IOException {
    String before = version();
    router = router(code);
    assertEquals(before, version());
    write("views/runs.js", "");
    router = router(code);
    assertNotEquals(before, version());
  }

  @Test
  void returns404ForOtherFilesAndVersions() throws IOException {
    for (APIGatewayV2HTTPResponse missing :
        List.of(
            file(version(), "other.js"),
            file(version(), "README.md"),
            file(version(), "..", "main.js"),
            file(version(), "views", "../main.js"),
            file("0".repeat(16), "main.js"))) {
      assertEquals(404, missing.getStatusCode());
      assertTrue(missing.getBody().contains("\"unknown_file\""), missing.getBody());
      assertEquals("no-store", missing.getHeaders().get("cache-control"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "gzip | true",
        "gzip, deflate, br, zstd | true",
        "br;q=1.0, gzip;q=0.8 | true",
        "gzip;q=0 | false",
        "gzip; q=0.00 | false",
        "br | false",
        "identity | false"
      })
  void compressesForClientsThatTakeGzip(String accepted, boolean compressed) throws IOException {
    APIGatewayV2HTTPResponse page =
        get(
            "GET /console/{version}/{file}",
            Map.of("accept-encoding", accepted),
            version(),
            "main.js");
    assertEquals(compressed, page.getHeaders().containsKey("content-encoding"));
    assertEquals("accept-encoding", page.getHeaders().get("vary"));
    if (compressed) {
      byte[] bytes = Base64.getDecoder().decode(page.getBody());
      try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(bytes))) {
        assertEquals(SCRIPT, new String(in.readAllBytes(), UTF_8));
      }
    } else {
      assertEquals(SCRIPT, text(page));
    }
  }

  @Test
  void readsFilesOfAJar(@TempDir Path folder) throws IOException {
    Path jar = folder.resolve("function.jar");
    try (FileSystem zip = FileSystems.newFileSystem(jar, Map.of("create", "true"))) {
      Files.createDirectories(zip.getPath("console", "views"));
      for (String name : List.of("index.html", "main.js", "views/runs.js", "README.md")) {
        Files.copy(code.resolve("console").resolve(name), zip.getPath("console", name));
      }
    }
    router = router(jar);
    assertEquals(SCRIPT, text(file(version(), "main.js")));
  }

  @Test
  void rejectsCodeWithoutAConsole(@TempDir Path folder) {
    assertThrows(IllegalStateException.class, () -> ConsoleFiles.in(folder));
  }

  @Test
  void deploymentListsTheModelsThatItsSettingsAllow() throws IOException {
    JsonNode deployment = deployment();
    assertEquals("wss://ws.example.com/live", deployment.get("websocket_url").textValue());
    assertTrue(deployment.get("token_required").booleanValue());
    List<String> models = deployment.get("models").findValuesAsText("model");
    assertEquals("scripted", models.getFirst());
    assertTrue(models.contains("bedrock:amazon.nova-lite-v1:0"), models::toString);
    assertTrue(
        models.stream()
            .filter(model -> !Profile.isScripted(model))
            .allMatch(model -> model.startsWith("bedrock:amazon.nova-")),
        models::toString);
    assertEquals(
        "{\"name\":\"scripted-strategy\",\"model\":\"scripted\",\"temperature\":0.0,\"prompt_variant\":\"strategy\",\"answer_format\":\"text\"}",
        deployment.at("/profiles/0").toString());
    assertEquals(200, deployment.at("/limits/max_turns").intValue());
    assertEquals("Imperial Age", deployment.at("/limits/ages/3").textValue());
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[a-z]*", "x"})
  void deploymentOffersNoModelThatDoesNotMatch(String pattern) throws IOException {
    JsonNode deployment =
        DeploymentJson.of(
            "v",
            new DeploymentJson.Settings("", false, new OfferedModels(pattern, false, false), ""));
    assertEquals(Profile.SCRIPTED_MODELS, deployment.get("models").findValuesAsText("model"));
    assertFalse(deployment.get("profiles").isEmpty());
  }
}
