package arena.archive;

import arena.error.Dependency;
import arena.error.DependencyUnavailable;
import arena.event.Event;
import arena.metrics.Metrics;
import arena.metrics.Step;
import arena.run.Run;
import arena.world.Age;
import arena.world.Score;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Supplier;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;

/**
 * Stores archives in S3 as {@code runs/day=YYYY-MM-DD/<run_id>.parquet}, where the day is the run's
 * UTC creation day. DuckDB works on local files only and never accesses the network.
 */
public final class DuckDbArchive implements Archive {
  private final S3Client s3;
  private final String bucket;
  private final Supplier<DuckDb> duckDb;
  private final Metrics metrics;

  /**
   * @param duckDb always returns the same instance; called on first use
   * @param metrics records how long it takes to write an archive and read it back
   */
  public DuckDbArchive(S3Client s3, String bucket, Supplier<DuckDb> duckDb, Metrics metrics) {
    this.s3 = s3;
    this.bucket = bucket;
    this.duckDb = duckDb;
    this.metrics = metrics;
  }

  private ParquetFiles files() {
    return new ParquetFiles(duckDb.get());
  }

  private FileCache cache() {
    return duckDb.get().cache();
  }

  @Override
  public String address(Run run) {
    return "s3://" + bucket + "/" + key(run);
  }

  private static String key(Run run) {
    return "runs/day=%s/%s.parquet"
        .formatted(run.createdAt().atZone(ZoneOffset.UTC).toLocalDate(), run.runId());
  }

  @Override
  public String write(Run run, Iterable<Event> events) {
    return metrics.timed(Step.ARCHIVE, () -> writeAndVerify(run, events));
  }

  private String writeAndVerify(Run run, Iterable<Event> events) {
    Path file = duckDb.get().folder().resolve("new-%s.parquet".formatted(UUID.randomUUID()));
    try {
      long count = ParquetWriter.write(duckDb.get(), run.runId(), events, file);
      upload(run, file);
      // Verify by reading back: after this the journal is deleted.
      cache().invalidate(address(run));
      try (FileCache.Copy copy = copy(run)) {
        ParquetFiles.Extent extent = files().extent(copy.file());
        if (!extent.isComplete(count)) {
          cache().invalidate(address(run));
          throw Dependency.ARCHIVE.unavailable(
              String.format(
                  Locale.ROOT,
                  "%s was written with %d events but reads back as %s",
                  address(run),
                  count,
                  extent),
              null);
        }
      }
      return address(run);
    } finally {
      delete(file);
    }
  }

  private void upload(Run run, Path file) {
    try {
      long size = Files.size(file);
      if (size > EngineLimits.MAX_ARCHIVE_BYTES) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "the archive of run %s has %d bytes; the limit is %d",
                run.runId(),
                size,
                EngineLimits.MAX_ARCHIVE_BYTES));
      }
      s3.putObject(
          request ->
              request.bucket(bucket).key(key(run)).contentType("application/vnd.apache.parquet"),
          RequestBody.fromFile(file));
    } catch (SdkException e) {
      throw unavailable("write", run, e);
    } catch (IOException e) {
      throw Dependency.ARCHIVE.unavailable("cannot read " + file.getFileName(), e);
    }
  }

  @Override
  public List<Event> events(Run run, long fromSeq, int limit, int maxBytes) {
    if (fromSeq < 1 || limit < 1 || maxBytes < 1) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "from_seq, limit and max_bytes must be at least 1: %d, %d, %d",
              fromSeq,
              limit,
              maxBytes));
    }
    return read(run, file -> files().events(file, fromSeq, fromSeq + limit, maxBytes));
  }

  @Override
  public Run.Summary summary(Run run) {
    return read(
        run,
        file -> {
          ParquetFiles.Totals totals = files().totals(file);
          Optional<ParquetFiles.FinalState> finalState = files().finalState(file);
          return new Run.Summary(
              totals.costUsd(),
              totals.turns(),
              finalState.map(ParquetFiles.FinalState::age).orElse(""),
              finalState.map(DuckDbArchive::score).orElse(new Score(0, 0, 0)),
              totals.usage());
        });
  }

  private static Score score(ParquetFiles.FinalState state) {
    int rank = Age.fromLabel(state.age()).map(Age::rank).orElse(0);
    return new Score(rank, state.population(), state.economy());
  }

  @Override
  public Optional<Event> turnStart(Run run, int t) {
    return read(run, file -> files().turnStart(file, t));
  }

  @Override
  public List<Point> series(Run run) {
    return read(run, file -> files().series(file));
  }

  private <T> T read(Run run, Function<Path, T> query) {
    try (FileCache.Copy copy = copy(run)) {
      if (copy.rows() == run.nEvents()) {
        return query.apply(copy.file());
      }
    }
    // An archive is immutable once the catalog has its address. A copy made before that may be
    // stale, because the archive may have been written again.
    cache().invalidate(address(run));
    try (FileCache.Copy copy = copy(run)) {
      if (copy.rows() != run.nEvents()) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "%s has %d events but the catalog has %d",
                address(run),
                copy.rows(),
                run.nEvents()));
      }
      return query.apply(copy.file());
    }
  }

  private FileCache.Copy copy(Run run) {
    return cache().get(address(run), file -> download(run, file));
  }

  private long download(Run run, Path file) {
    try (ResponseInputStream<GetObjectResponse> object =
        s3.getObject(request -> request.bucket(bucket).key(key(run)))) {
      long size = object.response().contentLength();
      if (size > EngineLimits.MAX_ARCHIVE_BYTES) {
        throw new IllegalStateException(
            String.format(
                Locale.ROOT,
                "%s has %d bytes; the limit is %d",
                address(run),
                size,
                EngineLimits.MAX_ARCHIVE_BYTES));
      }
      Files.copy(object, file, StandardCopyOption.REPLACE_EXISTING);
      return files().extent(file).rows();
    } catch (SdkException e) {
      throw unavailable("read", run, e);
    } catch (IOException e) {
      throw Dependency.ARCHIVE.unavailable("cannot copy " + address(run), e);
    }
  }

  private DependencyUnavailable unavailable(String operation, Run run, SdkException e) {
    String reason =
        e instanceof AwsServiceException answer && answer.awsErrorDetails() != null
            ? String.format(
                Locale.ROOT,
                "S3 answered %d %s: %s",
                answer.statusCode(),
                answer.awsErrorDetails().errorCode(),
                answer.awsErrorDetails().errorMessage())
            : e.getMessage();
    return Dependency.ARCHIVE.unavailable(
        "cannot %s %s: %s".formatted(operation, address(run), reason), e);
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw Dependency.ARCHIVE.unavailable("cannot delete " + file.getFileName(), e);
    }
  }
}
