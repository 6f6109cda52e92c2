package arena.simulation.faults;

/** A fault of a call of a store or service. */
public enum CallFault {
  /** The caller dies before the call. */
  DIES_BEFORE("dies before", false),
  /** The call takes effect; the caller dies before the response. */
  DIES_AFTER("dies after", true),
  /** The call never arrives; the caller times out. */
  LOST("lost", false),
  /** The call takes effect; the response is lost and the caller times out. */
  RESPONSE_LOST("response lost", true),
  /** The caller times out; the call takes effect some time later. */
  LATE("done late", true),
  /** The call is retransmitted and takes effect twice. */
  TWICE("done twice", true),
  /** The call is throttled at once. */
  THROTTLED("throttled", false),
  /** The call takes so long that later calls overtake it. */
  SLOW("slow", false);

  private final String label;
  private final boolean changesOnly;

  CallFault(String label, boolean changesOnly) {
    this.label = label;
    this.changesOnly = changesOnly;
  }

  /** Suffix of the fault point's name. */
  public String label() {
    return label;
  }

  /** Whether the fault applies only to calls that change state. */
  public boolean changesOnly() {
    return changesOnly;
  }
}
