package arena.local.lambda;

/** What runs a function's handler in a sandbox: {@link Handler} in this process, or a process. */
interface HandlerRunner {
  /**
   * Handles one event.
   *
   * @param event JSON
   * @return the answer's bytes
   * @throws ProcessEnded if the handler's process is no more
   * @throws HandlerError if the handler failed in another process, and that has told how
   * @throws Exception whatever the handler throws in this one
   */
  byte[] handle(String event, InvocationContext context) throws Exception;

  /** Ends it; whatever it throws is no more than told. */
  void close() throws Exception;
}
