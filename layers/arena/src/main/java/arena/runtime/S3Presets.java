package arena.runtime;

import arena.http.Presets;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Supplier;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Reads a deployment's presets from its bucket. */
public final class S3Presets implements Supplier<Optional<String>> {
  /** Key of the file. */
  static final String KEY = "settings/presets.json";

  private final Supplier<S3Client> s3;
  private final Supplier<String> bucket;

  private S3Presets(Supplier<S3Client> s3, Supplier<String> bucket) {
    this.s3 = s3;
    this.bucket = bucket;
  }

  /** Reads from the bucket of these settings, with a client that is created on first use. */
  public static S3Presets of(Settings settings) {
    return new S3Presets(new Lazy<>(() -> AwsClients.s3(settings.access())), settings::bucket);
  }

  /**
   * Reads the file.
   *
   * @return empty if there is none
   * @throws IllegalArgumentException if it is too large
   */
  @Override
  public Optional<String> get() {
    try (ResponseInputStream<GetObjectResponse> object =
        s3.get().getObject(request -> request.bucket(bucket.get()).key(KEY))) {
      byte[] bytes = object.readNBytes(Presets.MAX_BYTES + 1);
      if (bytes.length > Presets.MAX_BYTES) {
        object.abort();
        throw new IllegalArgumentException(
            String.format(Locale.ROOT, "presets must have at most %d bytes", Presets.MAX_BYTES));
      }
      return Optional.of(new String(bytes, StandardCharsets.UTF_8));
    } catch (S3Exception e) {
      // Without permission to list the bucket, a missing file is reported as forbidden.
      if (e.statusCode() == 403 || e.statusCode() == 404) {
        return Optional.empty();
      }
      throw e;
    } catch (IOException e) {
      throw SdkClientException.create("cannot read " + KEY, e);
    }
  }
}
