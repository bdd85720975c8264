package courtside.processor.streams;

/** Where one application is in its life on this instance. */
public enum Phase {
  /** The group has not said yet what it does here. */
  STARTING,
  /** The group has said what it does here, and the stores for that are not whole yet. */
  RESTORING,
  /** It does what the group has said, even if that is nothing. */
  SETTLED,
  /** It is asked to end, and leaves its work to others. */
  ENDING,
  /** It has ended by itself, and does not come back before this process is started again. */
  FAILED
}
