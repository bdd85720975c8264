package courtside.atproto.record;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import java.util.Optional;

/**
 * That an account shows a post to its followers. Immutable.
 *
 * @see RecordValue
 */
public final class Repost extends Kept implements RecordValue {
  /** The {@code $type} of a repost. */
  public static final String TYPE = "app.bsky.feed.repost";

  private final Optional<StrongRef> subject;
  private final Optional<StrongRef> via;
  private final Optional<Timestamp> createdAt;

  private Repost(Bytes bytes, Fields fields) {
    super(bytes);
    this.subject = fields.map("subject", StrongRef::read);
    this.via = fields.map("via", StrongRef::read);
    this.createdAt = fields.timestamp("createdAt");
  }

  /**
   * Reads a repost.
   *
   * @throws MalformedDataException as {@link RecordValue#read} does
   */
  public static Repost read(Bytes dagCbor) throws MalformedDataException {
    return new Repost(dagCbor, Fields.read(dagCbor, TYPE));
  }

  @Override
  public String type() {
    return TYPE;
  }

  /** What is shown again. */
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
