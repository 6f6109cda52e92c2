package arena.runtime;

import arena.event.Event;
import arena.journal.PayloadStore;
import arena.stream.PayloadLinks;
import java.time.Duration;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

/** Creates presigned S3 URLs of payloads. */
final class S3PayloadLinks implements PayloadLinks {
  private static final Duration VALIDITY = Duration.ofMinutes(15);

  private final Supplier<S3Presigner> presigner;
  private final String bucket;

  S3PayloadLinks(Supplier<S3Presigner> presigner, String bucket) {
    this.presigner = presigner;
    this.bucket = bucket;
  }

  @Override
  public String link(Event event) {
    return presigner
        .get()
        .presignGetObject(
            request ->
                request
                    .signatureDuration(VALIDITY)
                    .getObjectRequest(object -> object.bucket(bucket).key(PayloadStore.key(event))))
        .url()
        .toString();
  }
}
