package arena.codec;

import arena.event.Event;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import java.io.IOException;

/**
 * Envelopes as JSON text: what readers receive. The payload's bytes stand in it unchanged, as the
 * last field.
 */
public final class EnvelopeCodec {
  private EnvelopeCodec() {}

  /** The event's envelope. */
  public static String write(Event event) {
    // The payload is compact, well-formed JSON already: to write it again, character by character,
    // would take as long as all else that a publish does here.
    String head = JsonText.object(out -> writeHead(event, out));
    return head.substring(0, head.length() - 1) + ",\"payload\":" + event.payloadJson() + "}";
  }

  /**
   * The event's envelope with an address of the payload in the payload's place, for one that is too
   * large.
   */
  public static String writeReference(Event event, String payloadUrl) {
    return JsonText.object(
        out -> {
          writeHead(event, out);
          out.writeStringField("payload_url", payloadUrl);
        });
  }

  private static void writeHead(Event event, JsonGenerator out) throws IOException {
    out.writeStringField("run_id", event.runId());
    out.writeNumberField("seq", event.seq());
    out.writeStringField("agent_id", event.agentId());
    out.writeNumberField("t", event.t());
    out.writeStringField("kind", event.kind());
    out.writeStringField("ts", Timestamps.write(event.ts()));
    out.writeNumberField("schema_version", event.schemaVersion());
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
