package courtside.testkit.relay.fault;

/**
 * When a fault is committed. Immutable.
 *
 * @param place on which connection
 * @param frames for {@link Place#ANY_STREAM}, after so many more frames of the relay; otherwise
 *     after so many frames of that connection's stream. A fault of the handshake knows only 0
 */
public record Cue(Place place, long frames) {
  /** On which connection. */
  public enum Place {
    /** Once, on a connection that is accepted from now on: the first that comes so far. */
    NEXT_CONNECTION,
    /** Once on each connection that is accepted from now on, until it is cancelled. */
    EVERY_CONNECTION,
    /** Once, on whichever stream has shown the last of the frames, old or new. */
    ANY_STREAM,
  }

  /** Checks that the frames are no less than 0. */
  public Cue {
    if (frames < 0) {
      throw new IllegalArgumentException("expected frames of 0 or more, found " + frames);
    }
  }

  /** The next connection. */
  public static Cue nextConnection() {
    return new Cue(Place.NEXT_CONNECTION, 0);
  }

  /** Every connection until cancelled. */
  public static Cue everyConnection() {
    return new Cue(Place.EVERY_CONNECTION, 0);
  }

  /** At once, on the stream that is open, or on the next that is. */
  public static Cue now() {
    return new Cue(Place.ANY_STREAM, 0);
  }

  /** After this many more frames, on the stream that shows the last of them. */
  public static Cue afterFrames(long frames) {
    return new Cue(Place.ANY_STREAM, frames);
  }

  /** The same after so many frames. */
  public Cue withFrames(long value) {
    return new Cue(place, value);
  }

  /** Whether a fault can be committed then: one of the handshake knows no frames. */
  public boolean suits(Fault fault) {
    return fault instanceof Fault.OnStream || (place != Place.ANY_STREAM && frames == 0);
  }
}
