package arena.faults;

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
  OPERATOR_DELETES_ALL("An operator deletes keys by hand", "all that start with `arena:run:<id>:`");

  private final String part;
  private final String moment;

  Fault(String part, String moment) {
    this.part = part;
    this.moment = moment;
  }

  /** What breaks. */
  String part() {
    return part;
  }

  /** When, or how. */
  String moment() {
    return moment;
  }

  /** A name for its run and its model. */
  String token() {
    return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }
}
