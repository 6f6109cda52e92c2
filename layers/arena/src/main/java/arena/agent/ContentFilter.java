package arena.agent;

import java.util.regex.Pattern;

/** Refusals of a prompt or an answer by a service's content filter, which come as errors. */
final class ContentFilter {
  /** Why a turn is empty. */
  static final String NO_ACTIONS = "no actions: the service's content filter withheld the answer";

  private static final Pattern REFUSAL =
      Pattern.compile(
          "content_?filter|content.?policy.?violation|ResponsibleAIPolicy|content management policy"
              + "|content filtering policy|data_?inspection_?failed|input was flagged|flagged_input"
              + "|violates (?:our )?(?:usage|content) (?:guidelines|polic)|prohibited_content"
              + "|rejected (?:as a result of|by) (?:our|the) safety system",
          Pattern.CASE_INSENSITIVE);

  private ContentFilter() {}

  /**
   * Whether an error is the content filter's.
   *
   * @param error the whole error as text
   */
  static boolean refused(String error) {
    return REFUSAL.matcher(error).find();
  }

  /** The turn without actions that a refusal gives; the refusal is in its reasoning. */
  static ModelAnswer answer(String refusal, String remark) {
    return new ModelAnswer.Builder()
        .remark(remark)
        .thinking(refusal)
        .causeIfEmpty(NO_ACTIONS)
        .read();
  }
}
