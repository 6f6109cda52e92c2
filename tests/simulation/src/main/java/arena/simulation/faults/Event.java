package arena.simulation.faults;

/** What may go wrong beside calls. */
public enum Event {
  BROKER_FLUSHED("broker: started empty"),
  BROKER_FAILED_OVER("broker: failed over, last writes lost"),
  BROKER_UNREACHABLE("broker: unreachable for a while"),
  BROKER_KEYS_DELETED("broker: a run's keys deleted by hand"),
  BROKER_CLOCK_JUMPS("broker: its clock jumps"),
  CLOCK_SKEWED("function: its clock is off"),
  FUNCTION_STANDS_STILL("function: stands still for long"),
  TASK_REFUSED("task: refused by the service"),
  TASK_FAILED_UNDONE("task: fails before it begins"),
  TASK_ANSWER_LOST("task: done, but its answer is lost"),
  TASK_TWICE("task: done twice at once"),
  TASK_OVERSLEPT("task: wakes up late, perhaps after the reaper"),
  TASK_WAKES_UNDER_REAPER("task: wakes up as the reaper comes"),
  EVENT_TWICE("event: delivered twice"),
  EVENT_LATE("event: delivered late"),
  EVENT_DROPPED("event: given up"),
  EXECUTION_ABORTED("execution: stopped by an operator"),
  EXECUTION_TIMED_OUT("execution: over its time"),
  TWO_REAPERS("reaper: two at once"),
  SEND_BUSY("connection: takes nothing for now (429)"),
  SEND_ANSWER_LOST("connection: takes it, but the answer is lost (5xx)"),
  SEND_REFUSED("connection: refuses a message"),
  CONNECTION_REFUSED("connection: not let in"),
  CONNECTION_LOST("connection: lost"),
  CONNECTION_LOST_UNTOLD("connection: lost, and nobody is told"),
  MESSAGE_LOST("connection: a client's message is not served"),
  READER_SLOW("reader: slow"),
  READER_FLAPS("reader: flaps"),
  READER_LEAVES("reader: leaves without a word"),
  MODEL_THROTTLED("model: throttled"),
  MODEL_OVERLOADED("model: overloaded"),
  MODEL_TIMED_OUT("model: times out"),
  MODEL_UNREACHABLE("model: unreachable"),
  MODEL_MALFORMED("model: malformed"),
  MODEL_REFUSED("model: refused"),
  CREATE_AGAIN("client: asks for the same run again"),
  CREATE_AT_ONCE("client: asks for the same run twice at once"),
  CREATE_OTHERWISE("client: asks for another run with the same key");

  private final String label;

  Event(String label) {
    this.label = label;
  }

  /** The name of its fault point. */
  public String label() {
    return label;
  }
}
