package arena.simulation.faults;

/** What may become of a call of a store or service. */
public enum CallFault {
  /** The caller dies before it calls. */
  DIES_BEFORE("dies before", false),
  /** The call is done, and the caller dies before it knows. */
  DIES_AFTER("dies after", true),
  /** The call never arrives; the caller waits in vain and is told so. */
  LOST("lost", false),
  /** The call is done, but the caller waits in vain for the answer. */
  ANSWER_LOST("answer lost", true),
  /** The caller waits in vain, and the call is done some time after that. */
  LATE("done late", true),
  /** The call is sent again below the caller, and done twice. */
  TWICE("done twice", true),
  /** The call is refused at once: too many. */
  THROTTLED("throttled", false),
  /** The call takes so long that others overtake it. */
  SLOW("slow", false);

  private final String label;
  private final boolean ofChangesOnly;

  CallFault(String label, boolean ofChangesOnly) {
    this.label = label;
    this.ofChangesOnly = ofChangesOnly;
  }

  /** The fault in a fault point's name. */
  public String label() {
    return label;
  }

  /** Whether it makes no difference to a call that only reads. */
  public boolean ofChangesOnly() {
    return ofChangesOnly;
  }
}
