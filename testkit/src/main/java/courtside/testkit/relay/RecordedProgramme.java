package courtside.testkit.relay;

import courtside.testkit.recording.RecordedFrame;
import courtside.testkit.recording.Recording;
import java.io.IOException;
import java.util.List;
import java.util.OptionalLong;

/**
 * A recording, once, at a pace. What the log already had is passed over, so that after a restart it
 * goes on where it stopped. Confined to one thread.
 */
public final class RecordedProgramme implements Programme {
  private final List<RecordedFrame> frames;
  private final Pace pace;
  private int played;

  /** What comes after a sequence number, which is the last that the log has. */
  public RecordedProgramme(Recording recording, long after, Pace pace) {
    this.frames = recording.frames().stream().filter(frame -> frame.seq() > after).toList();
    this.pace = pace;
  }

  @Override
  public OptionalLong nextDueNanos(long elapsedNanos) {
    return played == frames.size()
        ? OptionalLong.empty()
        : OptionalLong.of(
            pace.dueNanos(played, frames.getFirst().time(), frames.get(played).time()));
  }

  @Override
  public void playNext(FrameLog log) throws IOException {
    RecordedFrame frame = frames.get(played);
    log.append(frame.seq(), frame.bytes().toArray());
    played++;
  }

  /** How many frames there are to play. */
  @Override
  public String toString() {
    return "recording of " + frames.size() + " frames";
  }
}
