package courtside.processor.streams;

/**
 * How much of changelogs has been read to make stores anew, in offsets: those of entries, and of
 * markers of transactions between them. Immutable.
 */
public record Restoring(long done, long total) {
  /** What is still to be read. */
  public long remaining() {
    return total - done;
  }
}
