package arena.simulation.faults;

/** A fault that is not the fault of a call. */
public enum Event {
  BROKER_FLUSHED("broker: restarted empty"),
  BROKER_FAILED_OVER("broker: failover, last writes lost"),
  BROKER_UNREACHABLE("broker: unreachable for a while"),
  BROKER_READ_ONLY("broker: refuses writes for a while"),
  BROKER_RESTORED("broker: replaced by older data"),
  BROKER_KEYS_DELETED("broker: a run's keys deleted by hand"),
  BROKER_SEQ_CHANGED("broker: a run's seq changed by hand"),
  BROKER_STREAM_TRIMMED("broker: a run's stream trimmed by hand"),
  BROKER_CLOCK_JUMPS("broker: clock jumps"),
  CLOCK_SKEWED("function: clock skewed"),
  FUNCTION_PAUSED("function: paused for long"),
  TASK_THROTTLED("task: throttled by the service"),
  TASK_FAILED_BEFORE_START("task: fails before it starts"),
  TASK_RESPONSE_LOST("task: done, response lost"),
  TASK_INVOKED_TWICE("task: invoked twice concurrently"),
  TASK_DELAYED("task: delayed, possibly past the reaper"),
  TASK_RESUMES_UNDER_REAPER("task: resumes while the reaper fails its run"),
  EVENT_TWICE("event: delivered twice"),
  EVENT_LATE("event: delivered late"),
  EVENT_DROPPED("event: dropped"),
  EXECUTION_ABORTED("execution: stopped by an operator"),
  EXECUTION_TIMED_OUT("execution: timed out"),
  COMPARISON_EXECUTION_ENDED("execution of a comparison: stopped by an operator"),
  COMPARISON_DOOMED("execution of a comparison: every one dies"),
  COMPARISON_CANCELLED_AT_START("comparison: cancelled while a run of it is created"),
  TWO_REAPERS("reaper: two concurrent invocations"),
  SEND_THROTTLED("connection: throttled (429)"),
  SEND_RESPONSE_LOST("connection: delivered, response lost (5xx)"),
  SEND_REFUSED("connection: message refused"),
  CONNECTION_REFUSED("connection: refused"),
  CONNECTION_LOST("connection: lost"),
  CONNECTION_LOST_SILENTLY("connection: lost without $disconnect"),
  MESSAGE_LOST("connection: client message not served"),
  READER_SLOW("reader: slow"),
  READER_FLAPPING("reader: flaps"),
  READER_LEAVES("reader: leaves without closing"),
  MODEL_THROTTLED("model: throttled"),
  MODEL_OVERLOADED("model: overloaded"),
  MODEL_ASKS_TO_WAIT("model: asks to wait"),
  MODEL_TIMED_OUT("model: times out"),
  MODEL_UNREACHABLE("model: unreachable"),
  MODEL_MALFORMED("model: malformed"),
  MODEL_REFUSED("model: refused"),
  CREATE_REPEATED("client: repeats an answered request"),
  CREATE_CONCURRENT("client: sends a request twice concurrently"),
  CREATE_KEY_REUSED("client: reuses a key with another body");

  private final String label;

  Event(String label) {
    this.label = label;
  }

  /** Name of its fault point. */
  public String label() {
    return label;
  }
}
