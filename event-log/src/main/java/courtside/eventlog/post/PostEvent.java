package courtside.eventlog.post;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import courtside.atproto.Bytes;
import courtside.eventlog.format.Format;
import java.time.Instant;
import java.util.Optional;

/**
 * What happened to a post, or to the account of its author. The time seen, the ingestor's clock
 * when the frame was read, is the record's Kafka timestamp. Immutable.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = PostEvent.Created.class, name = "created"),
  @JsonSubTypes.Type(value = PostEvent.Updated.class, name = "updated"),
  @JsonSubTypes.Type(value = PostEvent.Deleted.class, name = "deleted"),
  @JsonSubTypes.Type(value = PostEvent.AccountChanged.class, name = "account"),
})
public sealed interface PostEvent {
  /** The record's bytes. */
  Format<PostEvent> FORMAT = Format.of(PostEvent.class);

  /** Where the event comes from. */
  Origin origin();

  /**
   * The frame that an event was extracted from.
   *
   * @param seq the frame's number on that relay and in that epoch
   * @param frameTime the frame's own time, at most the time seen; the time seen where it has none
   */
  record Origin(String relay, long epoch, long seq, Instant frameTime) {}

  /** An event about one post. */
  sealed interface OfPost extends PostEvent {
    /** {@code at://did/app.bsky.feed.post/rkey}. */
    String uri();

    /** The repository's revision; the newest wins. */
    String rev();
  }

  /** A post's content, new or changed. */
  sealed interface Written extends OfPost {
    /** The CID of the record, as text. */
    String cid();

    /** The record's DAG-CBOR bytes, verbatim. */
    Bytes record();
  }

  /** A post was created. */
  record Created(String uri, String rev, Origin origin, String cid, Bytes record)
      implements Written {}

  /** A post was changed. */
  record Updated(String uri, String rev, Origin origin, String cid, Bytes record)
      implements Written {}

  /** A post was deleted. */
  record Deleted(String uri, String rev, Origin origin) implements OfPost {}

  /**
   * An account's status was announced. Decide on {@code active} alone.
   *
   * @param status why, from an open set
   */
  record AccountChanged(String did, boolean active, Optional<String> status, Origin origin)
      implements PostEvent {}
}
