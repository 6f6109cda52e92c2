package arena.faults;

/** What a proxy does with a call. */
sealed interface Action {
  /** Forwards the call unchanged. */
  record Pass() implements Action {}

  /** Answers with this HTTP response; the call never reaches the server. */
  record Answer(int status, String contentType, String body) implements Action {}

  /**
   * Sends no response and keeps the connection open until the rule is closed; the call never
   * reaches the server.
   */
  record Hang() implements Action {}

  /** Closes the connection; the call never reaches the server. */
  record Cut() implements Action {}

  /**
   * Blocks the call until the hold point is released, then closes the connection without a
   * response.
   *
   * @param after whether the server has executed the call by then
   */
  record Hold(HoldPoint held, boolean after) implements Action {}
}
