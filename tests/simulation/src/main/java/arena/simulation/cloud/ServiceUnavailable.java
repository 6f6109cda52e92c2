package arena.simulation.cloud;

/** A service of the cloud did not answer, as its client library would say it. */
public final class ServiceUnavailable extends RuntimeException {
  /** Says which and how. */
  ServiceUnavailable(String message) {
    super(message);
  }
}
