package arena.contract;

import java.net.URI;
import java.util.Optional;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.BucketAlreadyExistsException;
import software.amazon.awssdk.services.s3.model.BucketAlreadyOwnedByYouException;

/**
 * The implementation of DynamoDB and S3 that the environment variable {@code ARENA_AWS_ENDPOINT} or
 * the system property {@code arena.aws.endpoint} names, to run the contracts against it instead of
 * the servers that the tests start.
 */
final class ExternalAws {
  private static final String SETTING = "ARENA_AWS_ENDPOINT";
  private static final String PROPERTY = "arena.aws.endpoint";

  private ExternalAws() {}

  /** Returns its address, or empty if the tests start their own servers. */
  static Optional<URI> endpoint() {
    return Optional.ofNullable(System.getProperty(PROPERTY, System.getenv(SETTING)))
        .filter(address -> !address.isBlank())
        .map(URI::create);
  }

  /** Creates a bucket unless an earlier run did. */
  static void createBucket(S3Client s3, String bucket) {
    try {
      s3.createBucket(request -> request.bucket(bucket));
    } catch (BucketAlreadyOwnedByYouException | BucketAlreadyExistsException e) {
      // created by an earlier run
    }
  }
}
