package arena.diagnosis;

import arena.broker.BrokerSnapshot;
import arena.catalog.Counters;
import arena.codec.Timestamps;
import arena.journal.JournalTail;
import arena.json.Json;
import arena.run.Run;
import arena.text.Redactor;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Serializes a diagnosis as JSON, redacted. */
public final class DiagnosisJson {
  private DiagnosisJson() {}

  /** The field whose values were redacted before they were quoted for the shell. */
  private static final String COMMAND = "command";

  public static ObjectNode write(Diagnosis diagnosis, Redactor redactor) {
    return (ObjectNode) redactor.redact(write(diagnosis), COMMAND::equals);
  }

  private static ObjectNode write(Diagnosis diagnosis) {
    Facts facts = diagnosis.facts();
    ObjectNode json = Json.object();
    json.put("run_id", facts.runId().value());
    json.put("at", Timestamps.write(facts.at()));
    json.put("status", facts.run().map(run -> run.status().label()).orElse("unknown"));
    json.put("healthy", diagnosis.healthy());
    json.put("symptom", diagnosis.main().symptom().label());
    json.put("cause", diagnosis.main().cause().label());
    json.put("confidence", diagnosis.main().confidence().label());
    json.put("summary", diagnosis.main().summary());
    ArrayNode evidence = json.putArray("evidence");
    diagnosis
        .main()
        .evidence()
        .forEach(one -> evidence.addObject().put("fact", one.fact()).put("value", one.value()));
    if (diagnosis.waitingOn().isPresent()) {
      waitingOn(diagnosis.waitingOn().get(), json.putObject("waiting_on"));
    } else {
      json.putNull("waiting_on");
    }
    ArrayNode steps = json.putArray("next_steps");
    diagnosis
        .nextSteps()
        .forEach(
            step ->
                steps
                    .addObject()
                    .put("action", step.action())
                    .put("why", step.why())
                    .put("costs", step.costs())
                    .put(COMMAND, step.command()));
    ArrayNode also = json.putArray("also");
    diagnosis
        .also()
        .forEach(
            finding ->
                also.addObject()
                    .put("cause", finding.cause().label())
                    .put("summary", finding.summary()));
    ArrayNode misfits = json.putArray("does_not_fit");
    diagnosis.doesNotFit().forEach(misfits::add);
    facts(facts, json.putObject("facts"));
    return json;
  }

  static void waitingOn(WaitingOn waiting, ObjectNode json) {
    json.put("state", waiting.state());
    if (waiting.turn().isPresent()) {
      json.put("turn", waiting.turn().getAsInt());
    } else {
      json.putNull("turn");
    }
    json.put("step", waiting.step().label());
    json.put("attempt", waiting.attempt());
    json.put("since", Timestamps.write(waiting.since()));
    json.put("seconds", seconds(waiting.waited()));
    waiting.until().ifPresent(until -> json.put("until", Timestamps.write(until)));
  }

  private static double seconds(Duration time) {
    return time.toMillis() / 1000.0;
  }

  private static void facts(Facts facts, ObjectNode json) {
    putResult(
        facts.row(),
        "catalog",
        json,
        (Optional<Run> row, ObjectNode out) -> {
          out.put("found", row.isPresent());
          row.ifPresent(run -> row(run, out));
        });
    putResult(
        facts.journal(),
        "journal",
        json,
        (entries, out) -> {
          Optional<JournalTail.EventSummary> last = facts.newestEvent();
          out.put("last_seq", last.map(JournalTail.EventSummary::seq).orElse(0L));
          out.put("last_kind", last.map(JournalTail.EventSummary::kind).orElse("none"));
          last.ifPresent(
              event -> {
                out.put("last_t", event.t());
                out.put("last_at", Timestamps.write(event.at()));
                out.put("age_seconds", seconds(facts.age(event.at())));
              });
        });
    putResult(
        facts.execution(),
        "execution",
        json,
        (found, out) -> {
          out.put("found", found.isPresent());
          found.ifPresent(execution -> execution(execution, out));
        });
    putResult(facts.broker(), "broker", json, (snapshot, out) -> broker(facts, snapshot, out));
    json.set("counters", facts.counters().known().map(Counters::toJson).orElseGet(Json::object));
    putResult(
        facts.cache(),
        "elasticache",
        json,
        (cache, out) -> {
          out.put("status", cache.status());
          ArrayNode nodes = out.putArray("nodes");
          cache.nodes().forEach(nodes::add);
          ArrayNode events = out.putArray("events");
          cache
              .events()
              .forEach(
                  event ->
                      events
                          .addObject()
                          .put("at", Timestamps.write(event.at()))
                          .put("source", event.source())
                          .put("message", event.message()));
        });
  }

  private static <T> void putResult(
      ProbeResult<T> result, String name, ObjectNode json, BiConsumer<T, ObjectNode> write) {
    switch (result) {
      case ProbeResult.Known<T>(T value) -> write.accept(value, json.putObject(name));
      case ProbeResult.Failed<T>(String why) -> json.putObject(name).put("unreachable", why);
      case ProbeResult.Skipped<T> _ -> json.putNull(name);
    }
  }

  private static void row(Run run, ObjectNode out) {
    out.put("status", run.status().label());
    out.put("label", run.label());
    out.put("model", run.profile().model());
    out.put("n_events", run.nEvents());
    out.put("n_turns", run.nTurns());
    out.put("turns_played", run.turnsPlayed());
    out.put("last_t", run.lastT());
    out.put("created_at", Timestamps.write(run.createdAt()));
    run.lastTs().ifPresent(at -> out.put("last_ts", Timestamps.write(at)));
    run.endedAt().ifPresent(at -> out.put("ended_at", Timestamps.write(at)));
    out.put("db_path", run.dbPath());
    run.failure()
        .ifPresent(
            why -> out.putObject("error").put("code", why.code()).put("message", why.message()));
  }

  private static void execution(ExecutionState execution, ObjectNode out) {
    out.put("status", execution.status());
    out.put("state", execution.state());
    out.put("since", Timestamps.write(execution.since()));
    execution.turn().ifPresent(t -> out.put("turn", t));
    out.put("attempts", execution.attempts());
    out.put("waits_for", execution.pending().name().toLowerCase(java.util.Locale.ROOT));
    execution.lastError().ifPresent(error -> error(error, out.putObject("last_error")));
    execution.endError().ifPresent(error -> error(error, out.putObject("error")));
  }

  private static void error(ExecutionState.TaskError error, ObjectNode out) {
    out.put("name", error.name());
    out.put("message", error.message());
    out.put("state", error.state());
    out.put("at", Timestamps.write(error.at()));
  }

  private static void broker(Facts facts, BrokerSnapshot snapshot, ObjectNode out) {
    out.put("open", snapshot.open());
    snapshot.sentinelLife().ifPresent(life -> out.put("sentinel_seconds_left", seconds(life)));
    out.put("closed", snapshot.closed());
    out.put("last_seq", snapshot.lastSeq());
    out.put("length", snapshot.length());
    snapshot.firstSeq().ifPresent(seq -> out.put("first_entry_seq", seq));
    snapshot.newestSeq().ifPresent(seq -> out.put("last_entry_seq", seq));
    facts
        .growth()
        .ifPresent(
            growth ->
                out.putObject("growth")
                    .put("events", growth.events())
                    .put("seconds", seconds(growth.between())));
    out.put("fan_out_at_work", snapshot.leaseHeld());
    out.put("loss_noted", snapshot.lossNoted());
    snapshot.connected().ifPresent(count -> out.put("connections", count));
    snapshot.maxConnected().ifPresent(count -> out.put("max_connections", count));
    out.put("n_readers", snapshot.readers());
    ArrayNode readers = out.putArray("readers");
    snapshot
        .mostLaggingReaders()
        .forEach(
            reader ->
                readers
                    .addObject()
                    .put("connection_id", reader.connectionId().shortened())
                    .put("next_seq", reader.nextSeq())
                    .put("lag", snapshot.lag(reader)));
  }
}
