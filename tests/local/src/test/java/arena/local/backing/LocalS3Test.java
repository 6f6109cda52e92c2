package arena.local.backing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
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
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

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

  @Test
  void letsBrowsersReadFromTheAllowedOriginOnly() throws Exception {
    BucketDefinition bucket =
        new BucketDefinition(
            BUCKET,
            Optional.of(
                new BucketDefinition.Cors(
                    List.of("http://localhost:5173"), List.of("GET"), List.of(), List.of("ETag"))));
    try (LocalS3 server = LocalS3.start(folder, 0, "local", "secret")) {
      server.create(bucket);
      URI link;
      try (S3Client s3 = client(server, "secret");
          S3Presigner presigner = presigner(server)) {
        s3.putObject(r -> r.bucket(BUCKET).key("payloads/1"), RequestBody.fromString("{}"));
        link =
            presigner
                .presignGetObject(
                    r ->
                        r.signatureDuration(Duration.ofMinutes(5))
                            .getObjectRequest(o -> o.bucket(BUCKET).key("payloads/1")))
                .url()
                .toURI();
      }
      try (HttpClient browser = HttpClient.newHttpClient()) {
        HttpResponse<String> allowed = get(browser, link, "http://localhost:5173");
        assertEquals("{}", allowed.body());
        assertEquals(
            Optional.of("http://localhost:5173"),
            allowed.headers().firstValue("Access-Control-Allow-Origin"));
        assertEquals(
            Optional.of("ETag"), allowed.headers().firstValue("Access-Control-Expose-Headers"));
        for (String stranger : List.of("http://localhost:51734", "http://localhostx5173")) {
          assertEquals(
              Optional.empty(),
              get(browser, link, stranger).headers().firstValue("Access-Control-Allow-Origin"));
        }
      }
    }
  }

  private static HttpResponse<String> get(HttpClient browser, URI link, String origin)
      throws Exception {
    return browser.send(
        HttpRequest.newBuilder(link).header("Origin", origin).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private static S3Presigner presigner(LocalS3 server) {
    return S3Presigner.builder()
        .region(Region.US_EAST_1)
        .endpointOverride(server.endpoint())
        .serviceConfiguration(S3Configuration.builder().pathStyleAccessEnabled(true).build())
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "secret")))
        .build();
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
