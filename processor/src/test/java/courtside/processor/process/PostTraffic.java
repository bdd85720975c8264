package courtside.processor.process;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.syntax.Tid;
import courtside.testkit.accounts.Identities;
import courtside.testkit.frames.CommitFrame;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Frames of one new post each, over every partition. Confined to one thread. */
public final class PostTraffic implements PacedFrames.Source {
  /** A usual pace. */
  public static final int PER_SECOND = 300;

  private static final int ACCOUNTS = 240;

  private final List<String> dids = new ArrayList<>();

  /** The same accounts each time. */
  public PostTraffic() {
    Identities identities = new Identities(1, 1);
    for (int i = 0; i < ACCOUNTS; i++) {
      dids.add(identities.did(i).value());
    }
  }

  @Override
  public PacedFrames.Frame frame(long number, Instant now) {
    String did = dids.get((int) (number % ACCOUNTS));
    byte[] post =
        DagCborWriter.write(
            Map.of(
                "$type",
                "app.bsky.feed.post",
                "text",
                "number " + number,
                "createdAt",
                now.toString()));
    byte[] bytes =
        new CommitFrame(did, Tid.at(now, 0).value(), now.toString())
            .write("create", "app.bsky.feed.post/" + number, post)
            .bytes(number);
    return new PacedFrames.Frame(did, Bytes.of(bytes));
  }
}
