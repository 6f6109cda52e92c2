package arena.diagnosis;

import arena.codec.MalformedJson;
import arena.codec.PayloadCodec;
import arena.event.Payload;
import arena.journal.JournalTail;
import arena.run.Limits;
import java.util.Optional;

/** What models have answered, as the journal has it. */
final class AnswerHistory {
  private static final int SHOWN = 200;

  private AnswerHistory() {}

  /** Whether this is an answer without an action, in words: an empty list alone is a choice. */
  static boolean isEmpty(JournalTail.Part event) {
    return response(event)
        .filter(response -> response.actions().isEmpty() && !response.reasoning().isBlank())
        .isPresent();
  }

  /** The beginning of what the model said beside its actions. */
  static String reasoning(JournalTail.Part event) {
    return response(event)
        .map(response -> Limits.cut(response.reasoning().strip(), SHOWN))
        .orElse("");
  }

  private static Optional<Payload.LlmResponse> response(JournalTail.Part event) {
    if (!event.kind().equals("llm_response") || event.payloadJson().isEmpty()) {
      return Optional.empty();
    }
    try {
      return PayloadCodec.read(event.payloadJson().get()) instanceof Payload.LlmResponse response
          ? Optional.of(response)
          : Optional.empty();
    } catch (MalformedJson e) {
      return Optional.empty(); // what cannot be read decides nothing
    }
  }
}
