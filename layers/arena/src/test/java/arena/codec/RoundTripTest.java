package arena.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.ArenaArbitraries;
import arena.event.Event;
import arena.event.Payload;
import arena.event.RawJson;
import arena.world.World;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class RoundTripTest {
  @Provide
  Arbitrary<Payload> payloads() {
    return ArenaArbitraries.payload();
  }

  @Provide
  Arbitrary<World> worlds() {
    return ArenaArbitraries.world();
  }

  @Provide
  Arbitrary<String> texts() {
    return ArenaArbitraries.text();
  }

  @Provide
  Arbitrary<Event> events() {
    return ArenaArbitraries.payload()
        .flatMap(payload -> ArenaArbitraries.event(payload.kind(), PayloadCodec.write(payload)));
  }

  private static String throughBytes(String text) {
    return new String(text.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
  }

  @Property
  void aPayloadComesBackToTheByte(@ForAll("payloads") Payload payload) {
    String written = PayloadCodec.write(payload);
    assertEquals(written, throughBytes(written));
    Payload read = PayloadCodec.read(throughBytes(written));
    assertEquals(payload, read);
    assertEquals(written, PayloadCodec.write(read));
    assertTrue(written.startsWith("{\"kind\":\"" + payload.kind() + "\""), written);
  }

  @Property
  void anEnvelopeComesBackToTheByte(@ForAll("events") Event event) {
    String written = EnvelopeCodec.write(event);
    assertEquals(written, throughBytes(written));
    Event read = EnvelopeCodec.read(throughBytes(written));
    assertEquals(event, read);
    assertEquals(written, EnvelopeCodec.write(read));
    assertTrue(written.endsWith(",\"payload\":" + event.payloadJson() + "}"), written);
  }

  @Property
  void aWorldComesBackToTheByte(@ForAll("worlds") World world) {
    String written = WorldCodec.write(world);
    assertEquals(world, WorldCodec.read(written));
    assertEquals(written, WorldCodec.write(WorldCodec.read(written)));
  }

  /** Lone surrogates are replaced at the first write; further round trips change nothing. */
  @Property
  void aTextWithLoneSurrogatesIsStableOnceWritten(@ForAll("texts") String text) {
    List<Payload> payloads =
        List.of(
            new Payload.LlmPrompt(text),
            new Payload.LlmResponse(List.of(), text, 0.25),
            new Payload.ActionResult(0, text, false),
            new Payload.WorldMutation(text, text, text),
            new Payload.ActionTaken(
                0, new RawJson("{\"type\":" + ArenaArbitraries.quoted(text) + "}")));
    for (Payload payload : payloads) {
      String written = PayloadCodec.write(payload);
      assertEquals(written, throughBytes(written));
      assertEquals(written, PayloadCodec.write(PayloadCodec.read(written)));
    }
  }

  /** Longer than the parser's buffers, to test its offsets. */
  @Property(tries = 20)
  void aLargePayloadComesBackToTheByte(@ForAll("texts") String text) {
    String long1 = (text + "x").repeat(3_000);
    String action = "{\"type\":" + ArenaArbitraries.quoted(long1) + ",\"n\":1.50}";
    Payload payload =
        new Payload.LlmResponse(List.of(new RawJson(action), new RawJson(action)), long1, 0);
    String written = PayloadCodec.write(payload);
    assertEquals(written, PayloadCodec.write(PayloadCodec.read(written)));
    Event event = ArenaArbitraries.event("llm_response", written).sample();
    assertEquals(event, EnvelopeCodec.read(EnvelopeCodec.write(event)));
  }

  @Property
  void theCodecsNameMalformedTextAndNeverHang(@ForAll("almostJson") String text) {
    read(() -> PayloadCodec.read(text));
    read(() -> EnvelopeCodec.read(text));
    read(() -> WorldCodec.read(text));
  }

  private static void read(Runnable reading) {
    try {
      reading.run();
    } catch (MalformedJson e) {
      assertTrue(e.getMessage() != null);
    }
  }

  @Provide
  Arbitrary<String> almostJson() {
    Arbitrary<String> written =
        Arbitraries.oneOf(
            ArenaArbitraries.payload().map(PayloadCodec::write),
            ArenaArbitraries.world().map(WorldCodec::write));
    Arbitrary<String> cut =
        written.flatMap(
            text ->
                Arbitraries.integers().between(0, text.length()).map(n -> text.substring(0, n)));
    Arbitrary<String> swapped =
        written.flatMap(
            text ->
                Arbitraries.of(
                    text.replace("[", "5").replace("]", ""),
                    text.replaceAll("[0-9]+", "null"),
                    text.replaceAll("[0-9]+", "-7"),
                    text.replaceAll("[0-9]+", "1e999"),
                    text.replaceAll("[0-9]+", "99999999999999999999"),
                    text.replaceAll("\"[a-z]+\":\"", "\"age\":\""),
                    text + "x",
                    text + text));
    return Arbitraries.oneOf(cut, swapped, ArenaArbitraries.json(), ArenaArbitraries.text());
  }
}
