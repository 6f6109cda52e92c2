package arena.diagnosis;

import arena.codec.MalformedJson;
import arena.codec.PayloadCodec;
import arena.event.Payload;
import arena.journal.JournalTail;
import arena.run.Limits;
import java.util.Optional;

/** Reads model responses from journal events. */
final class AnswerHistory {
  private static final int MAX_SHOWN = 200;

  private AnswerHistory() {}

  /** Whether a response has text but no actions; an empty list without text is a valid choice. */
  static boolean isEmpty(JournalTail.EventSummary event) {
    return response(event)
        .filter(response -> response.actions().isEmpty() && !response.reasoning().isBlank())
        .isPresent();
  }

  /** The response's reasoning, cut to {@link #MAX_SHOWN} characters. */
  static String reasoning(JournalTail.EventSummary event) {
    return response(event)
        .map(response -> Limits.cut(response.reasoning().strip(), MAX_SHOWN))
        .orElse("");
  }

  private static Optional<Payload.LlmResponse> response(JournalTail.EventSummary event) {
    if (!event.kind().equals("llm_response") || event.payloadJson().isEmpty()) {
      return Optional.empty();
    }
    try {
      return PayloadCodec.read(event.payloadJson().get()) instanceof Payload.LlmResponse response
          ? Optional.of(response)
          : Optional.empty();
    } catch (MalformedJson e) {
      return Optional.empty(); // unreadable payloads are not evidence
    }
  }
}
