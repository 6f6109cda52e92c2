package arena.local;

/** Another stack works in the folder. */
public final class HomeTaken extends RuntimeException {
  HomeTaken(String message) {
    super(message);
  }
}
