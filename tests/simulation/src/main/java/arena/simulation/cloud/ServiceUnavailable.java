package arena.simulation.cloud;

/** Thrown when an AWS service does not respond, as its client library would do. */
public final class ServiceUnavailable extends RuntimeException {

  ServiceUnavailable(String message) {
    super(message);
  }
}
