package arena.runtime;

/** What the reaper did, as metrics tell it: see {@link arena.lifecycle.ReapAction}. */
public enum ReaperAction {
  FREED,
  ABANDONED,
  FINALIZING,
  STRAY_DROPPED,
  CONNECTION_FORGOTTEN,
  READER_FORGOTTEN,
  /** Whatever has no name here: the log line has it. */
  OTHER;

  /** Its name in logs and metrics. */
  public String label() {
    return LabelNames.of(this);
  }

  /** The action of this name. */
  public static ReaperAction of(String name) {
    for (ReaperAction action : values()) {
      if (action.label().equals(name)) {
        return action;
      }
    }
    return OTHER;
  }
}
