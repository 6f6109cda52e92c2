package arena.acceptance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.client.ArenaClient;
import arena.local.client.Envelope;
import arena.local.client.LiveReader;
import arena.models.Behaviour;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.Executable;
import redis.clients.jedis.Jedis;

/**
 * Checks the WebSocket interface against PROTOCOL.md: client examples get the documented responses,
 * server messages have the documented shape, and the documented errors are the existing ones.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ProtocolTest {
  private static final Duration BOUND = Duration.ofSeconds(60);
  private static final Protocol PROTOCOL = Protocol.read();
  private static final String PING = "{\"action\":\"ping\"}";
  private static final String UNKNOWN_RUN = "00000000000000000000000000000000";

  private static final int FRAME_BYTES = 32 * 1024;
  private static final int MESSAGE_BYTES = 128 * 1024;

  private final AcceptanceStack stack = AcceptanceStack.shared();
  private final ArenaClient arena = stack.client();
  private String finished;
  private long lastSeq;

  @BeforeAll
  void play() {
    finished = arena.startRun("{\"n_turns\":3}");
    lastSeq = arena.awaitEnd(finished, BOUND).get("n_events").longValue();
    stack.awaitNoRuns();
  }

  // ---- client messages

  private Map<String, Executable> clientChecks() {
    return Map.of(
        "subscribe", this::subscribe, "unsubscribe", this::unsubscribe, "ping", this::ping);
  }

  @TestFactory
  Stream<DynamicTest> clientExamplesGetDocumentedResponses() {
    return clientChecks().entrySet().stream()
        .map(check -> DynamicTest.dynamicTest(check.getKey(), check.getValue()));
  }

  @Test
  void coversEveryClientExample() {
    assertEquals(
        clientChecks().keySet(),
        PROTOCOL.clientExamples().stream()
            .map(example -> example.get("action").textValue())
            .collect(Collectors.toSet()));
    assertEquals(clientChecks().size(), PROTOCOL.clientExamples().size());
  }

  private void subscribe() {
    try (LiveReader reader = arena.live()) {
      reader.send(PROTOCOL.clientExample("subscribe", finished));

      LiveReader.Closed closed = reader.untilClosed(finished, BOUND, _ -> {});
      assertEquals(arena.events(finished, 1), closed.events());
      assertEquals(lastSeq, closed.lastSeq());
    }
  }

  private void unsubscribe() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live()) {
      reader.subscribe(run.id(), 1);
      reader.next(BOUND);
      reader.send(PROTOCOL.clientExample("unsubscribe", run.id()));
      assertPong(reader);
      run.play();
      run.fail();
      assertPong(reader); // neither events nor closed received
    }
  }

  private void ping() {
    try (LiveReader reader = arena.live()) {
      reader.send(PROTOCOL.clientExample("ping", ""));
      assertEquals("{\"type\":\"pong\"}", reader.next(BOUND));
    }
  }

  @Test
  void fromSeqDefaultsToOne() {
    try (LiveReader reader = arena.live()) {
      reader.send("{\"action\":\"subscribe\",\"run_id\":\"%s\"}".formatted(finished));
      assertEquals(
          arena.events(finished, 1), reader.untilClosed(finished, BOUND, _ -> {}).events());
    }
  }

  @Test
  void subscribingAgainMovesTheCursor() {
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live()) {
      reader.subscribe(run.id(), 1);
      List<Envelope> first = Envelope.allIn(reader.next(BOUND));
      reader.subscribe(run.id(), 2);
      assertEquals(first.subList(1, first.size()), Envelope.allIn(reader.next(BOUND)));
      run.play();
      assertEquals(
          LiveRun.EVENTS_BEFORE_MODEL + 1, Envelope.allIn(reader.next(BOUND)).getFirst().seq());
    }
  }

  // ---- server messages

  @Test
  void serverExamplesMatchSentMessages() {
    Map<String, JsonNode> sent = new TreeMap<>();
    try (LiveRun run = LiveRun.start();
        LiveReader reader = arena.live();
        Jedis redis = stack.redis()) {
      reader.subscribe(finished, 1);
      for (int message = 0; !sent.containsKey("closed"); message++) {
        assertTrue(message < 100, "closed not received");
        JsonNode json = reader.nextJson(BOUND);
        sent.putIfAbsent(json.get("type").textValue(), json);
      }
      reader.send(PING);
      JsonNode pong = reader.nextJson(BOUND);
      sent.put(pong.get("type").textValue(), pong);
      reader.subscribe(UNKNOWN_RUN, 1);
      JsonNode error = reader.nextJson(BOUND);
      sent.put(error.get("type").textValue(), error);
      run.playUntilDropped(redis, 2);
      reader.subscribe(run.id(), 1);
      JsonNode overflow = reader.nextJson(BOUND);
      sent.put(overflow.get("type").textValue(), overflow);
    }

    assertEquals(
        PROTOCOL.serverExamples().stream()
            .map(example -> example.get("type").textValue())
            .collect(Collectors.toCollection(TreeSet::new)),
        sent.keySet());
    for (String type : Set.of("closed", "pong", "error", "overflow")) {
      assertEquals(
          Protocol.shape(PROTOCOL.serverExample(type)), Protocol.shape(sent.get(type)), type);
    }
    assertEquals(PROTOCOL.serverExample("pong"), sent.get("pong"));
    assertEquals(PROTOCOL.serverExample("error"), sent.get("error"));
    JsonNode events = PROTOCOL.serverExample("events");
    assertEquals(
        Protocol.shape(events),
        Protocol.shape(reduce(sent.get("events"), events.at("/events/0/payload"))));
  }

  /** Reduces a message to its first event of the same kind and action type as {@code payload}. */
  private static JsonNode reduce(JsonNode message, JsonNode payload) {
    for (JsonNode event : message.get("events")) {
      if (event.at("/payload/kind").equals(payload.get("kind"))
          && event.at("/payload/action/type").equals(payload.at("/action/type"))) {
        ObjectNode one = message.deepCopy();
        one.putArray("events").add(event);
        return one;
      }
    }
    throw new AssertionError("no event like " + payload);
  }

  /** The model's answer exceeds the message limit of API Gateway. */
  @Test
  void sendsTooLargePayloadAsLink() throws Exception {
    String action = "{\"type\":\"wait\",\"why\":\"%s\"}".formatted("because ".repeat(240));
    String actions = "[" + String.join(",", Collections.nCopies(50, action)) + "]";
    stack.models().when("largest-answer", Behaviour.text("…".repeat(20_000) + actions));
    String run =
        arena.startRun("{\"n_turns\":1,\"profile\":{\"model\":\"openai:largest-answer\"}}");

    Map<Long, JsonNode> links = new HashMap<>();
    List<Envelope> whole;
    try (LiveReader reader = arena.live()) {
      reader.subscribe(run, 1);
      boolean closed = false;
      while (!closed) {
        String text = reader.next(BOUND);
        int bytes = text.getBytes(StandardCharsets.UTF_8).length;
        List<Envelope> events = Envelope.allIn(text);
        assertTrue(bytes <= (events.size() > 1 ? FRAME_BYTES : MESSAGE_BYTES), bytes + " bytes");
        for (Envelope envelope : events) {
          if (envelope.fields().has("payload_url")) {
            assertEquals(1, events.size(), "alone in its message");
            links.put(envelope.seq(), Protocol.json(text));
          }
        }
        closed = Protocol.json(text).path("type").asText().equals("closed");
      }
      whole = arena.events(run, 1);
    }

    assertEquals(1, links.size());
    long seq = links.keySet().iterator().next();
    JsonNode message = links.get(seq);
    Envelope event = whole.get(Math.toIntExact(seq - 1));
    assertEquals("llm_response", event.fields().get("kind").textValue());
    JsonNode documented =
        PROTOCOL.serverExamples().stream()
            .filter(example -> example.at("/events/0").has("payload_url"))
            .findFirst()
            .orElseThrow();
    assertEquals(Protocol.shape(documented), Protocol.shape(message));
    String link = message.at("/events/0/payload_url").textValue();
    String payload;
    try (HttpClient client = HttpClient.newHttpClient()) {
      payload =
          client
              .send(
                  HttpRequest.newBuilder(URI.create(link)).timeout(BOUND).build(),
                  HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8))
              .body();
    }
    assertTrue(event.json().endsWith(",\"payload\":" + payload + "}"), "the same bytes");
  }

  private static void assertPong(LiveReader reader) {
    reader.send(PING);
    assertEquals("{\"type\":\"pong\"}", reader.next(BOUND));
  }
}
