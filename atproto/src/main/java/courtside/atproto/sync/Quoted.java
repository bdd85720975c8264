package courtside.atproto.sync;

/** What the wire says, bounded for messages. */
final class Quoted {
  private static final int MOST = 64;

  private Quoted() {}

  static String of(Object value) {
    String text = String.valueOf(value);
    return text.length() <= MOST ? text : text.substring(0, MOST) + "…";
  }
}
