package arena.faults;

/** What a proxy does with a call instead of letting it through. */
sealed interface Action {
  /** It is let through, as if there were no proxy. */
  record Pass() implements Action {}

  /** It is answered by the proxy, with this HTTP response; it has no effect. */
  record Answer(int status, String contentType, String body) implements Action {}

  /** It is never answered, and has no effect; its connection is kept until the rule is lifted. */
  record Hang() implements Action {}

  /** Its connection is cut; it has no effect. */
  record Cut() implements Action {}

  /**
   * It is held, before or after it has had its effect, until it is let go; then its connection is
   * cut, and no answer was given.
   */
  record Hold(HoldPoint held, boolean after) implements Action {}
}
