package arena.runtime;

import arena.archive.ArchiveLinks;
import arena.event.Event;
import arena.journal.PayloadStore;
import arena.run.Run;
import arena.stream.PayloadLinks;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Supplier;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;
import software.amazon.awssdk.services.s3.presigner.model.PresignedGetObjectRequest;

/** Creates presigned S3 URLs of payloads and archives. */
final class S3Links implements PayloadLinks, ArchiveLinks {
  private static final Duration VALIDITY = Duration.ofMinutes(15);

  private final Supplier<S3Presigner> presigner;
  private final String bucket;
  private final InstantSource clock;

  S3Links(Supplier<S3Presigner> presigner, String bucket, InstantSource clock) {
    this.presigner = presigner;
    this.bucket = bucket;
    this.clock = clock;
  }

  @Override
  public String link(Event event) {
    return presign(object -> object.key(PayloadStore.key(event))).url().toString();
  }

  @Override
  public Link link(Run run) {
    String key = run.dbPath().substring(("s3://" + bucket + "/").length());
    PresignedGetObjectRequest link =
        presign(
            object ->
                object
                    .key(key)
                    .responseContentDisposition(
                        "attachment; filename=\"run-%s.parquet\"".formatted(run.runId())));
    return new Link(link.url().toString(), clock.instant().plus(VALIDITY));
  }

  private PresignedGetObjectRequest presign(Consumer<GetObjectRequest.Builder> object) {
    return presigner
        .get()
        .presignGetObject(
            request ->
                request
                    .signatureDuration(VALIDITY)
                    .getObjectRequest(get -> get.bucket(bucket).applyMutation(object)));
  }
}
