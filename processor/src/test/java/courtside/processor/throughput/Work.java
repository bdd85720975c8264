package courtside.processor.throughput;

/** What an application in a process of its own does. */
enum Work {
  /** Reads {@code firehose.frames}, of each frame its sequence number, and writes nothing. */
  NUMBERS,
  /** Frames to {@code posts}, and those to the shipped feed: both stages in one process. */
  PIPELINE,
  /** The same, writing each record at least once rather than once. */
  PIPELINE_AT_LEAST_ONCE,
  /** Reads {@code posts} and looks at nothing. */
  NOTHING,
  /** {@code posts} to a feed without a rule, of an author who writes nothing. */
  UNMATCHED,
  /** {@code posts} to the shipped feed. */
  REPLAY;

  /** The id of the application that reads frames, or where none does, posts. */
  String group(String run) {
    return switch (this) {
      case NUMBERS, NOTHING -> "measured-" + run;
      case PIPELINE, PIPELINE_AT_LEAST_ONCE -> "courtside-extract-" + run;
      case UNMATCHED, REPLAY -> feeds(run);
    };
  }

  /** The id of the application that makes feeds. */
  static String feeds(String run) {
    return "courtside-feeds-" + run;
  }
}
