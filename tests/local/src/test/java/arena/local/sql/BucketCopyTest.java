package arena.local.sql;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import arena.local.backing.LocalS3;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

/** Copies of a bucket's archives. */
class BucketCopyTest {
  private static final String BUCKET = "arena-test";
  private static final String RUN = "runs/day=2026-01-31/%s.parquet".formatted("a".repeat(32));
  private static final String RACE = "comparisons/%s.jsonl".formatted("b".repeat(32));

  @TempDir Path folder;

  @Test
  void copiesArchivesOnceAndComparisonsAlways() throws IOException {
    try (LocalS3 server = LocalS3.start(folder.resolve("s3"), 0, "local", "secret");
        S3Client s3 = client(server)) {
      server.createBucket(BUCKET);
      put(s3, RUN, "archive");
      put(s3, RACE, "{}");
      put(s3, "payloads/large.json", "not an archive");
      put(s3, "runs/day=2026-01-31/notes.txt", "not an archive");
      Path copies = folder.resolve("copies");
      BucketCopy copy = new BucketCopy(s3, BUCKET, copies);
      List<Integer> progress = new ArrayList<>();

      assertEquals(2, copy.update(progress::add));
      assertEquals("archive", Files.readString(copies.resolve(RUN)));
      assertEquals("{}", Files.readString(copies.resolve(RACE)));
      try (Stream<Path> files = Files.walk(copies)) {
        assertEquals(2, files.filter(Files::isRegularFile).count());
      }

      put(s3, RACE, "{\"cell\":0}");
      assertEquals(1, copy.update(progress::add), "only the race");
      assertEquals("{\"cell\":0}", Files.readString(copies.resolve(RACE)));
      assertFalse(progress.contains(0));
    }
  }

  private static void put(S3Client s3, String key, String content) {
    s3.putObject(put -> put.bucket(BUCKET).key(key), RequestBody.fromString(content));
  }

  private static S3Client client(LocalS3 server) {
    return S3Client.builder()
        .endpointOverride(server.endpoint())
        .region(Region.US_EAST_1)
        .forcePathStyle(true)
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", "secret")))
        .httpClientBuilder(UrlConnectionHttpClient.builder())
        .build();
  }
}
