package arena.codec;

import arena.event.Event;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/**
 * Envelopes as JSON text: what readers receive. The payload's bytes stand in it unchanged, as the
 * last field.
 */
public final class EnvelopeCodec {
  /** About how long an envelope is beside its payload. */
  private static final int HEAD_CHARS = 300;

  private EnvelopeCodec() {}

  /** The event's envelope. */
  public static String write(Event event) {
    String payload = event.payloadJson();
    // The payload is compact, well-formed JSON already: it is not written again, character by
    // character. Every publish comes through here, event by event.
    return head(event, payload.length())
        .append(",\"payload\":")
        .append(payload)
        .append('}')
        .toString();
  }

  /**
   * The event's envelope with an address of the payload in the payload's place, for one that is too
   * large.
   */
  public static String writeReference(Event event, String payloadUrl) {
    StringBuilder out = head(event, payloadUrl.length()).append(",\"payload_url\":");
    JsonText.quote(payloadUrl, out);
    return out.append('}').toString();
  }

  /** The fields before the payload. */
  private static StringBuilder head(Event event, int payloadChars) {
    StringBuilder out = new StringBuilder(HEAD_CHARS + payloadChars);
    out.append("{\"run_id\":");
    JsonText.quote(event.runId(), out);
    out.append(",\"seq\":").append(event.seq()).append(",\"agent_id\":");
    JsonText.quote(event.agentId(), out);
    out.append(",\"t\":").append(event.t()).append(",\"kind\":");
    JsonText.quote(event.kind(), out);
    out.append(",\"ts\":\"").append(Timestamps.write(event.ts()));
    return out.append("\",\"schema_version\":").append(event.schemaVersion());
  }

  /**
   * Reads an envelope.
   *
   * @throws MalformedJson if the text is none
   */
  public static Event read(String json) {
    var reader = new Reader(json);
    try (JsonParser in = JsonText.FACTORY.createParser(json)) {
      JsonText.eachField(in, reader::field);
      JsonText.end(in);
      return reader.event();
    } catch (IOException | IllegalArgumentException e) {
      throw new MalformedJson("not an envelope", e);
    }
  }

  private static final class Reader {
    private final String source;
    private String runId;
    private Long seq;
    private String agentId;
    private Integer t;
    private String kind;
    private String ts;
    private Integer schemaVersion;
    private String payload;

    private Reader(String source) {
      this.source = source;
    }

    private void field(String name, JsonParser in) throws IOException {
      switch (name) {
        case "run_id" -> runId = JsonText.text(in);
        case "seq" -> seq = JsonText.wholeNumber(in);
        case "agent_id" -> agentId = JsonText.text(in);
        case "t" -> t = JsonText.smallNumber(in);
        case "kind" -> kind = JsonText.text(in);
        case "ts" -> ts = JsonText.text(in);
        case "schema_version" -> schemaVersion = JsonText.smallNumber(in);
        case "payload" -> payload = JsonText.raw(in, source);
        default -> {
          // a later version's field
        }
      }
    }

    private Event event() {
      return new Event(
          JsonText.required("run_id", runId),
          JsonText.required("seq", seq),
          JsonText.required("agent_id", agentId),
          JsonText.required("t", t),
          JsonText.required("kind", kind),
          JsonText.required("payload", payload),
          Timestamps.read(JsonText.required("ts", ts)),
          JsonText.required("schema_version", schemaVersion));
    }
  }
}
