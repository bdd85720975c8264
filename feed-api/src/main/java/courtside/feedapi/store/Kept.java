package courtside.feedapi.store;

/** What of a small topic is kept on disk, each in a column family of its own. */
enum Kept {
  /** Definitions and states of feeds, as they are in the topic. */
  DEFINITIONS("definitions"),

  /** What is blocked: each subject, without a value. */
  BLOCKS("blocks");

  private final String family;

  Kept(String family) {
    this.family = family;
  }

  /** The column family's name. */
  String family() {
    return family;
  }
}
