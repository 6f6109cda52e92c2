package arena.local.loopback;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which requests servers on the loopback address process. */
final class LoopbackGuardTest {
  private static final LoopbackGuard PAGES =
      LoopbackGuard.forPages(List.of("http://localhost:5173", "https://arena.example.com"), 8000);
  private static final LoopbackGuard PROGRAMS = LoopbackGuard.forPrograms();

  private static Optional<String> refusal(LoopbackGuard guard, Map<String, List<String>> headers) {
    return guard
        .refusal(name -> headers.getOrDefault(name, List.of()))
        .map(LoopbackGuard.Refusal::code);
  }

  private static Optional<String> withHost(LoopbackGuard guard, String... hosts) {
    return refusal(guard, Map.of("host", Arrays.asList(hosts)));
  }

  private static Optional<String> withOrigin(LoopbackGuard guard, String... origins) {
    return refusal(
        guard, Map.of("host", List.of("localhost:8000"), "origin", Arrays.asList(origins)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost",
        "localhost:8000",
        "localhost:9999",
        "LocalHost:8000",
        "127.0.0.1",
        "127.0.0.1:8000",
        "[::1]",
        "[::1]:8000"
      })
  void processesRequestsOfProgramsToThisMachine(String host) {
    assertEquals(Optional.empty(), withHost(PAGES, host));
    assertEquals(Optional.empty(), withHost(PROGRAMS, host));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "evil.example",
        "evil.example:8000",
        "localhost.evil.example:8000",
        "127.0.0.1.evil.example",
        "evil-localhost",
        "localhost.",
        "localhost.:8000",
        "localhost@evil.example",
        "evil.example@localhost",
        "localhost:8000@evil.example",
        "localhost:x",
        "localhost:8000:8000",
        "localhost,evil.example",
        "localhost/evil.example",
        "localhost#.evil.example",
        "localhost?",
        "http://localhost",
        "127.0.0.2",
        "127.1",
        "0.0.0.0:8000",
        "2130706433",
        "0x7f.0.0.1",
        "::1",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::1].evil.example",
        "localhost\u0000",
        "ſocalhost",
        "192.168.0.1:8000"
      })
  void refusesForeignHosts(String host) {
    assertEquals(Optional.of("foreign_host"), withHost(PAGES, host));
    assertEquals(Optional.of("foreign_host"), withHost(PROGRAMS, host));
  }

  @Test
  void refusesRequestsWithoutHostAndWithSeveral() {
    assertEquals(Optional.of("foreign_host"), withHost(PAGES));
    assertEquals(Optional.of("foreign_host"), withHost(PAGES, "localhost", "evil.example"));
    assertEquals(Optional.of("foreign_host"), withHost(PAGES, "localhost", "localhost"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:5173",
        "HTTP://LOCALHOST:5173",
        "https://arena.example.com",
        "https://arena.example.com:443",
        "http://localhost:8000",
        "http://127.0.0.1:8000",
        "http://[::1]:8000"
      })
  void processesRequestsOfTheFrontendAndOfTheServersOwnPages(String origin) {
    assertEquals(Optional.empty(), withOrigin(PAGES, origin));
    assertEquals(Optional.of("foreign_origin"), withOrigin(PROGRAMS, origin));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "NULL",
        "*",
        "https://evil.example",
        "http://evil.example:5173",
        "http://localhost",
        "http://localhost:3000",
        "http://localhost:80",
        "https://localhost:5173",
        "https://localhost:8000",
        "http://127.0.0.1:5173",
        "http://[::1]:5173",
        "http://localhost.:5173",
        "http://localhost.evil.example:5173",
        "http://localhost:5173.evil.example",
        "http://localhost:5173@evil.example",
        "http://evil.example@localhost:5173",
        "http://localhost:51730",
        "http://localhost:5173/",
        "http://localhost:5173/path",
        "http://localhost:5173#evil.example",
        " http://localhost:5173",
        "http://localhost:5173 ",
        "http://localhost:5173, https://evil.example",
        "http://localhost:5173 https://evil.example",
        "http://arena.example.com",
        "https://arena.example.com.",
        "https://arena.example.com:8443",
        "https://sub.arena.example.com",
        "file://",
        "chrome-extension://abcdefgh",
        "ws://localhost:8000",
        "localhost:8000",
        "//localhost:8000"
      })
  void refusesForeignOrigins(String origin) {
    assertEquals(Optional.of("foreign_origin"), withOrigin(PAGES, origin));
    assertEquals(Optional.of("foreign_origin"), withOrigin(PROGRAMS, origin));
  }

  @Test
  void refusesSeveralOriginsIfOneIsForeign() {
    assertEquals(
        Optional.of("foreign_origin"),
        withOrigin(PAGES, "http://localhost:5173", "https://evil.example"));
  }

  @Test
  void anyOriginIsAllowedIfConfiguredButNoForeignHost() {
    LoopbackGuard any = LoopbackGuard.forPages(List.of("*"), 8000);
    assertEquals(Optional.empty(), withOrigin(any, "https://evil.example"));
    assertEquals(Optional.of("foreign_host"), withHost(any, "evil.example"));
  }

  @Test
  void ownOriginsOfTheDefaultPortHaveNoPort() {
    LoopbackGuard guard = LoopbackGuard.forPages(List.of(), 80);
    assertEquals(Optional.empty(), withOrigin(guard, "http://localhost"));
    assertEquals(Optional.empty(), withOrigin(guard, "http://localhost:80"));
  }

  @Test
  void refusesImagesAndScriptsOfForeignPages() {
    Map<String, List<String>> image =
        Map.of(
            "host", List.of("localhost:8000"),
            "sec-fetch-site", List.of("cross-site"),
            "sec-fetch-mode", List.of("no-cors"));
    assertEquals(Optional.of("foreign_origin"), refusal(PAGES, image));
    assertEquals(Optional.of("foreign_origin"), refusal(PROGRAMS, image));
  }

  @Test
  void processesAddressThatAPersonOpens() {
    Map<String, List<String>> typed =
        Map.of(
            "host", List.of("localhost:8000"),
            "sec-fetch-site", List.of("none"),
            "sec-fetch-mode", List.of("navigate"));
    assertEquals(Optional.empty(), refusal(PAGES, typed));
    assertEquals(Optional.empty(), refusal(PROGRAMS, typed));
    Map<String, List<String>> link =
        Map.of(
            "host", List.of("localhost:8000"),
            "sec-fetch-site", List.of("cross-site"),
            "sec-fetch-mode", List.of("navigate"));
    assertEquals(Optional.empty(), refusal(PAGES, link));
    assertEquals(Optional.of("foreign_origin"), refusal(PROGRAMS, link));
  }

  @Test
  void errorNamesTheOriginAndWhatToDo() throws Exception {
    String origin = "http://localhost:3000\"\\\n" + "x".repeat(1_000);
    Map<String, List<String>> headers =
        Map.of("host", List.of("localhost"), "origin", List.of(origin));
    String json = PAGES.refusal(name -> headers.getOrDefault(name, List.of())).orElseThrow().json();
    String message = new ObjectMapper().readTree(json).at("/error/message").textValue();
    assertTrue(message.contains("http://localhost:3000???x"), message);
    assertTrue(message.contains("ARENA_FRONTEND_ORIGIN"), message);
    assertFalse(message.length() > 300, message);
  }
}
