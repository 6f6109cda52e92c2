package arena.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import arena.json.Json;
import arena.run.Failure;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.Prompt;
import arena.run.PromptVariant;
import arena.run.Run;
import arena.run.RunId;
import arena.run.RunStatus;
import arena.run.Usage;
import arena.world.Age;
import arena.world.Score;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Responses keep their fields, the order of the fields, and the form of each value. */
class RunJsonTest {
  private static final RunId RUN = RunId.of("0123456789abcdef0123456789abcdef");
  private static final RunId PARENT = RunId.of("fedcba9876543210fedcba9876543210");

  private static Run failedFork() {
    return new Run(
        RUN,
        "a \"label\" \u00e9",
        Instant.parse("2026-01-31T12:00:00Z"),
        new Run.Plan(
            new Profile("n", "openai:x", 0.7, PromptVariant.BARE),
            new Prompt("bare-2", "00ff"),
            "dark_age",
            3,
            20,
            new Run.Origin(
                PARENT,
                3,
                new Mutation(
                    Optional.of(200.0),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.of(1.5),
                    Optional.of(7),
                    Optional.empty(),
                    Optional.of(Age.FEUDAL)),
                "why")),
        new Run.Progress(
            120,
            9,
            Instant.parse("2026-01-31T12:00:01Z"),
            Instant.parse("2026-01-31T12:00:02.5Z"),
            7),
        new Run.Outcome(
            RunStatus.FAILED,
            Instant.parse("2026-01-31T12:01:00Z"),
            "s3://b/k",
            new Failure("Abandoned", "no progress"),
            new Run.Summary(
                0.25, 6, "feudal", new Score(1, 12, 345.5), new Usage(9_000, 120, 8_000, 3_200))));
  }

  private static Run newRun() {
    return Run.requested(
        RUN,
        "l",
        new Profile("n", "scripted", 0.0, PromptVariant.BARE),
        null,
        "dark_age",
        5,
        Instant.parse("2026-01-31T12:00:00Z"));
  }

  @Test
  void writesARunWithEveryValue() {
    assertEquals(
        "{\"run_id\":\"0123456789abcdef0123456789abcdef\","
            + "\"label\":\"a \\\"label\\\" \u00e9\",\"status\":\"failed\",\"n_events\":120,"
            + "\"first_ts\":\"2026-01-31T12:00:01.000000Z\","
            + "\"last_ts\":\"2026-01-31T12:00:02.500000Z\",\"db_path\":\"s3://b/k\","
            + "\"parent_run_id\":\"fedcba9876543210fedcba9876543210\",\"parent_t\":3,"
            + "\"scenario\":\"dark_age\",\"profile_name\":\"n\",\"t0\":3,\"n_turns\":20,"
            + "\"created_at\":\"2026-01-31T12:00:00.000000Z\","
            + "\"ended_at\":\"2026-01-31T12:01:00.000000Z\",\"model\":\"openai:x\","
            + "\"turns_played\":6,\"cost_known\":false,\"error_code\":\"Abandoned\","
            + "\"total_cost_usd\":0.25,\"final_age\":\"feudal\","
            + "\"final_age_index\":1,\"final_population\":12,\"final_economy\":345.5,"
            + "\"profile\":{\"name\":\"n\","
            + "\"model\":\"openai:x\",\"temperature\":0.7,\"prompt_variant\":\"bare\","
            + "\"answer_format\":\"text\"},"
            + "\"prompt\":{\"version\":\"bare-2\",\"sha256\":\"00ff\"},"
            + "\"mutation\":{\"food\":200.0,\"stone\":1.5,\"population\":7,"
            + "\"age\":\"Feudal Age\"},\"reason\":\"why\",\"progress\":{\"turns_played\":6,"
            + "\"n_turns\":20},\"tokens_in\":9000,\"tokens_out\":120,\"tokens_cached\":8000,"
            + "\"model_ms\":3200,\"departs_at\":7,\"error\":{\"code\":\"Abandoned\","
            + "\"message\":\"no progress\"}}",
        Response.of(200, RunJson.run(failedFork())).body());
  }

  @Test
  void writesAbsentValuesAsNull() {
    assertEquals(
        "{\"run_id\":\"0123456789abcdef0123456789abcdef\",\"label\":\"l\","
            + "\"status\":\"running\",\"n_events\":0,\"first_ts\":null,\"last_ts\":null,"
            + "\"db_path\":\"\",\"parent_run_id\":null,\"parent_t\":null,"
            + "\"scenario\":\"dark_age\",\"profile_name\":\"n\",\"t0\":0,\"n_turns\":5,"
            + "\"created_at\":\"2026-01-31T12:00:00.000000Z\",\"ended_at\":null,"
            + "\"model\":\"scripted\",\"turns_played\":0,\"cost_known\":true,"
            + "\"error_code\":null,\"total_cost_usd\":null,"
            + "\"final_age\":null,\"final_age_index\":null,\"final_population\":null,"
            + "\"final_economy\":null,"
            + "\"profile\":{\"name\":\"n\",\"model\":\"scripted\",\"temperature\":0.0,"
            + "\"prompt_variant\":\"bare\",\"answer_format\":\"text\"},\"prompt\":null,\"mutation\":null,"
            + "\"reason\":null,\"progress\":{\"turns_played\":0,\"n_turns\":5},"
            + "\"tokens_in\":null,\"tokens_out\":null,\"tokens_cached\":null,"
            + "\"model_ms\":null,\"departs_at\":null,"
            + "\"error\":null}",
        Response.of(200, RunJson.run(newRun())).body());
  }

  @Test
  void writesRows() {
    assertEquals(
        "[{\"run_id\":\"0123456789abcdef0123456789abcdef\",\"label\":\"l\","
            + "\"status\":\"running\",\"n_events\":0,\"first_ts\":null,\"last_ts\":null,"
            + "\"db_path\":\"\",\"parent_run_id\":null,\"parent_t\":null,"
            + "\"scenario\":\"dark_age\",\"profile_name\":\"n\",\"t0\":0,\"n_turns\":5,"
            + "\"created_at\":\"2026-01-31T12:00:00.000000Z\",\"ended_at\":null,"
            + "\"model\":\"scripted\",\"turns_played\":0,\"cost_known\":true,"
            + "\"error_code\":null,\"total_cost_usd\":null,"
            + "\"final_age\":null,\"final_age_index\":null,\"final_population\":null,"
            + "\"final_economy\":null}]",
        Response.of(200, Json.array().add(RunJson.row(newRun()))).body());
  }

  @Test
  void writesSummaries() {
    Run run = failedFork();
    assertEquals(
        "{\"run_id\":\"0123456789abcdef0123456789abcdef\",\"profile_name\":\"n\","
            + "\"total_cost_usd\":0.25,\"n_turns\":6,\"final_age\":\"feudal\","
            + "\"final_age_index\":1,\"final_population\":12,\"final_economy\":345.5,"
            + "\"tokens_in\":9000,\"tokens_out\":120,\"tokens_cached\":8000,"
            + "\"model_ms\":3200}",
        Response.of(200, RunJson.summary(run, run.summary().orElseThrow())).body());
  }

  @Test
  void omitsAbsentDetailsOfErrors() {
    assertEquals(
        "{\"error\":{\"code\":\"invalid_field\",\"message\":\"m\",\"field\":\"f\","
            + "\"limit\":\"1 to 2\"}}",
        ErrorResponses.of(ApiException.invalidField("f", "1 to 2", "m"), "id", _ -> {}).body());
    assertEquals(
        "{\"error\":{\"code\":\"internal_error\","
            + "\"message\":\"internal error; see the log for this request_id\","
            + "\"request_id\":\"id\"}}",
        ErrorResponses.of(new IllegalStateException("x"), "id", _ -> {}).body());
  }
}
