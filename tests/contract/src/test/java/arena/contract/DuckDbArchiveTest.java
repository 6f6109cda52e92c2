package arena.contract;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import arena.archive.Archive;
import arena.archive.DuckDb;
import arena.archive.DuckDbArchive;
import arena.benchmark.LargestRun;
import arena.codec.Utf8;
import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.event.Event;
import arena.local.backing.LocalS3;
import arena.metrics.Metrics;
import arena.run.Run;
import arena.run.RunId;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TimeZone;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;

@ExtendWith(KnownDifferences.class)
class DuckDbArchiveTest extends ArchiveContract {
  private static final String BUCKET = "arena-archive";
  private static final String SECRET = "hunter2";

  @TempDir static Path folder;

  private static LocalS3 server;
  private static S3Client s3;
  private static DuckDb duckDb;
  private static DuckDb anotherDuckDb;

  private final Archive archive = new DuckDbArchive(s3, BUCKET, () -> duckDb, Metrics.NONE);

  @BeforeAll
  static void start() {
    if (ExternalAws.endpoint().isEmpty()) {
      server = LocalS3.start(folder.resolve("s3"), 0, "local", SECRET);
    }
    s3 = client(endpoint(), SECRET);
    ExternalAws.createBucket(s3, BUCKET);
    duckDb = DuckDb.in(folder.resolve("duckdb"));
    anotherDuckDb = DuckDb.in(folder.resolve("another"));
  }

  @AfterAll
  static void stop() {
    s3.close();
    if (server != null) {
      server.close();
    }
  }

  private static URI endpoint() {
    return ExternalAws.endpoint().orElseGet(() -> server.endpoint());
  }

  @Override
  Archive archive() {
    return archive;
  }

  @Override
  Archive reopened() {
    return new DuckDbArchive(s3, BUCKET, () -> anotherDuckDb, Metrics.NONE);
  }

  @Test
  void derivesAddressWithoutStartingTheEngine() {
    Archive unstarted =
        new DuckDbArchive(
            s3,
            BUCKET,
            () -> {
              throw new AssertionError("engine started");
            },
            Metrics.NONE);
    Run run = run(1);
    assertEquals(archive.address(run), unstarted.address(run));
  }

  @Test
  void writesIdenticalFileForIdenticalEvents() {
    Run run = run(5_000);
    List<Event> events = SampleEvents.events(run.runId(), 1, 5_000);
    archive.write(run, events);
    String before = etag(run);
    reopened().write(run, events);
    assertEquals(before, etag(run));
  }

  @Test
  void archivesTheLargestRunInParts() throws IOException {
    Run run = run(LargestRun.EVENTS);
    archive.write(run, LargestRun.events(run.runId()));
    long next = 1;
    for (Event expected : LargestRun.events(run.runId())) {
      if (expected.seq() % 4_000 == 1) {
        List<Event> page = archive.events(run, expected.seq(), 1_000, 2_500_000);
        assertEquals(expected, page.getFirst());
        assertTrue(bytes(page) <= 2_500_000, "bytes: " + bytes(page));
        assertTrue(bytes(page) > 2_000_000, "bytes: " + bytes(page));
      }
      assertEquals(next, expected.seq());
      next++;
    }
    assertEquals(LargestRun.EVENTS + 1, next);
    assertEquals(LargestRun.TURNS + 1, archive.series(run).size());
    assertEquals(LargestRun.TURNS, archive.summary(run).nTurns());
    assertEquals(LargestRun.EVENTS, archive.turnStart(run, LargestRun.TURNS).orElseThrow().seq());
    try (Stream<Path> files = Files.walk(folder.resolve("duckdb"))) {
      assertEquals(
          List.of(),
          files.filter(file -> file.getFileName().toString().contains("part-")).toList());
    }
  }

  private static long bytes(List<Event> page) {
    return page.stream().mapToLong(event -> Utf8.length(event.payloadJson())).sum();
  }

  @Test
  void storesTimesIndependentlyOfTheDefaultZone() {
    Run run = run(3);
    List<Event> events = SampleEvents.events(run.runId(), 1, 3);
    TimeZone zone = TimeZone.getDefault();
    try {
      TimeZone.setDefault(TimeZone.getTimeZone("Pacific/Apia"));
      archive.write(run, events);
      assertEquals(events, archive.events(run, 1, 10));
      TimeZone.setDefault(TimeZone.getTimeZone("America/Los_Angeles"));
      assertEquals(events, reopened().events(run, 1, 10));
      assertTrue(archive.address(run).contains("/day=2026-01-31/"), archive.address(run));
    } finally {
      TimeZone.setDefault(zone);
    }
  }

  @Test
  void readsConcurrentlyDuringCacheEviction() throws Exception {
    // More runs than the cache holds, so that files are evicted during reads.
    long runs = 80;
    List<Run> written =
        Stream.generate(() -> run(RunId.of(UUID.randomUUID()), 20)).limit(runs).toList();
    for (Run run : written) {
      archive.write(run, SampleEvents.events(run.runId(), 1, 20));
    }
    List<Callable<List<Event>>> reads =
        Stream.of(written, List.copyOf(written))
            .flatMap(List::stream)
            .<Callable<List<Event>>>map(run -> () -> archive.events(run, 11, 100))
            .toList();
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      int next = 0;
      for (Future<List<Event>> read : threads.invokeAll(reads)) {
        RunId runId = written.get(next++ % written.size()).runId();
        assertEquals(SampleEvents.events(runId, 11, 20), read.get());
      }
    }
    try (Stream<Path> files = Files.walk(folder.resolve("duckdb"))) {
      long kept = files.filter(file -> file.toString().endsWith(".parquet")).count();
      assertTrue(kept < runs, "cached files: " + kept);
    }
  }

  @Test
  void reportsMissingBucketAsUnavailable() {
    Archive nowhere = new DuckDbArchive(s3, "no-such-bucket", () -> duckDb, Metrics.NONE);
    assertUnavailable(() -> nowhere.write(run(0), List.of()), "404 NoSuchBucket");
    assertUnavailable(() -> nowhere.events(run(1), 1, 10), "404 NoSuchBucket");
  }

  @Test
  void reportsMissingArchiveAsUnavailable() {
    assertUnavailable(() -> archive.events(run(1), 1, 10), "404 NoSuchKey");
    assertUnavailable(() -> archive.summary(run(1)), "404 NoSuchKey");
  }

  @Test
  void reportsCorruptFileAsUnavailable() {
    Run run = run(3);
    s3.putObject(r -> r.bucket(BUCKET).key(key(run)), RequestBody.fromString("PAR1 not at all"));
    assertUnavailable(() -> archive.events(run, 1, 10), "DuckDB");
    archive.write(run, SampleEvents.events(run.runId(), 1, 3));
    assertEquals(3, archive.events(run, 1, 10).size(), "the corrupt file is not cached");
  }

  @Test
  void reportsUnreachableServerWithoutTheSecret() throws IOException {
    URI nowhere = URI.create("http://127.0.0.1:" + TestRedis.freePort());
    for (S3Client badClient : List.of(client(nowhere, SECRET), client(endpoint(), "guessed"))) {
      try (badClient) {
        Archive faulty = new DuckDbArchive(badClient, BUCKET, () -> duckDb, Metrics.NONE);
        assertUnavailable(() -> faulty.write(run(0), List.of()), "cannot write");
        assertUnavailable(() -> faulty.events(run(1), 1, 10), "cannot read");
      }
    }
  }

  @Test
  void reportsTruncatedResponseAsUnavailable() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        ExecutorService threads = Executors.newSingleThreadExecutor();
        S3Client badClient =
            client(URI.create("http://127.0.0.1:" + listener.getLocalPort()), SECRET)) {
      Future<?> answering =
          threads.submit(
              () -> {
                try (var socket = listener.accept();
                    OutputStream out = socket.getOutputStream()) {
                  socket.getInputStream().read();
                  out.write(
                      "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nPAR1"
                          .getBytes(StandardCharsets.US_ASCII));
                }
                return null;
              });
      Archive faulty = new DuckDbArchive(badClient, BUCKET, () -> duckDb, Metrics.NONE);
      assertUnavailable(() -> faulty.events(run(1), 1, 10), "");
      answering.get();
    }
  }

  private static void assertUnavailable(Callable<?> call, String message) {
    Instant start = Instant.now();
    DependencyUnavailable failure = assertThrows(DependencyUnavailable.class, call::call);
    assertEquals(Dependency.ARCHIVE, failure.dependency());
    assertTrue(failure.getMessage().contains(message), failure.getMessage());
    assertFalse(failure.getMessage().contains(SECRET), failure.getMessage());
    Duration taken = Duration.between(start, Instant.now());
    assertTrue(taken.toSeconds() < 30, "took " + taken);
  }

  private static String etag(Run run) {
    return s3.headObject(r -> r.bucket(BUCKET).key(key(run))).eTag();
  }

  private static String key(Run run) {
    return "runs/day=2026-01-31/" + run.runId() + ".parquet";
  }

  private static S3Client client(URI endpoint, String secret) {
    return S3Client.builder()
        .region(Region.US_EAST_1)
        .endpointOverride(endpoint)
        .forcePathStyle(true)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("local", secret)))
        .httpClient(UrlConnectionHttpClient.create())
        .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
        .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
        .serviceConfiguration(c -> c.chunkedEncodingEnabled(false))
        .overrideConfiguration(
            o ->
                o.apiCallTimeout(Duration.ofSeconds(20))
                    .apiCallAttemptTimeout(Duration.ofSeconds(5)))
        .build();
  }
}
