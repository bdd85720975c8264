package courtside.testkit.frames;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.firehose.FrameWriter;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Tid;
import courtside.testkit.accounts.Identities;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * Frames by the thousand, for measuring: as many with a post, 11 in a hundred, and as long, 5.5 KB
 * in the mean, as the network's. Each is canonical, and each block of its archive is what its CID
 * says; but nothing is signed, and where a proof would be are blocks as large as its own, so that
 * making one takes little of what reading it takes. The same seed and times make the same frames.
 * Confined to one thread.
 */
public final class Mix {
  /** One post in so many says the name of a sport. */
  public static final int SPORT_EVERY = 50;

  private static final int WORDS = 5_000;
  private static final int CLOCK_ID = 7;
  private static final int POOL = 1 << 20;

  /** Of the blocks beside operation and record; a lognormal of this median and spread. */
  private static final double MEDIAN_BESIDE = 3_450;

  private static final double SPREAD = 0.8;
  private static final int MOST_BESIDE = 100_000;
  private static final int NODE = 1_500;

  // Of all generators, this one's numbers are the same on every platform for ever.
  private final Random random;
  private final List<String> dids = new ArrayList<>();
  private final List<String> words = new ArrayList<>();
  private final byte[] pool = new byte[POOL];
  private final Map<Integer, String> lastPost = new HashMap<>();
  private long seq;
  private long lastMicros;

  /**
   * One frame.
   *
   * @param did the account
   * @param posts how many of its operations are of posts
   */
  public record Frame(String did, long seq, Bytes bytes, int posts) {}

  /**
   * Begins with the sequence number 1.
   *
   * @param accounts how many there are, each as busy as the others
   */
  public Mix(long seed, int accounts) {
    this.random = new Random(seed);
    Identities identities = new Identities(seed, 1);
    for (int i = 0; i < accounts; i++) {
      dids.add(identities.did(i).value());
    }
    for (int i = 0; i < WORDS; i++) {
      words.add(word());
    }
    random.nextBytes(pool);
  }

  private String word() {
    StringBuilder word = new StringBuilder();
    int syllables = 1 + random.nextInt(3);
    for (int i = 0; i < syllables; i++) {
      word.append("bcdfghklmnprstvw".charAt(random.nextInt(16)))
          .append("aeiou".charAt(random.nextInt(5)));
    }
    return word.toString();
  }

  /** The next one, at a moment. */
  public Frame next(Instant time) {
    seq++;
    int account = random.nextInt(dids.size());
    String did = dids.get(account);
    String written = time.truncatedTo(ChronoUnit.MILLIS).toString();
    int what = random.nextInt(1_000);
    if (what < 10) {
      byte[] frame = FrameWriter.identity(seq, written, new Did(did), Optional.empty());
      return new Frame(did, seq, Bytes.of(frame), 0);
    }
    if (what < 15) {
      byte[] frame = FrameWriter.account(seq, written, new Did(did), true, Optional.empty());
      return new Frame(did, seq, Bytes.of(frame), 0);
    }
    Tid rev = revision(time);
    CommitFrame commit = new CommitFrame(did, rev.value(), written);
    int posts = what < 125 ? post(commit, account, rev, written) : 0;
    if (posts == 0) {
      other(commit, rev, written);
    }
    beside(commit);
    return new Frame(did, seq, Bytes.of(commit.bytes(seq)), posts);
  }

  private Tid revision(Instant time) {
    lastMicros = Math.max(ChronoUnit.MICROS.between(Instant.EPOCH, time), lastMicros + 1);
    return Tid.at(Instant.EPOCH.plus(lastMicros, ChronoUnit.MICROS), CLOCK_ID);
  }

  private int post(CommitFrame commit, int account, Tid rev, String time) {
    String last = lastPost.get(account);
    int what = random.nextInt(100);
    if (last != null && what < 15) {
      if (what < 3) {
        commit.write("update", "app.bsky.feed.post/" + last, record(time));
      } else {
        lastPost.remove(account);
        commit.operation("delete", "app.bsky.feed.post/" + last, null);
      }
    } else {
      lastPost.put(account, rev.value());
      commit.write("create", "app.bsky.feed.post/" + rev.value(), record(time));
    }
    return 1;
  }

  private byte[] record(String time) {
    StringBuilder text = new StringBuilder(random.nextInt(SPORT_EVERY) == 0 ? "nba" : "well");
    int count = 3 + random.nextInt(30);
    for (int i = 0; i < count; i++) {
      text.append(' ').append(words.get(random.nextInt(WORDS)));
    }
    return DagCborWriter.write(
        Map.of(
            "$type",
            "app.bsky.feed.post",
            "text",
            text.toString(),
            "langs",
            List.of(random.nextInt(3) == 0 ? "ja" : "en"),
            "createdAt",
            time));
  }

  /** A like, a repost or a follow, or one that is taken back. */
  private void other(CommitFrame commit, Tid rev, String time) {
    String type =
        switch (random.nextInt(10)) {
          case 0 -> "app.bsky.feed.repost";
          case 1, 2 -> "app.bsky.graph.follow";
          default -> "app.bsky.feed.like";
        };
    String path = type + "/" + rev.value();
    if (random.nextInt(8) == 0) {
      commit.operation("delete", path, null);
      return;
    }
    String subject = dids.get(random.nextInt(dids.size()));
    Object subjectOf =
        type.equals("app.bsky.graph.follow")
            ? subject
            : Map.of(
                "uri",
                "at://" + subject + "/app.bsky.feed.post/" + rev.value(),
                "cid",
                Cid.ofRaw(pool, random.nextInt(POOL / 2), 100).toString());
    commit.write(
        "create",
        path,
        DagCborWriter.write(Map.of("$type", type, "subject", subjectOf, "createdAt", time)));
  }

  private void beside(CommitFrame commit) {
    int left =
        (int) Math.min(MEDIAN_BESIDE * Math.exp(SPREAD * random.nextGaussian()), MOST_BESIDE);
    while (left > 0) {
      int length = Math.min(left, NODE);
      int from = random.nextInt(POOL - length);
      commit.beside(
          DagCborWriter.write(
              Map.of("e", Bytes.of(Arrays.copyOfRange(pool, from, from + length)))));
      left -= length;
    }
  }
}
