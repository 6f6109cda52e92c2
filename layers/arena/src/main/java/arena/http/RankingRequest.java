package arena.http;

import arena.comparison.ComparisonQueries.By;
import arena.comparison.ComparisonQueries.RunFilter;
import arena.run.Limits;
import arena.statistics.Experiments;
import arena.text.PlainText;
import arena.world.Scenario;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The query of a ranking.
 *
 * @param raceIds texts of the races to rank; empty for the runs of the catalog
 */
record RankingRequest(List<String> raceIds, By by, RunFilter filter, int samples, long seed) {
  /** Maximum number of races. */
  static final int MAX_RACES = 20;

  /** Largest integer that JSON's readers keep exactly. */
  private static final long MAX_SEED = (1L << 53) - 1;

  private static final String TIME = "a date or a time in UTC, such as 2026-01-31T12:00:00Z";

  /**
   * Reads the query.
   *
   * @throws ApiException 422 if a parameter is unknown, missing, out of range or in conflict
   */
  static RankingRequest of(Request request) {
    request.allowQuery(
        "race_id",
        "source",
        "model",
        "scenario",
        "prompt_version",
        "from",
        "to",
        "by",
        "samples",
        "seed");
    List<String> raceIds = raceIds(request);
    Optional<String> source = oneOf(request, "source", List.of("runs"));
    if (source.isPresent() != raceIds.isEmpty()) {
      String limit = "race_id, or source=runs";
      throw ApiException.invalidField(
          "race_id",
          limit,
          source.isPresent()
              ? "race_id and source cannot be combined: use " + limit
              : "race_id is required, unless source=runs: use " + limit);
    }
    Optional<String> promptVersion = text(request, "prompt_version");
    if (promptVersion.isPresent() && source.isEmpty()) {
      throw ApiException.invalidField(
          "prompt_version", "with source=runs", "prompt_version can only be used with source=runs");
    }
    List<String> scenarios = Stream.of(Scenario.values()).map(Scenario::label).toList();
    List<String> ways = Stream.of(By.values()).map(By::label).toList();
    Optional<Instant> from = time(request, "from");
    Optional<Instant> to = time(request, "to");
    if (from.isPresent() && to.isPresent() && !from.get().isBefore(to.get())) {
      throw ApiException.invalidField("to", "later than from", "to must be later than from");
    }
    return new RankingRequest(
        raceIds,
        oneOf(request, "by", ways)
            .map(label -> By.valueOf(label.toUpperCase(Locale.ROOT)))
            .orElse(By.PROFILE),
        new RunFilter(
            text(request, "model"), oneOf(request, "scenario", scenarios), promptVersion, from, to),
        Math.toIntExact(
            request.integerQuery(
                "samples", 0, Experiments.MAX_SAMPLES, ComparisonReadRoutes.SAMPLES)),
        request.integerQuery("seed", 0, MAX_SEED, 0));
  }

  /** Returns the distinct ids; API Gateway joins repeated parameters with commas. */
  private static List<String> raceIds(Request request) {
    Optional<String> joined = request.query("race_id").filter(ids -> !ids.isEmpty());
    if (joined.isEmpty()) {
      return List.of();
    }
    String[] ids = joined.get().split(",", MAX_RACES + 1);
    if (ids.length > MAX_RACES) {
      String limit = String.format(Locale.ROOT, "1 to %d races", MAX_RACES);
      throw ApiException.invalidField("race_id", limit, "race_id is repeated too often: " + limit);
    }
    Set<String> distinct = new LinkedHashSet<>(List.of(ids));
    return List.copyOf(distinct);
  }

  private static Optional<String> oneOf(Request request, String name, List<String> values) {
    Optional<String> value = request.query(name);
    if (value.isPresent() && !values.contains(value.get())) {
      String limit = (values.size() == 1 ? "" : "one of ") + String.join(", ", values);
      throw ApiException.invalidField(name, limit, name + " must be " + limit);
    }
    return value;
  }

  private static Optional<String> text(Request request, String name) {
    Optional<String> text = request.query(name);
    if (text.isPresent()
        && (text.get().isEmpty()
            || TextLimits.length(text.get()) > Limits.MAX_MODEL
            || !PlainText.isPlain(text.get()))) {
      String limit = String.format(Locale.ROOT, "1 to %d characters", Limits.MAX_MODEL);
      throw ApiException.invalidField(
          name, limit, "%s must be %s: %s".formatted(name, JsonFields.PLAIN, limit));
    }
    return text;
  }

  private static Optional<Instant> time(Request request, String name) {
    return request
        .query(name)
        .map(
            text -> {
              try {
                return text.contains("T")
                    ? Instant.parse(text)
                    : LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant();
              } catch (DateTimeParseException _) {
                throw ApiException.invalidField(name, TIME, name + " must be " + TIME);
              }
            });
  }
}
