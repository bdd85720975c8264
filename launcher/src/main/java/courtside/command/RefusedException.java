package courtside.command;

/** Fails a command, with what is wrong and what to do. */
final class RefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  RefusedException(String why) {
    super(why);
  }
}
