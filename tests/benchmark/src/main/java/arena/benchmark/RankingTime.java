package arena.benchmark;

import arena.ranking.Match;
import arena.ranking.Ranking;
import arena.statistics.RandomStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Compares a ranking of 10,000 matches with 1,000 bootstrap samples, overall and in each scenario,
 * with the same in numpy, which is installed from PyPI into a temporary folder.
 */
final class RankingTime implements Measurement {
  private static final int PLAYERS = 16;
  private static final int MATCHES = 10_000;
  private static final int SAMPLES = 1_000;
  private static final int SCENARIOS = 4;
  private static final double LIMIT = 1.5;
  private static final double SAME = 1e-6;
  private static final Rounds ROUNDS = new Rounds(3, 7, Duration.ofSeconds(60));
  private static final Duration INSTALLATION = Duration.ofMinutes(3);
  private static final Duration TIME_LIMIT = Duration.ofMinutes(2);
  private static final Path NUMPY = Path.of("tests/benchmark/numpy");
  private static final Pattern MEDIAN = Pattern.compile("median ([0-9.]+) ms");
  private static final Pattern RATING = Pattern.compile("rating (-?[0-9.]+)");

  @Override
  public String title() {
    return String.format(
        Locale.ROOT, "ranking, %,d matches, %,d bootstrap samples", MATCHES, SAMPLES);
  }

  @Override
  public List<Row> measure(MeasuredStack stack) {
    List<Match> matches = matches();
    List<Double> times = new ArrayList<>();
    List<Double> rating = new ArrayList<>();
    ROUNDS.each(
        round -> {
          long start = System.nanoTime();
          Ranking ranking = Ranking.ofMatches(matches, round, SAMPLES);
          double millis = (System.nanoTime() - start) / 1e6;
          stack.progress(String.format(Locale.ROOT, "round %d: %,.0f ms", round, millis));
          times.add(millis);
          rating.add(ratingOf(ranking, name(0)));
        });
    double product = Sample.median(times);
    String what = "ranking of 10,000 matches";
    String numpy;
    try {
      numpy = numpy(matches);
    } catch (IllegalStateException e) {
      stack.progress("numpy is not available: " + e.getMessage());
      return List.of(
          Row.amount(what, product, "ms", "1,000 bootstrap samples, overall and by scenario"),
          Row.note(what, "not compared: numpy could not be installed from PyPI, or failed"));
    }
    double reference = ExternalProgram.lastNumber(numpy, MEDIAN);
    double theirs = ExternalProgram.lastNumber(numpy, RATING);
    if (Math.abs(theirs - rating.getFirst()) > SAME) {
      throw new IllegalStateException(
          "numpy rates the first player " + theirs + ", not " + rating.getFirst());
    }
    return List.of(
        Row.atMost(what, product / reference, "times numpy", LIMIT),
        Row.amount(
            what, product, "ms", Row.amount(reference) + " ms in numpy, 1,000 bootstrap samples"));
  }

  private static String name(int player) {
    return String.format(Locale.ROOT, "player-%02d", player);
  }

  private static double ratingOf(Ranking ranking, String player) {
    return ranking.components().getFirst().players().stream()
        .filter(ranked -> ranked.player().equals(player))
        .findFirst()
        .flatMap(Ranking.RankedPlayer::rating)
        .orElseThrow()
        .value();
  }

  /** Matches of all pairs, round by round, of players whose strengths are 0.2 apart. */
  private static List<Match> matches() {
    RandomStream random = RandomStream.of(7);
    List<Match> matches = new ArrayList<>();
    for (int round = 0; matches.size() < MATCHES; round++) {
      Match.Round of =
          new Match.Round(
              "scenario-" + round % SCENARIOS, Integer.toString(round / SCENARIOS));
      for (int i = 0; i < PLAYERS; i++) {
        for (int j = i + 1; j < PLAYERS && matches.size() < MATCHES; j++) {
          boolean wins = random.nextDouble() < 1 / (1 + Math.exp(0.2 * (i - j)));
          matches.add(new Match(of, name(i), name(j), wins ? 1 : 0));
        }
      }
    }
    return matches;
  }

  /** Runs the program with numpy, and returns its output. */
  private static String numpy(List<Match> matches) {
    StringBuilder lines = new StringBuilder();
    for (Match match : matches) {
      lines
          .append(match.round().scenario())
          .append(',')
          .append(match.round().name())
          .append(',')
          .append(match.first())
          .append(',')
          .append(match.second())
          .append(',')
          .append(match.pointsOfFirst())
          .append('\n');
    }
    Path folder; // in the temporary folder, which is deleted at the end
    Path file;
    try {
      folder = Files.createTempDirectory("arena-numpy");
      file = folder.resolve("matches.csv");
      Files.writeString(file, lines, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String python = folder.resolve("venv/bin/python").toString();
    ExternalProgram.output(
        List.of("python3", "-m", "venv", folder.resolve("venv").toString()), INSTALLATION);
    ExternalProgram.output(
        List.of(
            python,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--only-binary",
            ":all:",
            "--require-hashes",
            "-r",
            NUMPY.resolve("requirements.txt").toString()),
        INSTALLATION);
    return ExternalProgram.output(
        List.of(
            python,
            NUMPY.resolve("ranking.py").toString(),
            file.toString(),
            Integer.toString(SAMPLES),
            Integer.toString(ROUNDS.wanted())),
        TIME_LIMIT);
  }
}
