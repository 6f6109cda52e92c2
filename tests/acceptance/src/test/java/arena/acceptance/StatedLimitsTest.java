package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.access.CallLimits;
import arena.http.RouteTable;
import arena.local.gateway.HttpApiDefinition;
import arena.local.gateway.WebSocketApiDefinition;
import arena.local.template.Deployment;
import arena.local.template.StackPlan;
import arena.local.template.Template;
import java.nio.file.Path;
import java.text.NumberFormat;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Compares the limits that openapi.yaml and PROTOCOL.md state with the template and the code. */
final class StatedLimitsTest {
  private static final String OTHERS = "every other call";
  private static final Pattern ROW =
      Pattern.compile(
          "^\\| (?:`([A-Z]+ /[^`]*)`|(" + OTHERS + ")) \\| ([^|]*) \\| ([^|]*?) ?\\|$",
          Pattern.MULTILINE);

  private final StackPlan plan =
      Template.read(Path.of("..", "..", "template.yaml"))
          .resolve(Map.of(), Deployment.placeholder());
  private final HttpApiDefinition http = plan.httpApi().orElseThrow();

  private static String stated(HttpApiDefinition.Throttle throttle) {
    return number(throttle.perSecond()) + " (" + number(throttle.burst()) + ")";
  }

  private static String number(double value) {
    return NumberFormat.getInstance(Locale.ROOT).format(value);
  }

  private static String stated(OptionalInt callsPerMinute) {
    return callsPerMinute.isPresent() ? number(callsPerMinute.getAsInt()) : "";
  }

  @Test
  void openApiStatesTheLimitsOfEveryCall() {
    Map<String, String> stated = new TreeMap<>();
    Matcher rows = ROW.matcher(OpenApi.read().at("/info/description").textValue());
    while (rows.find()) {
      String call = rows.group(1) == null ? OTHERS : rows.group(1);
      assertEquals(null, stated.put(call, rows.group(3) + " | " + rows.group(4)), "twice: " + call);
    }
    String others = stated(http.throttle().orElseThrow()) + " | ";
    Map<String, String> expected = new TreeMap<>(Map.of(OTHERS, others));
    for (String key : RouteTable.KEYS) {
      HttpApiDefinition.Throttle throttle =
          http.throttles().getOrDefault(key, http.throttle().orElseThrow());
      String limits = stated(throttle) + " | " + stated(RouteTable.callsPerMinute(key));
      if (!limits.equals(others)) {
        expected.put(key, limits);
      }
    }
    assertEquals(expected, stated);
  }

  @Test
  void protocolStatesTheLimitsOfHandshakesAndMessages() {
    HttpApiDefinition.Throttle throttle =
        plan.webSocketApi().flatMap(WebSocketApiDefinition::throttle).orElseThrow();
    Map<String, String> limits = Protocol.read().limits();
    String messages = limits.get("handshakes and messages of clients");
    assertTrue(
        messages.startsWith(
            number(throttle.perSecond())
                + " a second of all connections together, with bursts of "
                + number(throttle.burst())
                + ";"),
        messages);
    String connections = limits.get("connections");
    assertTrue(
        connections.startsWith(number(CallLimits.CONNECTIONS) + " a minute for each token, "),
        connections);
  }
}
