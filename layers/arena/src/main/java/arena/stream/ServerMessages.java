package arena.stream;

import arena.broker.Broker;
import arena.run.RunStatus;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Serializes the messages to WebSocket clients. */
final class ServerMessages {
  private static final JsonFactory FACTORY = new JsonFactory();

  private ServerMessages() {}

  static String events(String runId, List<Broker.Envelope> envelopes) {
    // the envelopes' bytes are sent unchanged
    return envelopes.stream()
        .map(Broker.Envelope::json)
        .collect(
            Collectors.joining(
                ",", "{\"type\":\"events\",\"run_id\":\"" + runId + "\",\"events\":[", "]}"));
  }

  static String overflow(String runId, long requestedSeq, long availableFrom) {
    return object(
        out -> {
          out.writeStringField("type", "overflow");
          out.writeStringField("run_id", runId);
          out.writeNumberField("requested_seq", requestedSeq);
          out.writeNumberField("available_from", availableFrom);
        });
  }

  static String closed(String runId, RunStatus status, long lastSeq) {
    return object(
        out -> {
          out.writeStringField("type", "closed");
          out.writeStringField("run_id", runId);
          out.writeStringField("status", status.label());
          out.writeNumberField("last_seq", lastSeq);
        });
  }

  /** Includes the run id of the client's message, because responses are not ordered. */
  static String error(Optional<String> runId, MessageErrorCode code, String message) {
    return object(
        out -> {
          out.writeStringField("type", "error");
          if (runId.isPresent()) {
            out.writeStringField("run_id", runId.get());
          }
          out.writeStringField("code", code.label());
          out.writeStringField("message", message);
        });
  }

  static String pong() {
    return object(out -> out.writeStringField("type", "pong"));
  }

  private interface Fields {
    void write(JsonGenerator out) throws IOException;
  }

  private static String object(Fields fields) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = FACTORY.createGenerator(text)) {
      out.writeStartObject();
      fields.write(out);
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // a StringWriter does not fail
    }
    return text.toString();
  }
}
