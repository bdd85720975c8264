package courtside.processor.extract;

import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.syntax.Tid;
import courtside.testkit.frames.CommitFrame;
import java.time.Instant;
import java.util.Map;
import java.util.Random;

/**
 * Frames nearly as large as the protocol allows, 5,000,000 bytes, which hold posts nearly as large
 * as one may be. Confined to one thread.
 */
public final class LargestFrames {
  /** Posts in each. */
  public static final int POSTS = 8;

  private static final int POST_BYTES = 149_000;
  private static final int BLOCK_BYTES = 3_600_000;
  private static final int ALPHABET = 64;

  private final byte[] post;
  private final byte[] block;

  private LargestFrames(byte[] post, byte[] block) {
    this.post = post;
    this.block = block;
  }

  /** Those that no compression makes smaller. */
  public static LargestFrames ofNoise(Random random) {
    StringBuilder text = new StringBuilder();
    random
        .ints(POST_BYTES, 0, ALPHABET)
        .forEach(character -> text.append((char) ('0' + character)));
    byte[] block = new byte[BLOCK_BYTES];
    random.nextBytes(block);
    return new LargestFrames(post(text.toString()), block(block));
  }

  /** Those of which hundreds are compressed to the size of one. */
  public static LargestFrames ofNothing() {
    return new LargestFrames(post("a".repeat(POST_BYTES)), block(new byte[BLOCK_BYTES]));
  }

  /** One of an account, all of whose posts are new. */
  public byte[] frame(String did, int number) {
    CommitFrame frame = new CommitFrame(did, Tid.at(Instant.now(), 1).value(), "");
    frame.write("create", "app.bsky.feed.like/a", block);
    for (int i = 0; i < POSTS; i++) {
      frame.write("create", "app.bsky.feed.post/" + number + "-" + i, post);
    }
    return frame.bytes();
  }

  private static byte[] post(String text) {
    return DagCborWriter.write(Map.of("$type", "app.bsky.feed.post", "text", text));
  }

  private static byte[] block(byte[] bytes) {
    return DagCborWriter.write(courtside.atproto.Bytes.of(bytes));
  }
}
