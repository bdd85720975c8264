package courtside.benchmarks;

import courtside.testkit.recording.Recording;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Frames to measure with. */
public enum Corpus {
  /** 150 frames of the whole network, in their order; stand beside the project, not in it. */
  NETWORK {
    @Override
    public List<byte[]> frames() throws IOException {
      Path file = Path.of(System.getProperty("courtside.root", "."), NETWORK_FRAMES);
      if (!Files.exists(file)) {
        throw new FileNotFoundException(
            file
                + " is not here: name the project's directory with -Dcourtside.root, or measure"
                + " with -p corpus=RECORDING");
      }
      ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      List<byte[]> frames = new ArrayList<>();
      while (in.hasRemaining()) {
        byte[] frame = new byte[in.getInt()];
        in.get(frame);
        frames.add(frame);
      }
      return frames;
    }
  },
  /** The recording that comes with Courtside: a small server's, with many posts. */
  RECORDING {
    @Override
    public List<byte[]> frames() throws IOException {
      return Recording.bundled().frames().stream().map(frame -> frame.bytes().toArray()).toList();
    }
  };

  private static final String NETWORK_FRAMES =
      "../shared/vectors/jetstream/internal/corpus/testdata/frames.bin";

  /**
   * The frames, in the order of the stream.
   *
   * @throws IOException if they are not there
   */
  public abstract List<byte[]> frames() throws IOException;
}
