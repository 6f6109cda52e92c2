package arena.http;

import arena.agent.PriceTable;
import arena.codec.Timestamps;
import arena.json.Json;
import arena.run.Failure;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.Run;
import arena.run.Usage;
import arena.text.PlainText;
import arena.text.Redactor;
import arena.world.Age;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Optional;

/** Runs as responses show them. Unless stated otherwise, an absent value is null. */
final class RunJson {
  private RunJson() {}

  /** A text without secrets that it may contain, as a diagnosis and a report show it. */
  private static String redacted(String text) {
    return Redactor.OF_FORMATS.redact(text);
  }

  /** A run as a row of a list. Cost and final state are null until it is archived. */
  static ObjectNode row(Run run) {
    return Json.object()
        .put("run_id", run.runId().value())
        .put("label", redacted(run.label()))
        .put("status", run.status().label())
        .put("n_events", run.nEvents())
        .put("first_ts", run.firstTs().map(Timestamps::write).orElse(null))
        .put("last_ts", run.lastTs().map(Timestamps::write).orElse(null))
        .put("db_path", run.dbPath())
        .put("parent_run_id", run.origin().map(found -> found.parentRunId().value()).orElse(null))
        .put("parent_t", run.origin().map(Run.Origin::parentT).orElse(null))
        .put("scenario", run.scenario())
        .put("profile_name", run.profile().name())
        .put("t0", run.t0())
        .put("n_turns", run.nTurns())
        .put("created_at", Timestamps.write(run.createdAt()))
        .put("ended_at", run.endedAt().map(Timestamps::write).orElse(null))
        .put("model", run.profile().model())
        .put("turns_played", run.turnsPlayed())
        // if it is not known, the cost of the model's calls is shown as 0
        .put("cost_known", PriceTable.isCostKnown(run.profile().model()))
        .put("error_code", run.failure().map(found -> found.kind().code()).orElse(null))
        .put("total_cost_usd", run.summary().map(Run.Summary::totalCostUsd).orElse(null))
        .put("final_age", run.summary().map(Run.Summary::finalAge).orElse(null))
        .put("final_age_index", run.summary().map(found -> found.score().ageIndex()).orElse(null))
        .put(
            "final_population", run.summary().map(found -> found.score().population()).orElse(null))
        .put("final_economy", run.summary().map(found -> found.score().economy()).orElse(null));
  }

  /** A run with everything that is known of it. */
  static ObjectNode run(Run run) {
    ObjectNode json = row(run);
    json.set("profile", profile(run.profile()));
    json.set(
        "prompt",
        run.prompt()
            .map(
                found ->
                    Json.object().put("version", found.version()).put("sha256", found.sha256()))
            .orElse(null));
    json.set("mutation", run.origin().map(found -> mutation(found.mutation())).orElse(null));
    json.put("reason", run.origin().map(found -> redacted(found.reason())).orElse(null));
    json.putObject("progress").put("turns_played", run.turnsPlayed()).put("n_turns", run.nTurns());
    putUsage(json, run.summary().map(Run.Summary::usage));
    // where the state of a recorded run first differs from its parent's
    json.put("departs_at", run.departsAt().orElse(null));
    json.set("error", run.failure().map(RunJson::failure).orElse(null));
    return json;
  }

  /** Adds tokens and time as the model's services counted them; null until a run is archived. */
  private static void putUsage(ObjectNode json, Optional<Usage> usage) {
    json.put("tokens_in", usage.map(Usage::tokensIn).orElse(null))
        .put("tokens_out", usage.map(Usage::tokensOut).orElse(null))
        .put("tokens_cached", usage.map(Usage::tokensCached).orElse(null))
        .put("model_ms", usage.map(Usage::modelMs).orElse(null));
  }

  static ObjectNode failure(Failure failure) {
    return Json.object()
        .put("code", PlainText.line(failure.code()))
        .put("message", PlainText.line(redacted(failure.message())));
  }

  static ObjectNode profile(Profile profile) {
    return Json.object()
        .put("name", profile.name())
        .put("model", profile.model())
        .put("temperature", profile.temperature())
        .put("prompt_variant", profile.promptVariant().label())
        .put("answer_format", profile.answerFormat().label());
  }

  /** A mutation as in a request: absent values are omitted. */
  static ObjectNode mutation(Mutation mutation) {
    ObjectNode json = Json.object();
    mutation.food().ifPresent(amount -> json.put("food", amount));
    mutation.wood().ifPresent(amount -> json.put("wood", amount));
    mutation.gold().ifPresent(amount -> json.put("gold", amount));
    mutation.stone().ifPresent(amount -> json.put("stone", amount));
    mutation.population().ifPresent(count -> json.put("population", count));
    mutation.popCap().ifPresent(count -> json.put("pop_cap", count));
    mutation.age().map(Age::label).ifPresent(age -> json.put("age", age));
    return json;
  }

  /** How an archived run ended. */
  static ObjectNode summary(Run run, Run.Summary summary) {
    ObjectNode json =
        Json.object()
            .put("run_id", run.runId().value())
            .put("profile_name", run.profile().name())
            .put("total_cost_usd", summary.totalCostUsd())
            .put("n_turns", summary.nTurns())
            .put("final_age", summary.finalAge())
            .put("final_age_index", summary.score().ageIndex())
            .put("final_population", summary.score().population())
            .put("final_economy", summary.score().economy());
    putUsage(json, Optional.of(summary.usage()));
    return json;
  }
}
