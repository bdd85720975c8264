package courtside.testkit.relay;

/** With which frame a stream resumes. Servers differ. */
public enum CursorRule {
  /** With the first frame above the cursor, as a PDS does. */
  EXCLUSIVE,
  /** With the cursor's own frame, if it is held, as the specification says. */
  INCLUSIVE,
}
