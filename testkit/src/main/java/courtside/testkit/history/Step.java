package courtside.testkit.history;

import courtside.atproto.Bytes;
import courtside.atproto.syntax.Tid;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.testkit.frames.CommitFrame;
import java.time.Instant;
import java.util.List;

/**
 * One frame as it stands in the log. Immutable.
 *
 * @param did the account, which is the record's key
 * @param seen the record's time
 * @param place the record's headers
 * @param says what can be used of it, in its order
 * @param refused for how many reasons something of it cannot be used: a dead letter for each
 * @param what it is, for whoever reads a history
 */
public record Step(
    String did,
    Instant seen,
    FrameHeaders place,
    Bytes frame,
    List<Said> says,
    int refused,
    String what) {
  /** Copies the list. */
  public Step {
    says = List.copyOf(says);
  }

  /** The address of one of the account's posts. */
  public String uri(String rkey) {
    return uri(did, rkey);
  }

  /**
   * Something that changes no feed, and lets the time seen be this: while nothing comes, no time
   * passes.
   *
   * @param did of an account that does nothing else
   */
  public static Step clock(String did, Instant seen) {
    String rev = Tid.at(seen, 0).value();
    byte[] frame =
        new CommitFrame(did, rev, seen.toString())
            .operation("delete", "app.bsky.feed.post/clock", null)
            .bytes(1);
    return new Step(
        did,
        seen,
        new FrameHeaders("clock", 1, 1),
        Bytes.of(frame),
        List.of(new Said.Deleted("clock", rev)),
        0,
        "clock");
  }

  static String uri(String did, String rkey) {
    return "at://" + did + "/app.bsky.feed.post/" + rkey;
  }

  /**
   * The events that it has to become: {@code created}, {@code updated} or {@code deleted} with
   * address and revision, or {@code account} with the DID, whether it is active and the frame's
   * time; each with relay, epoch and sequence.
   */
  public List<String> events() {
    return says.stream()
        .map(said ->
            switch (said) {
                  case Said.Written written ->
                      (written.update() ? "updated " : "created ")
                          + uri(written.rkey())
                          + " "
                          + written.rev();
                  case Said.Deleted deleted ->
                      "deleted " + uri(deleted.rkey()) + " " + deleted.rev();
                  case Said.Standing standing ->
                      "account " + did + " " + standing.active() + " " + standing.frameTime();
                }
                + " "
                + place.relay()
                + " "
                + place.epoch()
                + " "
                + place.seq())
        .toList();
  }
}
