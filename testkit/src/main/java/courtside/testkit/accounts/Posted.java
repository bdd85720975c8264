package courtside.testkit.accounts;

/**
 * A post as later acts find it. Immutable.
 *
 * @param voice its author
 * @param ref as it is now
 */
record Posted(int voice, Ref ref, Setting setting) {
  /** What somebody answers who answers it: it names the root that the post itself does. */
  Setting.Answered answered() {
    return new Setting.Answered(setting.answers().map(Setting.Answered::root).orElse(ref), ref);
  }
}
