package arena.local.backing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

class LocalS3Test {
  private static final String BUCKET = "arena-test";
  private static final String KEY = "runs/day=2026-01-31/é.parquet";

  @TempDir Path folder;

  @Test
  void keepsObjectsAcrossARestart() {
    try (LocalS3 server = LocalS3.start(folder, 0, "local", "secret")) {
      assertThrows(IllegalArgumentException.class, () -> server.createBucket("b"));
      server.createBucket(BUCKET);
      server.createBucket(BUCKET);
      try (S3Client s3 = client(server, "secret")) {
        s3.putObject(r -> r.bucket(BUCKET).key(KEY), RequestBody.fromBytes(new byte[5_000_000]));
        assertThrows(
            NoSuchKeyException.class, () -> s3.getObject(r -> r.bucket(BUCKET).key("none")));
      }
      try (S3Client stranger = client(server, "guessed")) {
        assertThrows(S3Exception.class, () -> stranger.listObjectsV2(r -> r.bucket(BUCKET)));
      }
    }
    try (LocalS3 server = LocalS3.start(folder, 0, "local", "secret");
        S3Client s3 = client(server, "secret")) {
      assertEquals(
          5_000_000,
          s3.getObjectAsBytes(r -> r.bucket(BUCKET).key(KEY)).asByteArrayUnsafe().length);
    }
  }

  private static S3Client client(LocalS3 server, String secret) {
    return S3Client.builder()
        .region(Region.US_EAST_1)
        .endpointOverride(server.endpoint())
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", secret)))
        .httpClient(UrlConnectionHttpClient.create())
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .serviceConfiguration(c -> c.chunkedEncodingEnabled(false))
        .build();
  }
}
