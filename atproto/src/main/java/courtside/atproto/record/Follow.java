package courtside.atproto.record;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import java.util.Optional;

/**
 * That an account follows another. Immutable.
 *
 * @see RecordValue
 */
public final class Follow extends Kept implements RecordValue {
  /** The {@code $type} of a follow. */
  public static final String TYPE = "app.bsky.graph.follow";

  private final String subject;
  private final Optional<StrongRef> via;
  private final Optional<Timestamp> createdAt;

  private Follow(Bytes bytes, Fields fields) {
    super(bytes);
    this.subject = fields.text("subject");
    this.via = fields.map("via", StrongRef::read);
    this.createdAt = fields.timestamp("createdAt");
  }

  /**
   * Reads a follow.
   *
   * @throws MalformedDataException as {@link RecordValue#read} does
   */
  public static Follow read(Bytes dagCbor) throws MalformedDataException {
    return new Follow(dagCbor, Fields.read(dagCbor, TYPE));
  }

  @Override
  public String type() {
    return TYPE;
  }

  /** Who is followed: a DID by the lexicon, not checked; empty where absent. */
  public String subject() {
    return subject;
  }

  /** The starter pack, or another record, that led its author there. */
  public Optional<StrongRef> via() {
    return via;
  }

  /** What its author claims as its time. */
  public Optional<Timestamp> createdAt() {
    return createdAt;
  }
}
