package arena.journal;

import arena.error.Dependency;
import arena.event.Event;
import arena.run.RunId;
import arena.text.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * Stores texts that are too large for a DynamoDB item as S3 objects.
 *
 * <p>Keys contain the text's digest. An attempt that loses the race for an entry therefore cannot
 * overwrite a text of the winner's entry, and reads can be verified.
 */
public final class PayloadStore {
  private static final int DIGEST_CHARS = 16;

  private final Supplier<S3Client> s3;
  private final String bucket;

  PayloadStore(Supplier<S3Client> s3, String bucket) {
    this.s3 = s3;
    this.bucket = bucket;
  }

  /** Returns the key of an event's payload. */
  public static String key(Event event) {
    return String.format(
        Locale.ROOT,
        "payloads/%s/%d-%s.json",
        event.runId(),
        event.seq(),
        digest(event.payloadJson()));
  }

  /** Returns the key of the state after the entry at this position. */
  static String stateKey(RunId runId, long position, String state) {
    return String.format(
        Locale.ROOT, "payloads/%s/state-%d-%s.json", runId, position, digest(state));
  }

  /** Writes a text. Idempotent. */
  void put(String key, String text) {
    call(
        () ->
            s3.get()
                .putObject(
                    request -> request.bucket(bucket).key(key).contentType("application/json"),
                    RequestBody.fromString(text, StandardCharsets.UTF_8)));
  }

  /**
   * Reads a text.
   *
   * @throws IllegalStateException if it does not exist or does not match its digest
   */
  String get(String key) {
    String text =
        call(
            () -> {
              try {
                return s3.get()
                    .getObjectAsBytes(request -> request.bucket(bucket).key(key))
                    .asUtf8String();
              } catch (NoSuchKeyException e) {
                throw new IllegalStateException("missing S3 object " + key, e);
              }
            });
    if (!key.endsWith("-" + digest(text) + ".json")) {
      throw new IllegalStateException("digest mismatch of S3 object " + key);
    }
    return text;
  }

  private static <T> T call(Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkClientException e) {
      throw Dependency.JOURNAL.unavailable("S3 did not answer", e);
    } catch (AwsServiceException e) {
      throw e.isThrottlingException() || e.statusCode() >= 500
          ? Dependency.JOURNAL.unavailable("S3 is overloaded", e)
          : e;
    }
  }

  private static String digest(String text) {
    return Sha256.hex(text).substring(0, DIGEST_CHARS);
  }
}
