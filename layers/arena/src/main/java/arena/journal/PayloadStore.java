package arena.journal;

import arena.event.Event;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * Texts that are too long for an item of the table, each an object in the bucket.
 *
 * <p>A key names its text's digest. So an attempt that loses the race for an entry, whose model may
 * have answered something else, cannot overwrite what the winner's entry refers to; and what is
 * read is what was written.
 */
public final class PayloadStore {
  private static final int DIGEST_CHARS = 16;

  private final S3Client s3;
  private final String bucket;

  PayloadStore(S3Client s3, String bucket) {
    this.s3 = s3;
    this.bucket = bucket;
  }

  /** Key of the object that holds this event's payload, if the journal found it too long. */
  public static String key(Event event) {
    return String.format(
        Locale.ROOT,
        "payloads/%s/%d-%s.json",
        event.runId(),
        event.seq(),
        digest(event.payloadJson()));
  }

  /** Key of the object that holds the state after the entry at this position, if it is too long. */
  static String stateKey(String runId, long position, String state) {
    return String.format(
        Locale.ROOT, "payloads/%s/state-%d-%s.json", runId, position, digest(state));
  }

  /** Writes a text under its key. Doing it again changes nothing. */
  void put(String key, String text) {
    call(
        () ->
            s3.putObject(
                request -> request.bucket(bucket).key(key).contentType("application/json"),
                RequestBody.fromString(text, StandardCharsets.UTF_8)));
  }

  /**
   * Reads the text under a key.
   *
   * @throws IllegalStateException if it is not there, or not what was written
   */
  String get(String key) {
    String text =
        call(
            () -> {
              try {
                return s3.getObjectAsBytes(request -> request.bucket(bucket).key(key))
                    .asUtf8String();
              } catch (NoSuchKeyException e) {
                throw new IllegalStateException("the bucket does not hold " + key, e);
              }
            });
    if (!key.endsWith("-" + digest(text) + ".json")) {
      throw new IllegalStateException("the bucket holds another text under " + key);
    }
    return text;
  }

  private static <T> T call(Supplier<T> call) {
    try {
      return call.get();
    } catch (SdkClientException e) {
      throw new JournalUnavailable("the bucket of large texts does not answer", e);
    } catch (AwsServiceException e) {
      throw e.isThrottlingException() || e.statusCode() >= 500
          ? new JournalUnavailable("the bucket of large texts is too busy", e)
          : e;
    }
  }

  private static String digest(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest).substring(0, DIGEST_CHARS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
