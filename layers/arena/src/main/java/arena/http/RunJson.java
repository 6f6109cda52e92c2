package arena.http;

import arena.codec.Timestamps;
import arena.run.Mutation;
import arena.run.Profile;
import arena.run.Prompt;
import arena.run.Run;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.time.Instant;
import java.util.Optional;

/** Serializes runs for responses. Every field is always present; absent values are null. */
final class RunJson {
  private RunJson() {}

  /** Writes a run as a list row. */
  static void row(Run run, JsonGenerator out) throws IOException {
    out.writeStartObject();
    rowFields(run, out);
    out.writeEndObject();
  }

  /** Writes a run with profile, mutation, reason, progress and error. */
  static void full(Run run, JsonGenerator out) throws IOException {
    out.writeStartObject();
    rowFields(run, out);
    out.writeFieldName("profile");
    profile(run.profile(), out);
    out.writeFieldName("prompt");
    if (run.prompt().isPresent()) {
      prompt(run.prompt().get(), out);
    } else {
      out.writeNull();
    }
    out.writeFieldName("mutation");
    if (run.origin().isPresent()) {
      mutation(run.origin().get().mutation(), out);
    } else {
      out.writeNull();
    }
    text("reason", run.origin().map(Run.Origin::reason), out);
    out.writeObjectFieldStart("progress");
    out.writeNumberField("turns_played", run.turnsPlayed());
    out.writeNumberField("n_turns", run.nTurns());
    out.writeEndObject();
    out.writeFieldName("error");
    if (run.failure().isPresent()) {
      out.writeStartObject();
      out.writeStringField("code", run.failure().get().code());
      out.writeStringField("message", run.failure().get().message());
      out.writeEndObject();
    } else {
      out.writeNull();
    }
    out.writeEndObject();
  }

  static void summary(Run run, Run.Summary summary, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("run_id", run.runId());
    out.writeStringField("profile_name", run.profile().name());
    out.writeNumberField("total_cost_usd", summary.totalCostUsd());
    out.writeNumberField("n_turns", summary.nTurns());
    out.writeStringField("final_age", summary.finalAge());
    out.writeNumberField("final_age_index", summary.score().ageIndex());
    out.writeNumberField("final_population", summary.score().population());
    out.writeNumberField("final_economy", summary.score().economy());
    out.writeEndObject();
  }

  static void profile(Profile profile, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("name", profile.name());
    out.writeStringField("model", profile.model());
    out.writeNumberField("temperature", profile.temperature());
    out.writeStringField("prompt_variant", profile.promptVariant().label());
    out.writeEndObject();
  }

  private static void prompt(Prompt prompt, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("version", prompt.version());
    out.writeStringField("sha256", prompt.sha256());
    out.writeEndObject();
  }

  private static void rowFields(Run run, JsonGenerator out) throws IOException {
    out.writeStringField("run_id", run.runId());
    out.writeStringField("label", run.label());
    out.writeStringField("status", run.status().label());
    out.writeNumberField("n_events", run.nEvents());
    time("first_ts", run.firstTs(), out);
    time("last_ts", run.lastTs(), out);
    out.writeStringField("db_path", run.dbPath());
    text("parent_run_id", run.origin().map(Run.Origin::parentRunId), out);
    number("parent_t", run.origin().map(Run.Origin::parentT), out);
    out.writeStringField("scenario", run.scenario());
    out.writeStringField("profile_name", run.profile().name());
    out.writeNumberField("t0", run.t0());
    out.writeNumberField("n_turns", run.nTurns());
    time("created_at", Optional.of(run.createdAt()), out);
    time("ended_at", run.endedAt(), out);
  }

  /** Writes only the fields that the mutation sets, as in a request. */
  private static void mutation(Mutation mutation, JsonGenerator out) throws IOException {
    out.writeStartObject();
    amount("food", mutation.food(), out);
    amount("wood", mutation.wood(), out);
    amount("gold", mutation.gold(), out);
    amount("stone", mutation.stone(), out);
    count("population", mutation.population(), out);
    count("pop_cap", mutation.popCap(), out);
    if (mutation.age().isPresent()) {
      out.writeStringField("age", mutation.age().get().label());
    }
    out.writeEndObject();
  }

  private static void amount(String name, Optional<Double> value, JsonGenerator out)
      throws IOException {
    if (value.isPresent()) {
      out.writeNumberField(name, value.get());
    }
  }

  private static void count(String name, Optional<Integer> value, JsonGenerator out)
      throws IOException {
    if (value.isPresent()) {
      out.writeNumberField(name, value.get());
    }
  }

  private static void time(String name, Optional<Instant> value, JsonGenerator out)
      throws IOException {
    text(name, value.map(Timestamps::write), out);
  }

  private static void text(String name, Optional<String> value, JsonGenerator out)
      throws IOException {
    out.writeFieldName(name);
    if (value.isPresent()) {
      out.writeString(value.get());
    } else {
      out.writeNull();
    }
  }

  private static void number(String name, Optional<Integer> value, JsonGenerator out)
      throws IOException {
    out.writeFieldName(name);
    if (value.isPresent()) {
      out.writeNumber(value.get());
    } else {
      out.writeNull();
    }
  }
}
