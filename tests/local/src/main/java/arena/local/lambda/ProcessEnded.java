package arena.local.lambda;

/** The process of a handler ended before it answered: Lambda's {@code Runtime.ExitError}. */
final class ProcessEnded extends Exception {
  private static final int SIGNALLED = 128;
  private static final int KILLED = 9;

  ProcessEnded(int exitStatus) {
    super(
        "Error: Runtime exited with error: "
            + (exitStatus == SIGNALLED + KILLED ? "signal: killed" : "exit status " + exitStatus));
  }
}
