package arena.runtime;

import arena.comparison.ComparisonArchive;
import arena.error.Dependency;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;

/** Writes JSON lines to the archives' bucket. */
final class S3Objects implements ComparisonArchive.Objects {
  private final Supplier<S3Client> s3;
  private final String bucket;

  S3Objects(Supplier<S3Client> s3, String bucket) {
    this.s3 = s3;
    this.bucket = bucket;
  }

  @Override
  public void put(String key, String text) {
    try {
      s3.get()
          .putObject(
              put -> put.bucket(bucket).key(key).contentType("application/x-ndjson"),
              RequestBody.fromString(text, StandardCharsets.UTF_8));
    } catch (SdkException e) {
      throw Dependency.ARCHIVE.unavailable("cannot write " + key, e);
    }
  }
}
