package arena.diagnosis;

import arena.journal.JournalTail;
import arena.run.Run;
import arena.run.RunStatus;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What an operator can do about a cause, the least costly first. */
final class Remedies {
  private static final JsonMapper MAPPER = new JsonMapper();

  private final Facts facts;
  private final CommandTargets addresses;
  private final List<NextStep> steps = new ArrayList<>();

  private Remedies(Facts facts, CommandTargets addresses) {
    this.facts = facts;
    this.addresses = addresses;
  }

  /** The next steps for this finding. */
  static List<NextStep> of(Finding finding, Facts facts, CommandTargets addresses) {
    Remedies remedies = new Remedies(facts, addresses);
    remedies.choose(finding.cause());
    return List.copyOf(remedies.steps);
  }

  private void choose(Cause cause) {
    switch (cause) {
      case STARTING, PLAYING, FINALIZING -> await("it moves");
      case COMPLETE -> {
        // nothing to do
      }
      case WAITING_FOR_MODEL ->
          await("a model may take %s".formatted(FactEvidence.seconds(facts.allowances().model())));
      case NO_SUCH_RUN -> {
        fix("look for it in the list", "curl -s '%s/runs?limit=100'".formatted(addresses.url()));
        fix(
            "look in the logs of create-run and create-fork for its request, and send it again",
            "");
      }
      case CATALOG_UNREACHABLE -> {
        fix("see whether DynamoDB answers in this region; nothing is lost meanwhile", "");
        await("turns are tried again");
      }
      case NEVER_STARTED -> {
        again();
        stopAndReaper();
      }
      case MODEL_HANGS, MODEL_THROTTLES, MODEL_OVERLOADED, MODEL_UNREACHABLE -> {
        if (facts.running().isPresent()) {
          await("the turn is tried again by itself, with longer and longer pauses");
        }
        again();
        stopAndReaper();
        report();
      }
      case MODEL_REFUSES -> {
        fix(
            "set the key, the base URL or the model's name right: ARENA_OPENAI_API_KEY,"
                + " OpenAiSecretName, BedrockModels",
            "");
        again();
        stopAndReaper();
      }
      case MODEL_ANSWERS_NO_ACTIONS -> {
        fix(
            "give the run another model or the prompt `strategy`, by a fork with a profile",
            forkWithProfile());
        stopAndReaper();
        report();
      }
      case FAILED_BEFORE_FIRST_EVENT, FAILED_LATER -> {
        if (facts.running().isPresent()) {
          await("the turn is tried again twice");
        }
        again();
        stopAndReaper();
        report();
      }
      case TASK_LOST -> {
        if (facts.running().isPresent()) {
          await("the task is given out again; what the turn had written is not played twice");
        }
        again();
        stopAndReaper();
      }
      case BROKER_UNREACHABLE -> {
        if (facts.running().isPresent()) {
          await("turns are kept in the journal, and the broker is filled from it when it is back");
        }
        fix(
            "see what ElastiCache says of the broker",
            "aws elasticache describe-events --source-type replication-group --duration 60");
        again();
        stopAndReaper();
      }
      case CONNECTIONS_EXHAUSTED -> {
        fix(
            "see who holds the connections, and close what does not belong there",
            addresses.redisCli() + " CLIENT LIST");
        if (facts.running().isPresent()) {
          await("the turn is tried again as soon as there is room");
        }
        again();
        stopAndReaper();
      }
      case BROKER_LOST_DATA -> {
        await("the next turn fills the broker again; readers are told, and come back");
        again();
        stopAndReaper();
      }
      case READERS_NOT_DRAINED -> {
        await("whoever subscribes again wakes the sending; the reaper does it too");
        resume();
        reaper();
      }
      case READER_FELL_BEHIND -> {
        resume();
        await("the reader is told by an overflow, with the seq to go on from");
      }
      case EXECUTION_ENDED, DUE_TO_BE_REAPED -> {
        again();
        stop();
        reaper();
        deleteKeys();
      }
      case REAPED, STOPPED -> again();
      case ARCHIVE_FAILED -> {
        await("the archive is tried again, by the execution and then by the reaper");
        fix(
            "see why in the log of finalize-run",
            "curl -s '%s/runs/%s/report'".formatted(addresses.url(), facts.runId()));
        reaper();
      }
      case UNKNOWN -> {
        await("look again in a few seconds");
        report();
        again();
        stopAndReaper();
      }
    }
  }

  private void stopAndReaper() {
    if (facts.running().isPresent()) {
      stop();
      reaper();
      if (facts.broker().known().isPresent()) {
        deleteKeys();
      }
    }
  }

  private void await(String why) {
    add(
        "wait",
        why,
        "time",
        "curl -s -H 'accept: text/plain' '%s/runs/%s/diagnosis'"
            .formatted(addresses.url(), facts.runId()));
  }

  private void fix(String what, String command) {
    add("fix", what, "nothing is lost", command);
  }

  /** Play it again: from its last good turn, or, if it has none, as it was asked for. */
  private void again() {
    Optional<Run> run = facts.run();
    if (run.isEmpty()) {
      return;
    }
    if (facts.hasTurn()) {
      add(
          "fork",
          "play it again from its last good turn, %d, in a new run"
              .formatted(lastGoodTurn(run.get())),
          "the turns from there are paid for again; this run stays as it is",
          post("/forks", fork(run.get())));
    } else if (run.get().origin().isPresent()) {
      add(
          "fork",
          "fork its parent again at the same turn, as it was forked",
          "nothing: it had played no turn",
          post("/forks", forkOfParent(run.get())));
    } else {
      add(
          "start",
          "start the same run again",
          "nothing: it had played no turn",
          post("/runs", start(run.get())));
    }
  }

  private String forkWithProfile() {
    Optional<Run> run = facts.run().filter(_ -> facts.hasTurn());
    if (run.isEmpty()) {
      return "";
    }
    ObjectNode body = fork(run.get());
    body.putObject("profile").put("model", "scripted").put("prompt_variant", "strategy");
    return post("/forks", body);
  }

  private ObjectNode fork(Run run) {
    int t = lastGoodTurn(run);
    ObjectNode body = MAPPER.createObjectNode();
    body.put("parent_run_id", run.runId());
    body.put("parent_t", t);
    body.put("n_turns", Math.max(0, run.t0() + run.nTurns() - t));
    body.put("reason", "again, from the last good turn");
    return body;
  }

  private static ObjectNode forkOfParent(Run run) {
    Run.Origin origin = run.origin().orElseThrow();
    ObjectNode body = MAPPER.createObjectNode();
    body.put("parent_run_id", origin.parentRunId());
    body.put("parent_t", origin.parentT());
    ObjectNode mutation = body.putObject("mutation");
    origin.mutation().food().ifPresent(food -> mutation.put("food", food));
    origin.mutation().wood().ifPresent(wood -> mutation.put("wood", wood));
    origin.mutation().gold().ifPresent(gold -> mutation.put("gold", gold));
    origin.mutation().stone().ifPresent(stone -> mutation.put("stone", stone));
    origin.mutation().population().ifPresent(count -> mutation.put("population", count));
    origin.mutation().popCap().ifPresent(count -> mutation.put("pop_cap", count));
    origin.mutation().age().ifPresent(age -> mutation.put("age", age.label()));
    body.put("n_turns", run.nTurns());
    body.put("reason", origin.reason());
    profile(run, body);
    return body;
  }

  private static ObjectNode start(Run run) {
    ObjectNode body = MAPPER.createObjectNode();
    body.put("scenario", run.scenario());
    body.put("n_turns", run.nTurns());
    body.put("label", run.label());
    profile(run, body);
    return body;
  }

  private static void profile(Run run, ObjectNode body) {
    body.putObject("profile")
        .put("name", run.profile().name())
        .put("model", run.profile().model())
        .put("temperature", run.profile().temperature())
        .put("prompt_variant", run.profile().promptVariant().label());
  }

  /** The last turn whose state is written: a run can be forked at each of its turn_starts. */
  private int lastGoodTurn(Run run) {
    int inJournal =
        facts.journal().known().stream()
            .flatMap(List::stream)
            .flatMap(entry -> entry.events().stream())
            .filter(event -> event.kind().equals("turn_start"))
            .mapToInt(JournalTail.Part::t)
            .max()
            .orElse(run.lastT());
    return Math.max(run.lastT(), inJournal);
  }

  private void stop() {
    if (facts.running().isEmpty()) {
      return;
    }
    add(
        "stop",
        "end this replay now: nothing is written to it any more, what it has is archived, its"
            + " readers are told",
        "the rest of its turns; it can still be forked",
        "curl -s -X POST '%s/runs/%s/stop'".formatted(addresses.url(), facts.runId()));
  }

  private void reaper() {
    Optional<Run> run = facts.run();
    if (run.isEmpty()) {
      return;
    }
    boolean running = run.get().status() == RunStatus.RUNNING;
    Instant since =
        running
            ? facts.silentSince().orElse(run.get().createdAt())
            : run.get().endedAt().orElse(run.get().createdAt());
    Instant due = since.plus(facts.allowances().grace());
    String when =
        due.isAfter(facts.at())
            ? "from %s on".formatted(due)
            : "within %d minutes".formatted(StallThresholds.REAPER_EVERY.toMinutes());
    add(
        "reaper",
        "leave it: the reaper %s it, %s. There is no call that reaps one run: whatever ends runs early must never end "
                .formatted(running ? "ends and archives" : "frees", when)
            + "one that moves, so it is the one scheduled job that looks at all of them under one"
            + " rule",
        "time, and the broker's memory until then",
        "");
  }

  private void deleteKeys() {
    String key = "arena:run:" + facts.runId();
    add(
        "delete_keys",
        "delete the run's keys by hand, if the broker's memory must be free at once: nothing of the"
            + " run is lost, and its next turn fills them again",
        "its live readers: they get an overflow, or are disconnected and come again",
        "%s DEL %s:open %s:seq %s:events".formatted(addresses.redisCli(), key, key, key));
  }

  private void resume() {
    add(
        "resume",
        "have the reader subscribe again from its last seq + 1, or from available_from after an"
            + " overflow",
        "nothing: what lies between is read by GET /events",
        "curl -s '%s/events?run_id=%s&from_seq=1'".formatted(addresses.url(), facts.runId()));
  }

  private void report() {
    add(
        "report",
        "file the bug with everything that is known of the run, in one file",
        "nothing",
        "curl -s -o report-%s.json '%s/runs/%s/report'"
            .formatted(facts.runId(), addresses.url(), facts.runId()));
  }

  private String post(String path, ObjectNode body) {
    // a quote in a label or reason would end the shell's quoting
    String json = body.toString().replace("'", "'\\''");
    return "curl -s -X POST '%s%s' -H 'content-type: application/json' -d '%s'"
        .formatted(addresses.url(), path, json);
  }

  private void add(String action, String why, String costs, String command) {
    steps.add(new NextStep(action, why, costs, command));
  }
}
