package courtside.demo;

import courtside.service.Parts;
import courtside.testkit.recording.Recording;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Pace;
import courtside.testkit.relay.Player;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;

/**
 * The demo's relay: plays the bundled recording once, as history, to whoever connects, and then
 * stays connected. It has a fixed name, whatever its port, and remembers over a restart what it has
 * shown. Thread-safe.
 */
public final class DemoRelay implements AutoCloseable {
  /** The name that its cursor is kept under. */
  public static final String NAME = "demo";

  private final Recording recording;
  private final long shownBefore;
  private final Relay relay;
  private final Player player;
  private final Parts parts;

  private DemoRelay(
      Recording recording, long shownBefore, Relay relay, Player player, Parts parts) {
    this.recording = recording;
    this.shownBefore = shownBefore;
    this.relay = relay;
    this.player = player;
    this.parts = parts;
  }

  /**
   * Starts it; it plays on from where it was.
   *
   * @param directory where it remembers
   * @throws UncheckedIOException if the directory cannot be used
   */
  public static DemoRelay start(Path directory, Pace pace) {
    Parts parts = new Parts();
    try {
      Recording recording = Recording.bundled();
      FrameLog frames = parts.add(FrameLog.open(directory));
      long last = frames.lastSeq();
      long shown = recording.frames().stream().filter(frame -> frame.seq() <= last).count();
      Relay relay = parts.add(Relay.start(RelaySettings.DEFAULT, frames));
      Player player = parts.add(Player.start(recording, frames, pace));
      return new DemoRelay(recording, shown, relay, player, parts);
    } catch (IOException e) {
      parts.closeAfter(e);
      throw new UncheckedIOException("the demo's relay cannot use " + directory, e);
    } catch (RuntimeException e) {
      parts.closeAfter(e);
      throw e;
    }
  }

  /** Where it listens. */
  public URI uri() {
    return relay.uri();
  }

  /** What it does with the recording, as the end of a sentence that begins with its address. */
  public String plan() {
    int all = recording.frames().size();
    if (shownBefore == all) {
      return "has played its " + all + " recorded frames";
    }
    return shownBefore == 0
        ? "plays " + all + " recorded frames once"
        : "goes on playing: " + (all - shownBefore) + " of " + all + " recorded frames are left";
  }

  /** Whether every frame of the recording has been shown. */
  public boolean ended() {
    return player.ended();
  }

  @Override
  public void close() {
    parts.close();
  }
}
