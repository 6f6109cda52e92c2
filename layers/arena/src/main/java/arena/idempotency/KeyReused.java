package arena.idempotency;

/** A key came before, with another body. */
public final class KeyReused extends RuntimeException {
  /** Says so. */
  public KeyReused() {
    super("the key was used for a request with another body");
  }
}
