package arena.benchmark;

import arena.codec.EnvelopeCodec;
import arena.event.Event;
import arena.run.Profile;
import arena.run.Run;
import arena.run.RunId;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.zip.GZIPOutputStream;

/**
 * Measures the time and size of a run's archive, compared with gzip of its envelopes as JSON lines.
 * The time includes writing the file, the upload and reading it back.
 */
final class ArchiveSize implements Measurement {
  private static final List<Integer> SIZES = List.of(1_200, 10_000);
  private static final Rounds ROUNDS = new Rounds(2, 7, Duration.ofSeconds(8));

  @Override
  public String title() {
    return String.format(Locale.ROOT, "archive, %d rounds of %s events", ROUNDS.wanted(), SIZES);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    List<Row> rows = new ArrayList<>();
    for (int size : SIZES) {
      List<Written> written = new ArrayList<>();
      ROUNDS.each(
          round -> {
            Written one = write(stack, size);
            if (round > 0) {
              written.add(one);
            }
          });
      rows.addAll(rows(size, written));
      stack.progress(String.format(Locale.ROOT, "%,d events", size));
    }
    return rows;
  }

  /** Time and size of one archive, and of gzip for the same events. */
  private record Written(double millis, long bytes, double gzipMillis, long gzipBytes) {}

  private static Written write(MeasuredStack stack, int size) {
    RunId runId = RunId.of(UUID.randomUUID());
    List<Event> events = PlayedGames.events(runId, size);
    Run run = run(runId, events);
    long start = System.nanoTime();
    String address = stack.archive().write(run, events);
    long archived = System.nanoTime();
    long gzipBytes = gzip(events).length;
    long zipped = System.nanoTime();
    return new Written(
        (archived - start) / 1e6, bytes(stack, address), (zipped - archived) / 1e6, gzipBytes);
  }

  private static List<Row> rows(int size, List<Written> written) {
    double bytes = Sample.median(written.stream().map(one -> (double) one.bytes()).toList());
    double gzip = Sample.median(written.stream().map(one -> (double) one.gzipBytes()).toList());
    double millis = Sample.median(written.stream().map(Written::millis).toList());
    double gzipMillis = Sample.median(written.stream().map(Written::gzipMillis).toList());
    String name = String.format(Locale.ROOT, "archive of %,d events", size);
    return List.of(
        Row.ratio(name, bytes / gzip, "times gzip's bytes"),
        Row.amount(name, bytes, "bytes", Row.amount(gzip) + " by gzip, of JSON lines"),
        Row.amount(name, millis, "ms", Row.amount(gzipMillis) + " by gzip, in memory"));
  }

  private static long bytes(MeasuredStack stack, String address) {
    String key = address.substring(("s3://" + stack.bucket() + "/").length());
    return stack
        .s3()
        .headObject(request -> request.bucket(stack.bucket()).key(key))
        .contentLength();
  }

  private static byte[] gzip(List<Event> events) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream zip = new GZIPOutputStream(bytes)) {
      for (Event event : events) {
        zip.write(EnvelopeCodec.write(event).getBytes(StandardCharsets.UTF_8));
        zip.write('\n');
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static Run run(RunId runId, List<Event> events) {
    Event last = events.getLast();
    return Run.requested(
            runId, "benchmark", Profile.DEFAULT, null, "balanced", last.t() + 1, Instant.now())
        .withProgress(new Run.Progress(events.size(), last.t(), events.getFirst().ts(), last.ts()));
  }
}
