package courtside.demo;

import courtside.service.Parts;
import courtside.testkit.accounts.Identities;
import courtside.testkit.accounts.SimulatedNetwork;
import courtside.testkit.recording.Recording;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.LiveProgramme;
import courtside.testkit.relay.Pace;
import courtside.testkit.relay.Player;
import courtside.testkit.relay.Programme;
import courtside.testkit.relay.RecordedProgramme;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * The demo's relay: plays the bundled recording once, as history, to whoever connects, and then
 * goes on with a simulated network, which has new accounts at each start. It has a fixed name,
 * whatever its port, and remembers over a restart what it has shown. Thread-safe.
 */
public final class DemoRelay implements AutoCloseable {
  /** The name that its cursor is kept under. */
  public static final String NAME = "demo";

  /** What the accounts of its network are made of, together with the number of the start. */
  public static final long SEED = 1;

  private final Recording recording;
  private final long shownBefore;
  private final boolean goesOn;
  private final FrameLog frames;
  private final Relay relay;
  private final Player player;
  private final Parts parts;

  private DemoRelay(
      Recording recording,
      long shownBefore,
      boolean goesOn,
      FrameLog frames,
      Relay relay,
      Player player,
      Parts parts) {
    this.recording = recording;
    this.shownBefore = shownBefore;
    this.goesOn = goesOn;
    this.frames = frames;
    this.relay = relay;
    this.player = player;
    this.parts = parts;
  }

  /**
   * Starts it; it plays on from where it was.
   *
   * @param directory where it remembers
   * @param pace of the recording
   * @param network acts per second of the simulated network, of which seven in ten are posts; 0 for
   *     silence after the recording
   * @throws UncheckedIOException if the directory cannot be used
   */
  public static DemoRelay start(Path directory, Pace pace, double network) {
    Parts parts = new Parts();
    try {
      Recording recording = Recording.bundled();
      FrameLog frames = parts.add(FrameLog.open(directory));
      long last = frames.lastSeq();
      long shown = recording.frames().stream().filter(frame -> frame.seq() <= last).count();
      Relay relay = parts.add(Relay.start(RelaySettings.DEFAULT, frames));
      List<Programme> programmes = new ArrayList<>();
      programmes.add(new RecordedProgramme(recording, last, pace));
      if (network > 0) {
        Identities identities = new Identities(SEED, frames.starts());
        programmes.add(
            new LiveProgramme(new SimulatedNetwork(identities), network, InstantSource.system()));
      }
      Player player = parts.add(Player.start(programmes, frames, System::nanoTime));
      return new DemoRelay(recording, shown, network > 0, frames, relay, player, parts);
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

  /** What it will do, as the end of a sentence that begins with its address. */
  public String plan() {
    int all = recording.frames().size();
    String network = "goes on with a simulated network";
    if (shownBefore == all) {
      return "has played its " + all + " recorded frames" + (goesOn ? ", " + network : "");
    }
    return (shownBefore == 0
            ? "plays " + all + " recorded frames once"
            : "goes on playing: "
                + (all - shownBefore)
                + " of "
                + all
                + " recorded frames are left")
        + (goesOn ? ", then " + network : "");
  }

  /** The sequence number of the newest frame that it shows. */
  public long lastSeq() {
    return frames.lastSeq();
  }

  /** What it plays now, in a few words. */
  public String stage() {
    if (frames.lastSeq() < recording.frames().getLast().seq()) {
      return "recording";
    }
    return goesOn ? "simulated network" : "the recording has ended";
  }

  /** Whether it could not play on; its log says why. What was played before it still shows. */
  public boolean failed() {
    return player.failure().isPresent();
  }

  @Override
  public void close() {
    parts.close();
  }
}
