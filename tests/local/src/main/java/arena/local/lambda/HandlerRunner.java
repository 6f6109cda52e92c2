package arena.local.lambda;

/** Runs a handler in a sandbox: in this process ({@link Handler}), or in a separate one. */
interface HandlerRunner {
  /**
   * Handles one event.
   *
   * @param event JSON
   * @return the bytes of the response
   * @throws ProcessExited if the handler's process has exited
   * @throws HandlerFailure if the handler failed in a separate process
   * @throws Exception any exception of a handler in this process
   */
  byte[] handle(String event, InvocationContext context) throws Exception;

  /** Ends the handler; an exception is only logged. */
  void close() throws Exception;
}
