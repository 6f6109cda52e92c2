package arena.codec;

import arena.event.Event;
import arena.run.RunId;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Serializes and parses event envelopes. The payload's bytes are embedded unchanged, as the last
 * field.
 */
public final class EnvelopeCodec {
  /** Approximate length of an envelope without its payload. */
  private static final int HEAD_CHARS = 300;

  private EnvelopeCodec() {}

  public static String write(Event event) {
    String payload = event.payloadJson();
    // Hot path: the payload is already compact JSON and is appended without re-encoding.
    return head(event, payload.length())
        .append(",\"payload\":")
        .append(payload)
        .append('}')
        .toString();
  }

  /**
   * Serializes an envelope with {@code payload_url} instead of the payload, for payloads over the
   * message limit.
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
    JsonText.quote(event.runId().value(), out);
    out.append(",\"seq\":").append(event.seq()).append(",\"agent_id\":");
    JsonText.quote(event.agentId(), out);
    out.append(",\"t\":").append(event.t()).append(",\"kind\":");
    JsonText.quote(event.kind(), out);
    out.append(",\"ts\":\"").append(Timestamps.write(event.ts()));
    return out.append("\",\"schema_version\":").append(event.schemaVersion());
  }

  /**
   * Parses an envelope.
   *
   * @throws MalformedJson if the text is not a valid envelope
   */
  public static Event read(String json) {
    var reader = new Reader(json);
    try (JsonParser in = JsonText.FACTORY.createParser(json)) {
      JsonText.readFields(in, reader::field);
      JsonText.requireEnd(in);
      return reader.event();
    } catch (IOException | IllegalArgumentException e) {
      throw new MalformedJson("not an envelope", e);
    }
  }

  /**
   * Reads an envelope's time alone. It comes before the payload, which is not read.
   *
   * @throws MalformedJson if there is none
   */
  public static Instant readTs(String json) {
    try (JsonParser in = JsonText.FACTORY.createParser(json)) {
      in.nextToken();
      while (in.nextToken() == JsonToken.FIELD_NAME) {
        String name = in.currentName();
        in.nextToken();
        if (name.equals("ts")) {
          return Timestamps.read(JsonText.text(in));
        }
        in.skipChildren();
      }
    } catch (IOException e) {
      throw new MalformedJson("not an envelope", e);
    }
    throw new MalformedJson("an envelope has its ts");
  }

  private static final class Reader {
    private final String source;
    private @Nullable RunId runId;
    private @Nullable Long seq;
    private @Nullable String agentId;
    private @Nullable Integer t;
    private @Nullable String kind;
    private @Nullable String ts;
    private @Nullable Integer schemaVersion;
    private @Nullable String payload;

    private Reader(String source) {
      this.source = source;
    }

    private void field(String name, JsonParser in) throws IOException {
      switch (name) {
        case "run_id" -> runId = JsonText.runId(in);
        case "seq" -> seq = JsonText.longInteger(in);
        case "agent_id" -> agentId = JsonText.text(in);
        case "t" -> t = JsonText.integer(in);
        case "kind" -> kind = JsonText.text(in);
        case "ts" -> ts = JsonText.text(in);
        case "schema_version" -> schemaVersion = JsonText.integer(in);
        case "payload" -> payload = JsonText.raw(in, source);
        default -> {
          // unknown field of a later version
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
