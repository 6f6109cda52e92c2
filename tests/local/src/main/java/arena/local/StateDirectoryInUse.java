package arena.local;

/** Another stack works in the folder. */
public final class StateDirectoryInUse extends RuntimeException {
  StateDirectoryInUse(String message) {
    super(message);
  }
}
