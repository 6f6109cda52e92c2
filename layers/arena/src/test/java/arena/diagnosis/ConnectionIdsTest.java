package arena.diagnosis;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import arena.broker.ConnectionId;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ConnectionIdsTest {
  private static final String ID = "L0SM9cOFvHcCIhw=";

  private static List<String> shortened(String... texts) {
    return ConnectionIds.shorten(
            Stream.of(texts)
                .map(text -> new LogLine(Instant.EPOCH, "stream-events", text))
                .toList())
        .stream()
        .map(LogLine::text)
        .toList();
  }

  @Test
  void shortensAnIdInAllLines() {
    assertEquals(
        List.of(
            "{\"connection_id\":\"L0SM9c…\",\"run_id\":\"r\"}",
            "{\"exception\":\"the connection L0SM9c… is gone\"}",
            "https://x/live/@connections/L0SM9c…?a=b"),
        shortened(
            "{\"connection_id\":\"" + ID + "\",\"run_id\":\"r\"}",
            "{\"exception\":\"the connection " + ID + " is gone\"}",
            "https://x/live/@connections/" + ID + "?a=b"));
  }

  @Test
  void findsFieldsOfNestedLinesAndEvents() {
    for (String line :
        List.of(
            "{\"line\":\"{\\\"connection_id\\\":\\\"" + ID + "\\\"}\"}",
            "{ \"connectionId\" : \"" + ID + "\" }")) {
      assertFalse(shortened(line).getFirst().contains(ID), line);
    }
  }

  @Test
  void keepsOtherText() {
    String line =
        "{\"message\":\"connection_id is missing\",\"run_id\":\"" + "a".repeat(32) + "\"}";
    assertEquals(List.of(line), shortened(line));
  }

  @Test
  void hidesHalfOfAShortId() {
    assertEquals("…", ConnectionId.of("a").shortened());
    assertEquals("ab…", ConnectionId.of("abcd").shortened());
  }
}
