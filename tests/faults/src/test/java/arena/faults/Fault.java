package arena.faults;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** What is broken, in the order of the matrix. */
enum Fault {
  TURN_BEFORE_BEGUN("replay-turn is killed", "before what the turn shows is written"),
  TURN_AFTER_BEGUN("replay-turn is killed", "after what the turn shows is written"),
  TURN_BEFORE_MODEL("replay-turn is killed", "after that is published, before the model is called"),
  TURN_DURING_MODEL("replay-turn is killed", "while the model answers"),
  TURN_BEFORE_ANSWER("replay-turn is killed", "after the model's answer, before it is written"),
  TURN_AFTER_ANSWER("replay-turn is killed", "after the answer is written, before it is published"),
  TURN_AFTER_PUBLISH("replay-turn is killed", "after that is published, before the task is done"),

  FORK_AFTER_BEGUN("create-fork is killed", "after the run is in catalog and journal"),
  FORK_AFTER_OPEN("create-fork is killed", "after it is open in the broker"),
  FORK_BEFORE_START("create-fork is killed", "before its execution is started"),
  FORK_AFTER_START("create-fork is killed", "after its execution is started"),
  FORK_AGAIN_AFTER_BEGUN(
      "create-fork is killed", "after the run is in catalog and journal; asked again by its key"),
  FORK_AGAIN_AFTER_OPEN(
      "create-fork is killed", "after it is open in the broker; asked again by its key"),
  FORK_AGAIN_BEFORE_START(
      "create-fork is killed", "before its execution is started; asked again by its key"),
  FORK_AGAIN_AFTER_START(
      "create-fork is killed", "after its execution is started; asked again by its key"),

  FINALIZE_BEFORE_ARCHIVE("finalize-run is killed", "before the archive is written"),
  FINALIZE_AFTER_ARCHIVE("finalize-run is killed", "after the archive is written"),
  FINALIZE_AFTER_CATALOG("finalize-run is killed", "after the catalog has it as complete"),
  FINALIZE_AFTER_CLOSE("finalize-run is killed", "after it is closed in the broker"),

  STREAM_BEFORE_SEND("stream-events is killed", "before a message is sent"),
  STREAM_AFTER_SEND("stream-events is killed", "after a message is sent, before that is noted"),

  OPERATOR_DELETES_OPEN("An operator deletes keys by hand", "`:open`"),
  OPERATOR_DELETES_EVENTS("An operator deletes keys by hand", "`:events`"),
  OPERATOR_DELETES_SEQ("An operator deletes keys by hand", "`:seq`"),
  OPERATOR_DELETES_DOCUMENTED("An operator deletes keys by hand", "`:open`, `:events`, `:seq`"),
  OPERATOR_DELETES_ALL("An operator deletes keys by hand", "all that start with `arena:run:<id>:`"),

  DYNAMODB_FAILS("A store fails for one run", "DynamoDB answers 500 for 4 s"),
  DYNAMODB_THROTTLES("A store fails for one run", "DynamoDB throttles for 4 s"),
  DYNAMODB_HANGS("A store fails for one run", "DynamoDB hangs for 6 s"),
  S3_FAILS("A store fails for one run", "S3 answers 500 for 4 s"),
  S3_SLOWS_DOWN("A store fails for one run", "S3 answers SlowDown for 4 s"),
  S3_HANGS("A store fails for one run", "S3 hangs for 6 s"),
  REDIS_CUTS("A store fails for one run", "Redis's connections are cut for 4 s"),
  REDIS_HANGS("A store fails for one run", "Redis hangs for 6 s"),

  DYNAMODB_REFUSES("A store is gone for all", "DynamoDB refuses connections for 4 s"),
  S3_REFUSES("A store is gone for all", "S3 refuses connections for 4 s"),
  REDIS_REFUSES("A store is gone for all", "Redis refuses connections for 4 s"),
  REDIS_KILLED("A store is gone for all", "Redis is killed, and has what it had"),
  REDIS_LOST("A store is gone for all", "Redis is killed, and starts empty"),
  REDIS_LOST_AT_END(
      "A store is gone for all", "Redis is killed before the run is finalized, and starts empty"),
  REDIS_PAUSED("A store is gone for all", "Redis stands still for 20 s"),

  STACK_KILLED("The whole stack", "it is killed with ten runs in flight, and started again");

  /** Whether all are tried, which takes some minutes: {@code ./arena faults}. */
  private static final boolean ALL = Boolean.getBoolean("arena.faults.all");

  /** What every run of the tests tries. */
  private static final Set<Fault> USUAL =
      EnumSet.of(
          TURN_AFTER_BEGUN,
          TURN_DURING_MODEL,
          TURN_BEFORE_ANSWER,
          TURN_AFTER_ANSWER,
          FORK_AFTER_OPEN,
          FORK_AGAIN_BEFORE_START,
          FINALIZE_AFTER_ARCHIVE,
          FINALIZE_AFTER_CATALOG,
          STREAM_AFTER_SEND,
          OPERATOR_DELETES_SEQ,
          OPERATOR_DELETES_ALL,
          DYNAMODB_HANGS,
          S3_SLOWS_DOWN,
          REDIS_CUTS,
          DYNAMODB_REFUSES,
          REDIS_LOST);

  private final String part;
  private final String moment;

  Fault(String part, String moment) {
    this.part = part;
    this.moment = moment;
  }

  /** Those of these that are tried: all when that is asked for, else one of each kind. */
  static Stream<Fault> tried(Fault... faults) {
    return Arrays.stream(faults).filter(fault -> ALL || USUAL.contains(fault)).sorted();
  }

  /** What breaks. */
  String part() {
    return part;
  }

  /** When, or how. */
  String moment() {
    return moment;
  }

  /**
   * Whether it depends on the moment what a reader sees of it: whether a sender was in the middle
   * of a batch, or a connection in the middle of a call.
   */
  boolean differsByMoment() {
    return compareTo(DYNAMODB_FAILS) >= 0;
  }

  /** A name for its run and its model. */
  String token() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
