package arena.faults;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** The injected faults, in the order of the matrix. */
enum Fault {
  TURN_BEFORE_START_WRITE(
      "replay-turn is killed", "before the turn's first item is written to the journal"),
  TURN_AFTER_START_WRITE(
      "replay-turn is killed", "after the turn's first item is written to the journal"),
  TURN_BEFORE_MODEL(
      "replay-turn is killed", "after the first item is published, before the model call"),
  TURN_DURING_MODEL("replay-turn is killed", "during the model call"),
  TURN_BEFORE_ANSWER_WRITE(
      "replay-turn is killed", "after the model call, before the answer is written"),
  TURN_AFTER_ANSWER_WRITE(
      "replay-turn is killed", "after the answer is written, before it is published"),
  TURN_AFTER_PUBLISH(
      "replay-turn is killed", "after the answer is published, before the task succeeds"),

  CREATE_AFTER_WRITE("create-run is killed", "after the run is written to both tables"),
  CREATE_AFTER_OPEN("create-run is killed", "after the broker has opened the run"),
  CREATE_BEFORE_START("create-run is killed", "before its execution is started"),
  CREATE_AFTER_START("create-run is killed", "after its execution is started"),
  CREATE_RETRIED_AFTER_WRITE(
      "create-run is killed", "after the run is written to both tables; retried with the same key"),
  CREATE_RETRIED_AFTER_OPEN(
      "create-run is killed", "after the broker has opened the run; retried with the same key"),
  CREATE_RETRIED_BEFORE_START(
      "create-run is killed", "before its execution is started; retried with the same key"),
  CREATE_RETRIED_AFTER_START(
      "create-run is killed", "after its execution is started; retried with the same key"),

  FORK_AFTER_WRITE("create-fork is killed", "after the run is written to catalog and journal"),
  FORK_AFTER_OPEN("create-fork is killed", "after the run is opened in the broker"),
  FORK_BEFORE_START("create-fork is killed", "before the execution is started"),
  FORK_AFTER_START("create-fork is killed", "after the execution is started"),
  FORK_RETRIED_AFTER_WRITE(
      "create-fork is killed",
      "after the run is written to catalog and journal; retried with the same key"),
  FORK_RETRIED_AFTER_OPEN(
      "create-fork is killed", "after the run is opened in the broker; retried with the same key"),
  FORK_RETRIED_BEFORE_START(
      "create-fork is killed", "before the execution is started; retried with the same key"),
  FORK_RETRIED_AFTER_START(
      "create-fork is killed", "after the execution is started; retried with the same key"),

  FINALIZE_BEFORE_ARCHIVE("finalize-run is killed", "before the archive is written"),
  FINALIZE_AFTER_ARCHIVE("finalize-run is killed", "after the archive is written"),
  FINALIZE_AFTER_CATALOG("finalize-run is killed", "after the catalog marks the run complete"),
  FINALIZE_AFTER_CLOSE("finalize-run is killed", "after the run is closed in the broker"),

  STREAM_BEFORE_SEND("stream-events is killed", "before a message is sent"),
  STREAM_AFTER_SEND(
      "stream-events is killed", "after a message is sent, before the cursor advances"),

  READ_RUNNING("read-runs is killed", "while it reads the events of a running run"),
  READ_ARCHIVED("read-runs is killed", "while it reads the events of an archived run"),

  REAP_AFTER_FAIL("reap-runs is killed", "after a silent run is failed in the catalog"),
  REAP_AFTER_STOP("reap-runs is killed", "after the execution of a silent run is stopped"),
  REAP_AFTER_START("reap-runs is killed", "after the finalization of a silent run is started"),
  REAP_AFTER_DROP("reap-runs is killed", "after an ended run is dropped from the broker"),
  REAP_AFTER_RELEASE("reap-runs is killed", "after an ended run is released in the catalog"),

  OPERATOR_DELETES_OPEN("An operator deletes keys by hand", "`:open`"),
  OPERATOR_DELETES_EVENTS("An operator deletes keys by hand", "`:events`"),
  OPERATOR_DELETES_SEQ("An operator deletes keys by hand", "`:seq`"),
  OPERATOR_DELETES_DOCUMENTED("An operator deletes keys by hand", "`:open`, `:events`, `:seq`"),
  OPERATOR_DELETES_ALL(
      "An operator deletes keys by hand", "every key with the prefix `arena:run:<id>:`"),
  OPERATOR_SETS_SEQ_BACK("An operator deletes keys by hand", "none, but sets `:seq` to 3"),
  OPERATOR_TRIMS_STREAM("An operator deletes keys by hand", "all but two entries of `:events`"),
  OPERATOR_TRIMS_AND_DELETES_SEQ(
      "An operator deletes keys by hand", "all but two entries of `:events`, and `:seq`"),

  DYNAMODB_FAILS("A store fails for one run", "DynamoDB answers 500 for 4 s"),
  DYNAMODB_THROTTLES("A store fails for one run", "DynamoDB throttles for 4 s"),
  DYNAMODB_HANGS("A store fails for one run", "DynamoDB hangs for 6 s"),
  S3_FAILS("A store fails for one run", "S3 answers 500 for 4 s"),
  S3_SLOWS_DOWN("A store fails for one run", "S3 answers SlowDown for 4 s"),
  S3_HANGS("A store fails for one run", "S3 hangs for 6 s"),
  REDIS_CUTS("A store fails for one run", "Redis connections are closed for 4 s"),
  REDIS_HANGS("A store fails for one run", "Redis hangs for 6 s"),

  DYNAMODB_REFUSES("A store is unavailable for all runs", "DynamoDB refuses connections for 4 s"),
  S3_REFUSES("A store is unavailable for all runs", "S3 refuses connections for 4 s"),
  REDIS_REFUSES("A store is unavailable for all runs", "Redis refuses connections for 4 s"),
  REDIS_KILLED("A store is unavailable for all runs", "Redis is killed and restarts with its data"),
  REDIS_LOST("A store is unavailable for all runs", "Redis is killed and restarts empty"),
  REDIS_LOST_AT_END(
      "A store is unavailable for all runs",
      "Redis is killed during finalization and restarts empty"),
  REDIS_PAUSED("A store is unavailable for all runs", "Redis is paused for 20 s"),

  BROKER_STOPPED("Five runs outlive the broker", "Redis is stopped (SIGSTOP) for 150 s"),
  BROKER_REFUSES("Five runs outlive the broker", "Redis refuses connections for 150 s"),
  BROKER_READ_ONLY("Five runs outlive the broker", "Redis is read-only for 90 s"),
  BROKER_FULL("Five runs outlive the broker", "Redis is out of memory (`noeviction`)"),
  BROKER_LOST("Five runs outlive the broker", "Redis is replaced by an empty one"),
  BROKER_RESTORED(
      "Five runs outlive the broker", "Redis is replaced by its data of an earlier time"),

  STACK_KILLED("The whole stack", "killed with ten runs in flight, then restarted");

  /** Whether every fault is injected, which takes about ten minutes: {@code ./arena faults}. */
  private static final boolean ALL = Boolean.getBoolean("arena.faults.all");

  /** The faults that every test run injects. */
  private static final Set<Fault> DEFAULT =
      EnumSet.of(
          TURN_AFTER_START_WRITE,
          TURN_DURING_MODEL,
          TURN_BEFORE_ANSWER_WRITE,
          TURN_AFTER_ANSWER_WRITE,
          CREATE_BEFORE_START,
          CREATE_RETRIED_AFTER_OPEN,
          FORK_AFTER_OPEN,
          FORK_RETRIED_BEFORE_START,
          FINALIZE_AFTER_ARCHIVE,
          FINALIZE_AFTER_CATALOG,
          STREAM_AFTER_SEND,
          READ_ARCHIVED,
          REAP_AFTER_FAIL,
          REAP_AFTER_DROP,
          OPERATOR_DELETES_SEQ,
          OPERATOR_DELETES_ALL,
          OPERATOR_SETS_SEQ_BACK,
          DYNAMODB_HANGS,
          S3_SLOWS_DOWN,
          REDIS_CUTS,
          DYNAMODB_REFUSES,
          REDIS_LOST,
          BROKER_FULL,
          BROKER_RESTORED);

  private final String group;
  private final String description;

  Fault(String group, String description) {
    this.group = group;
    this.description = description;
  }

  /**
   * Returns those of {@code faults} to inject: all under {@code ./arena faults}, else the default
   * set.
   */
  static Stream<Fault> selected(Fault... faults) {
    return Arrays.stream(faults).filter(fault -> ALL || DEFAULT.contains(fault)).sorted();
  }

  /** The section of the matrix. */
  String group() {
    return group;
  }

  /** The row of the matrix: when or how it breaks. */
  String description() {
    return description;
  }

  /**
   * Whether the reader's observations depend on timing: on whether a batch or a call was in
   * progress when the fault began.
   */
  boolean readerDependsOnTiming() {
    return compareTo(DYNAMODB_FAILS) >= 0;
  }

  /** A unique name for the run and its model. */
  String token() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
