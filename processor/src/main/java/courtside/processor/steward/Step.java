package courtside.processor.steward;

/** What the steward has just done, in the order of one turn. */
enum Step {
  /** Something is decided, and not yet written. */
  DECIDED,
  /** What was decided is committed. */
  WRITTEN,
  /** The groups of ended sets are deleted, but for those that still have members. */
  GROUPS_DELETED,
  /** The internal topics of sets without a group are deleted. */
  TOPICS_DELETED;

  /** Told of each step, on the steward's thread, which waits for it. */
  @FunctionalInterface
  interface Observer {
    /** Whom nobody watches. */
    Observer NOBODY = _ -> {};

    /** Takes note. */
    void after(Step step);
  }
}
