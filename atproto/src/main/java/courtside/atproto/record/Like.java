package courtside.atproto.record;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import java.util.Optional;

/**
 * That an account likes a post, a feed, or another record. Immutable.
 *
 * @see RecordValue
 */
public final class Like extends Kept implements RecordValue {
  /** The {@code $type} of a like. */
  public static final String TYPE = "app.bsky.feed.like";

  private final Optional<StrongRef> subject;
  private final Optional<StrongRef> via;
  private final Optional<Timestamp> createdAt;

  private Like(Bytes bytes, Fields fields) {
    super(bytes);
    this.subject = fields.map("subject", StrongRef::read);
    this.via = fields.map("via", StrongRef::read);
    this.createdAt = fields.timestamp("createdAt");
  }

  /**
   * Reads a like.
   *
   * @throws MalformedDataException as {@link RecordValue#read} does
   */
  public static Like read(Bytes dagCbor) throws MalformedDataException {
    return new Like(dagCbor, Fields.read(dagCbor, TYPE));
  }

  @Override
  public String type() {
    return TYPE;
  }

  /** What is liked. */
  public Optional<StrongRef> subject() {
    return subject;
  }

  /** The repost, or another record, that led its author there. */
  public Optional<StrongRef> via() {
    return via;
  }

  /** What its author claims as its time. */
  public Optional<Timestamp> createdAt() {
    return createdAt;
  }
}
