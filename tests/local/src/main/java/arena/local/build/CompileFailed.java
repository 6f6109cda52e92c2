package arena.local.build;

/** Sources do not compile; the message is the compiler's. */
public final class CompileFailed extends Exception {
  CompileFailed(String message) {
    super(message);
  }
}
