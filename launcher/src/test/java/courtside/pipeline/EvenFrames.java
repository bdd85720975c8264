package courtside.pipeline;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.syntax.Tid;
import courtside.testkit.accounts.Identities;
import courtside.testkit.frames.CommitFrame;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Programme;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Frames at an even pace, as long as the network's are in the mean, 5.5 KB: of nine one is a post
 * and the others are likes, and of ten posts nine hold the word. Played on one thread; what it says
 * of its posts is thread-safe.
 */
final class EvenFrames implements Programme {
  static final String WORD = "rebound";

  private static final int POST_EVERY = 9;
  private static final int OTHER_EVERY = 10;
  private static final int ACCOUNTS = 2_000;

  /** What a frame has beside operation and record, the nodes of its proof. */
  private static final int NODES = 3;

  private static final int NODE = 1_500;

  private final double periodNanos;
  private final long count;
  private final InstantSource clock;
  private final Random random = new Random(1);
  private final List<String> dids = new ArrayList<>();
  private final Map<String, Long> matching = new ConcurrentHashMap<>();
  private long played;
  private long lastMicros;

  /**
   * Frames to be played.
   *
   * @param count how many
   * @param clock gives frames and posts their times
   */
  EvenFrames(int perSecond, long count, InstantSource clock) {
    this.periodNanos = 1e9 / perSecond;
    this.count = count;
    this.clock = clock;
    Identities identities = new Identities(1, 1);
    for (int account = 0; account < ACCOUNTS; account++) {
      dids.add(identities.did(account).value());
    }
  }

  /** Every post that was played and holds the word, and the number of its frame. */
  Map<String, Long> matching() {
    return Map.copyOf(matching);
  }

  @Override
  public OptionalLong nextDueNanos(long elapsedNanos) {
    return played == count ? OptionalLong.empty() : OptionalLong.of((long) (played * periodNanos));
  }

  @Override
  public void playNext(FrameLog log) throws IOException {
    Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
    lastMicros = Math.max(lastMicros + 1, ChronoUnit.MICROS.between(Instant.EPOCH, now));
    String rev = Tid.at(Instant.EPOCH.plus(lastMicros, ChronoUnit.MICROS), 1).value();
    String did = dids.get(random.nextInt(ACCOUNTS));
    long seq = log.lastSeq() + 1;
    CommitFrame frame = new CommitFrame(did, rev, now.toString());
    if (played % POST_EVERY == 0) {
      boolean holdsIt = played / POST_EVERY % OTHER_EVERY != 0;
      String path = "app.bsky.feed.post/" + rev;
      frame.write("create", path, post(holdsIt ? WORD : "something else", now));
      if (holdsIt) {
        // Before it can be shown, so that whoever finds it knows it.
        matching.put("at://" + did + "/" + path, seq);
      }
    } else {
      frame.write("create", "app.bsky.feed.like/" + rev, like(rev, now));
    }
    for (int node = 0; node < NODES; node++) {
      byte[] bytes = new byte[NODE];
      random.nextBytes(bytes);
      frame.beside(DagCborWriter.write(Map.of("e", Bytes.of(bytes))));
    }
    log.append(seq, frame.bytes(seq));
    played++;
  }

  private static byte[] post(String about, Instant now) {
    return DagCborWriter.write(
        Map.of(
            "$type",
            "app.bsky.feed.post",
            "text",
            "what a game, and what about the " + about + " in the last minute",
            "langs",
            List.of("en"),
            "createdAt",
            now.toString()));
  }

  private byte[] like(String rkey, Instant now) {
    String uri = "at://" + dids.get(random.nextInt(ACCOUNTS)) + "/app.bsky.feed.post/" + rkey;
    return DagCborWriter.write(
        Map.of(
            "$type",
            "app.bsky.feed.like",
            "subject",
            Map.of("uri", uri, "cid", "bafyreib"),
            "createdAt",
            now.toString()));
  }

  @Override
  public String toString() {
    return "even frames";
  }
}
