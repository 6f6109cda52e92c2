package arena.idempotency;

/** An idempotency key was reused with another body. */
public final class KeyReused extends RuntimeException {
  public KeyReused() {
    super("the idempotency key was used with another body");
  }
}
