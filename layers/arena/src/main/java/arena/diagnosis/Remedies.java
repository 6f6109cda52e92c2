package arena.diagnosis;

import arena.agent.ModelTimeouts;
import arena.codec.Timestamps;
import arena.run.Run;
import arena.run.RunStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Next steps per cause, the least costly first. */
final class Remedies {
  private final Facts facts;
  private final CommandTargets targets;
  private final ReplayCommands commands;
  private final List<NextStep> steps = new ArrayList<>();

  private Remedies(Facts facts, CommandTargets targets) {
    this.facts = facts;
    this.targets = targets;
    this.commands = new ReplayCommands(targets);
  }

  static List<NextStep> of(Finding finding, Facts facts, CommandTargets targets) {
    Remedies remedies = new Remedies(facts, targets);
    remedies.choose(finding.cause());
    return List.copyOf(remedies.steps);
  }

  private void choose(Cause cause) {
    switch (cause) {
      case STARTING, PLAYING, FINALIZING -> await("the run makes progress");
      case COMPLETE -> {
        // nothing to do
      }
      case WAITING_FOR_MODEL ->
          await(
              "the model's timeout is %s"
                  .formatted(FactEvidence.seconds(facts.thresholds().model())));
      case NO_SUCH_RUN -> {
        fix("look for the run in the list", targets.http().curl("/runs?limit=100", ""));
        fix("search the logs of create-run and create-fork for the request, and send it again", "");
      }
      case CATALOG_UNREACHABLE -> {
        fix("check DynamoDB in this region; no data is lost in the meantime", "");
        await("turns are retried");
      }
      case NEVER_STARTED -> {
        playAgain();
        stopAndReaper();
      }
      case MODEL_HANGS, MODEL_THROTTLES, MODEL_OVERLOADED, MODEL_UNREACHABLE -> {
        if (facts.running().isPresent()) {
          await(
              facts
                  .runningExecution()
                  .flatMap(ExecutionState::pendingUntil)
                  .map(
                      until ->
                          "the turn is continued at %s, when the time is over that the model's service asked to wait"
                              .formatted(Timestamps.write(until)))
                  .orElse("the turn is retried automatically, with increasing delays"));
        }
        if (cause == Cause.MODEL_HANGS) {
          longerTimeout();
        }
        playAgain();
        stopAndReaper();
        report();
      }
      case MODEL_REFUSES -> {
        fix(
            "correct the key, the base URL or the model name: ARENA_OPENAI_API_KEY, OpenAiSecretName, AnthropicSecretName, BedrockModels",
            "");
        playAgain();
        stopAndReaper();
      }
      case MODEL_ANSWERS_NO_ACTIONS -> {
        fix(
            "fork the run with a profile that has another model or the prompt `strategy`",
            forkWithProfile());
        stopAndReaper();
        report();
      }
      case FAILED_BEFORE_FIRST_EVENT, FAILED_LATER -> {
        if (facts.running().isPresent()) {
          await("the turn is retried up to twice");
        }
        playAgain();
        stopAndReaper();
        report();
      }
      case TASK_LOST -> {
        if (facts.running().isPresent()) {
          await("the task is retried; what the turn has already written is not played again");
        }
        playAgain();
        stopAndReaper();
      }
      case BROKER_UNREACHABLE -> {
        await("the run does not need the broker; when it is back, it is refilled from the journal");
        fix(
            "check the broker's events in ElastiCache",
            "aws elasticache describe-events --source-type replication-group --duration 60");
      }
      case CONNECTIONS_EXHAUSTED -> {
        fix(
            "list the broker's clients, and close connections that do not belong there",
            targets.redisCli() + " CLIENT LIST");
        await("the run does not need the broker; when a connection is free, it is refilled");
      }
      case BROKER_LOST_DATA -> {
        await("the next turn refills the broker; readers are notified and subscribe again");
        playAgain();
        stopAndReaper();
      }
      case READERS_NOT_DRAINED -> {
        await("a new subscription wakes the fan-out; so does the reaper");
        resume();
        reaper();
      }
      case READER_FELL_BEHIND -> {
        resume();
        await(
            "the reader gets the events from the journal, or an overflow with the seq to continue from");
      }
      case EXECUTION_ENDED, DUE_TO_BE_REAPED -> {
        playAgain();
        stop();
        reaper();
        deleteKeys();
      }
      case REAPED, STOPPED -> playAgain();
      case ARCHIVE_FAILED -> {
        await("the archive is retried by the execution, then by the reaper");
        fix(
            "find the reason in the log of finalize-run",
            targets.http().curl("/runs/" + facts.runId() + "/report", ""));
        reaper();
      }
      case UNKNOWN -> {
        await("diagnose again in a few seconds");
        report();
        playAgain();
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
        targets.http().curl("/runs/" + facts.runId() + "/diagnosis", "-H 'accept: text/plain'"));
  }

  private void fix(String what, String command) {
    add("fix", what, "nothing is lost", command);
  }

  /** A model that is still being loaded answers if it has more time. */
  private void longerTimeout() {
    ModelTimeouts.longer(facts.thresholds().model())
        .map(Duration::toSeconds)
        .ifPresent(
            seconds ->
                fix(
                    String.format(
                        Locale.ROOT,
                        "if the model is large, or still being loaded, allow each call %d s; functions and tasks follow",
                        seconds),
                    String.format(
                        Locale.ROOT,
                        targets.http().local()
                            ? "./arena down; ARENA_MODEL_TIMEOUT_SECONDS=%d ./arena up"
                            : "sam deploy --parameter-overrides ModelTimeoutSeconds=%d",
                        seconds)));
  }

  /** Forks at the last good turn, or repeats the request if the run has no turn. */
  private void playAgain() {
    Optional<Run> run = facts.run();
    if (run.isEmpty()) {
      return;
    }
    if (facts.hasTurn()) {
      add(
          "fork",
          String.format(
              Locale.ROOT,
              "play the run again from its last good turn, %d, as a new run",
              ReplayCommands.lastGoodTurn(run.get(), facts)),
          "the model calls of the repeated turns; this run stays unchanged",
          commands.fork(run.get(), facts));
    } else if (run.get().origin().isPresent()) {
      add(
          "fork",
          "repeat the fork of the parent at the same turn",
          "nothing: no turn was played",
          commands.forkOfParent(run.get()));
    } else {
      add(
          "start",
          "start the same run again",
          "nothing: no turn was played",
          commands.start(run.get()));
    }
  }

  private String forkWithProfile() {
    return facts
        .run()
        .filter(_ -> facts.hasTurn())
        .map(run -> commands.forkWithProfile(run, facts))
        .orElse("");
  }

  private void stop() {
    if (facts.running().isEmpty()) {
      return;
    }
    add(
        "stop",
        "end the replay now: no more events are written, the existing ones are archived, readers are notified",
        "the remaining turns; the run can still be forked",
        targets.http().curl("/runs/" + facts.runId() + "/stop", "-X POST"));
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
    Instant due = since.plus(facts.thresholds().grace());
    String when =
        due.isAfter(facts.at())
            ? "after %s".formatted(due)
            : String.format(
                Locale.ROOT, "within %d minutes", StallThresholds.REAPER_EVERY.toMinutes());
    add(
        "reaper",
        "do nothing: the reaper %s, %s. There is no call that reaps one run: only the scheduled job, which applies one rule to all runs, may end a run early, so that a run in progress is never ended"
            .formatted(running ? "ends and archives the run" : "frees its memory", when),
        "time, and the broker memory until then",
        "");
  }

  private void deleteKeys() {
    String key = "arena:run:" + facts.runId();
    add(
        "delete_keys",
        "delete the run's keys by hand, if the broker's memory is needed immediately: no events are lost, and the next turn refills the broker",
        "live readers get an overflow, or are disconnected and have to reconnect",
        "%s DEL %s:open %s:seq %s:events".formatted(targets.redisCli(), key, key, key));
  }

  private void resume() {
    add(
        "resume",
        "let the reader subscribe again from its last seq + 1, or from available_from after an overflow",
        "nothing: missed events are available from GET /events",
        targets.http().curl("/events?run_id=" + facts.runId() + "&from_seq=1", ""));
  }

  private void report() {
    add(
        "report",
        "save the bug report and file it",
        "nothing",
        targets
            .http()
            .curl(
                "/runs/" + facts.runId() + "/report",
                "-o report-%s.json".formatted(facts.runId())));
  }

  private void add(String action, String why, String costs, String command) {
    steps.add(new NextStep(action, why, costs, command));
  }
}
