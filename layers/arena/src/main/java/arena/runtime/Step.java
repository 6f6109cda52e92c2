package arena.runtime;

/** What a function does at a moment, as its log lines tell it. */
enum Step {
  /** Whatever is none of the others: mostly what reads and writes the journal and the catalog. */
  STORES,
  MODEL,
  PUBLISH,
  ARCHIVE;

  String label() {
    return LabelNames.of(this);
  }
}
