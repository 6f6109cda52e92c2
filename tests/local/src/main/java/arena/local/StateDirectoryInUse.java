package arena.local;

/** Another stack uses the state directory. */
public final class StateDirectoryInUse extends RuntimeException {
  StateDirectoryInUse(String message) {
    super(message);
  }
}
