package arena.local.sql;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;
import java.util.regex.Pattern;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Copies the archives of a bucket to a folder. An archive never changes, so that one that is there
 * is not copied again; files of comparisons are small and always are.
 */
final class BucketCopy {
  /** Maximum number of objects of a bucket. */
  static final int MAX_OBJECTS = 100_000;

  private static final int CONCURRENT = 16;
  private static final int PROGRESS = 500;

  /** Keys as finalize-run and play-cell write them; no other key can name a file. */
  private static final Pattern KEY =
      Pattern.compile(
          "runs/day=[0-9-]{10}/[0-9a-f]{32}\\.parquet|comparisons/[0-9a-f]{32}\\.jsonl");

  private final S3Client s3;
  private final String bucket;
  private final Path folder;

  BucketCopy(S3Client s3, String bucket, Path folder) {
    this.s3 = s3;
    this.bucket = bucket;
    this.folder = folder;
  }

  /**
   * Copies what is new.
   *
   * @param progress called with the number of objects after some of them
   * @return the number of objects that were copied
   * @throws IllegalStateException if the bucket has too many objects
   */
  int update(IntConsumer progress) throws IOException {
    List<S3Object> missing = new ArrayList<>();
    int listed = 0;
    for (String prefix : List.of("runs/", "comparisons/")) {
      for (S3Object object :
          s3.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix)).contents()) {
        if (++listed > MAX_OBJECTS) {
          throw new IllegalStateException(
              String.format(
                  Locale.ROOT,
                  "the bucket %s has more than %d archives; query it with another tool, see"
                      + " layers/arena/ANALYSIS.md",
                  bucket,
                  MAX_OBJECTS));
        }
        if (KEY.matcher(object.key()).matches() && !isCopied(object)) {
          missing.add(object);
        }
      }
    }
    try (ExecutorService tasks = Executors.newFixedThreadPool(CONCURRENT)) {
      List<Future<?>> copies = new ArrayList<>();
      for (S3Object object : missing) {
        copies.add(
            tasks.submit(
                () -> {
                  copy(object.key());
                  return null;
                }));
      }
      for (int i = 0; i < copies.size(); i++) {
        await(copies.get(i), tasks);
        if ((i + 1) % PROGRESS == 0) {
          progress.accept(i + 1);
        }
      }
    }
    return missing.size();
  }

  private boolean isCopied(S3Object object) throws IOException {
    Path file = folder.resolve(object.key());
    return object.key().startsWith("runs/")
        && Files.exists(file)
        && Files.size(file) == object.size();
  }

  private void copy(String key) throws IOException {
    Path file = folder.resolve(key);
    Files.createDirectories(file.getParent());
    // Under another name first: a copy that was interrupted is not read.
    Path part = file.resolveSibling(file.getFileName() + ".part");
    try (ResponseInputStream<GetObjectResponse> object =
        s3.getObject(get -> get.bucket(bucket).key(key))) {
      Files.copy(object, part, StandardCopyOption.REPLACE_EXISTING);
    }
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void await(Future<?> copy, ExecutorService tasks) throws IOException {
    try {
      copy.get();
    } catch (InterruptedException e) {
      tasks.shutdownNow();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while archives are copied", e);
    } catch (ExecutionException e) {
      tasks.shutdownNow();
      switch (e.getCause()) {
        case IOException failed -> throw failed;
        case RuntimeException failed -> throw failed;
        default -> throw new CompletionException(e.getCause());
      }
    }
  }
}
