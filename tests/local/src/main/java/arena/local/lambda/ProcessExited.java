package arena.local.lambda;

/** A handler's process exited before its response: Lambda's {@code Runtime.ExitError}. */
final class ProcessExited extends Exception {
  private static final int SIGNALLED = 128;
  private static final int KILLED = 9;

  ProcessExited(int exitStatus) {
    super(
        "Error: Runtime exited with error: "
            + (exitStatus == SIGNALLED + KILLED ? "signal: killed" : "exit status " + exitStatus));
  }
}
