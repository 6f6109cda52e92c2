package arena.local.backing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.local.iam.Authorizer;
import arena.local.iam.Credentials;
import arena.local.iam.Role;
import arena.local.iam.Statement;
import arena.local.iam.Statement.Effect;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3Configuration;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.presigner.S3Presigner;

class AuthorizedBlobsTest {
  private static final String BUCKET = "events";
  private static final String ARN = "arn:aws:s3:::" + BUCKET;
  private static final S3Configuration PATH_STYLE =
      S3Configuration.builder().pathStyleAccessEnabled(true).chunkedEncodingEnabled(false).build();

  private final Authorizer authorizer = new Authorizer();
  @TempDir private Path folder;
  private LocalS3 server;

  @BeforeEach
  void start() {
    server = LocalS3.start(folder, 0, "local", "secret", authorizer);
    server.createBucket(BUCKET);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private Credentials holder(Statement... statements) {
    Credentials credentials = Credentials.temporary();
    authorizer.add(new Role("reader", List.of(statements)), credentials);
    return credentials;
  }

  private static Statement allow(String action, String resource) {
    return new Statement(action, Effect.ALLOW, List.of(action), List.of(resource));
  }

  private static StaticCredentialsProvider provider(Credentials credentials) {
    return StaticCredentialsProvider.create(
        AwsSessionCredentials.create(
            credentials.accessKeyId(),
            credentials.secretAccessKey(),
            credentials.sessionToken().orElseThrow()));
  }

  private S3Client client(Credentials credentials) {
    return S3Client.builder()
        .endpointOverride(server.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(provider(credentials))
        .serviceConfiguration(PATH_STYLE)
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }

  private static void put(S3Client client, String key) {
    client.putObject(put -> put.bucket(BUCKET).key(key), RequestBody.fromString("text"));
  }

  private static String get(S3Client client, String key) {
    return client.getObjectAsBytes(get -> get.bucket(BUCKET).key(key)).asUtf8String();
  }

  private static void assertRefused(String action, Runnable call) {
    S3Exception refused = assertThrows(S3Exception.class, call::run);
    assertEquals(403, refused.statusCode());
    assertEquals("AccessDenied", refused.awsErrorDetails().errorCode());
    assertTrue(
        refused.awsErrorDetails().errorMessage().contains("not authorized to perform: " + action),
        refused.getMessage());
  }

  @Test
  void needsARightForEachActionAndPrefix() {
    Credentials credentials =
        holder(allow("s3:PutObject", ARN + "/runs/*"), allow("s3:GetObject", ARN + "/runs/*"));
    try (S3Client client = client(credentials)) {
      put(client, "runs/a");
      assertEquals("text", get(client, "runs/a"));
      assertEquals(4, client.headObject(head -> head.bucket(BUCKET).key("runs/a")).contentLength());
      assertRefused("s3:PutObject", () -> put(client, "payloads/a"));
      assertRefused("s3:GetObject", () -> get(client, "payloads/a"));
      assertRefused("s3:ListBucket", () -> client.listObjectsV2(list -> list.bucket(BUCKET)));
    }
  }

  @Test
  void reportsAMissingObjectOnlyToACallerThatMayList() {
    Statement read = allow("s3:GetObject", ARN + "/*");
    try (S3Client client = client(holder(read))) {
      assertRefused("s3:ListBucket", () -> get(client, "missing"));
      S3Exception refused =
          assertThrows(
              S3Exception.class,
              () -> client.headObject(head -> head.bucket(BUCKET).key("missing")));
      assertEquals(403, refused.statusCode());
    }
    try (S3Client client = client(holder(read, allow("s3:ListBucket", ARN)))) {
      assertThrows(NoSuchKeyException.class, () -> get(client, "missing"));
      assertThrows(
          NoSuchKeyException.class,
          () -> client.headObject(head -> head.bucket(BUCKET).key("missing")));
    }
  }

  @Test
  void refusesByNameWhatTheStackDoesNotSupportForARole() {
    try (S3Client client = client(holder(allow("s3:*", "*")))) {
      put(client, "a");
      S3Exception refused =
          assertThrows(
              S3Exception.class,
              () -> client.deleteObject(object -> object.bucket(BUCKET).key("a")));
      assertEquals(403, refused.statusCode());
    }
  }

  @Test
  void evaluatesAPresignedUrlWithTheRightsOfItsSigner() throws IOException, InterruptedException {
    Credentials credentials =
        holder(allow("s3:PutObject", ARN + "/*"), allow("s3:GetObject", ARN + "/runs/*"));
    try (S3Client client = client(credentials);
        S3Presigner presigner =
            S3Presigner.builder()
                .endpointOverride(server.endpoint())
                .region(Region.US_EAST_1)
                .credentialsProvider(provider(credentials))
                .serviceConfiguration(PATH_STYLE)
                .build();
        HttpClient browser = HttpClient.newHttpClient()) {
      for (String key : List.of("runs/a", "payloads/a")) {
        put(client, key);
        var url =
            presigner.presignGetObject(
                presign ->
                    presign
                        .signatureDuration(Duration.ofMinutes(5))
                        .getObjectRequest(get -> get.bucket(BUCKET).key(key)));
        HttpResponse<String> response =
            browser.send(
                HttpRequest.newBuilder(URI.create(url.url().toString())).build(),
                HttpResponse.BodyHandlers.ofString());
        assertEquals(key.startsWith("runs/") ? 200 : 403, response.statusCode(), response.body());
      }
    }
  }

  @Test
  void checksTheSignature() {
    Credentials known = holder(allow("s3:*", "*"));
    Credentials forged = new Credentials(known.accessKeyId(), "guessed", known.sessionToken());
    try (S3Client client = client(forged)) {
      S3Exception refused = assertThrows(S3Exception.class, () -> put(client, "a"));
      assertEquals("SignatureDoesNotMatch", refused.awsErrorDetails().errorCode());
    }
  }
}
