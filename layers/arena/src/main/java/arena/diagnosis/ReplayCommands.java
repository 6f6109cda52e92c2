package arena.diagnosis;

import arena.journal.JournalTail;
import arena.json.Json;
import arena.run.Run;
import arena.text.PlainText;
import arena.text.Shell;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Shell commands that play a run again: the requests with which it was started or forked. */
final class ReplayCommands {
  private final CommandTargets targets;

  /** Commands for the HTTP interface of these targets. */
  ReplayCommands(CommandTargets targets) {
    this.targets = targets;
  }

  /** Forks the run at its last good turn. */
  String fork(Run run, Facts facts) {
    return post("/forks", forkBody(run, facts));
  }

  /** Forks the run at its last good turn, with another profile. */
  String forkWithProfile(Run run, Facts facts) {
    ObjectNode body = forkBody(run, facts);
    body.putObject("profile").put("model", "scripted").put("prompt_variant", "strategy");
    return post("/forks", body);
  }

  private static ObjectNode forkBody(Run run, Facts facts) {
    int t = lastGoodTurn(run, facts);
    ObjectNode body = Json.object();
    body.put("parent_run_id", run.runId().value());
    body.put("parent_t", t);
    body.put("n_turns", Math.max(0, run.t0() + run.nTurns() - t));
    body.put("reason", "played again from the last good turn");
    return body;
  }

  /** Repeats the fork that created the run. */
  String forkOfParent(Run run) {
    Run.Origin origin = run.origin().orElseThrow();
    ObjectNode body = Json.object();
    body.put("parent_run_id", origin.parentRunId().value());
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
    return post("/forks", body);
  }

  /** Repeats the request that created the run. */
  String start(Run run) {
    ObjectNode body = Json.object();
    body.put("scenario", run.scenario());
    body.put("n_turns", run.nTurns());
    body.put("label", run.label());
    profile(run, body);
    return post("/runs", body);
  }

  private static void profile(Run run, ObjectNode body) {
    body.putObject("profile")
        .put("name", run.profile().name())
        .put("model", run.profile().model())
        .put("temperature", run.profile().temperature())
        .put("prompt_variant", run.profile().promptVariant().label());
  }

  /** The last turn that has a {@code turn_start} and can therefore be forked. */
  static int lastGoodTurn(Run run, Facts facts) {
    int inJournal =
        facts.journal().known().stream()
            .flatMap(List::stream)
            .flatMap(entry -> entry.events().stream())
            .filter(event -> event.kind().equals("turn_start"))
            .mapToInt(JournalTail.EventSummary::t)
            .max()
            .orElse(run.lastT());
    return Math.max(run.lastT(), inJournal);
  }

  /**
   * A value of the body is redacted before it is quoted, and cannot hide what the command is: its
   * control and format characters are escapes of JSON.
   */
  private String post(String path, ObjectNode body) {
    String json = PlainText.escaped(Json.write(targets.redactor().redact(body, _ -> false)));
    return targets.http().curl(path, "-X POST")
        + " -H 'content-type: application/json' -d "
        + Shell.quote(json);
  }
}
