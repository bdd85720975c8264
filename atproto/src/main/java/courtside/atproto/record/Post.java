package courtside.atproto.record;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.cbor.DagCborReader.Range;
import java.util.List;
import java.util.Optional;

/**
 * A post, with all that the lexicon says, the deprecated {@code entities} aside. Immutable.
 *
 * @see <a href="https://docs.bsky.app/docs/advanced-guides/posts">Posts</a>
 */
public final class Post extends Kept implements RecordValue {
  /** The {@code $type} of a post. */
  public static final String TYPE = "app.bsky.feed.post";

  private final String text;
  private final Optional<Timestamp> createdAt;
  private final List<Facet> facets;
  private final Optional<Reply> reply;
  private final Optional<Embed> embed;
  private final List<String> langs;
  private final List<String> labels;
  private final List<String> tags;

  private Post(Bytes bytes, Fields fields) {
    super(bytes);
    this.text = fields.text("text");
    this.createdAt = fields.timestamp("createdAt");
    this.facets = fields.maps("facets", Facet::read);
    this.reply = fields.map("reply", Reply::read);
    this.embed = fields.map("embed", EmbedReader::read);
    this.langs = fields.texts("langs");
    this.labels = fields.selfLabels("labels");
    this.tags = fields.texts("tags");
  }

  /**
   * What a post answers.
   *
   * @param root the first post of the thread
   * @param parent the post that is answered
   */
  public record Reply(Optional<StrongRef> root, Optional<StrongRef> parent) {
    private static Optional<Reply> read(Fields fields) {
      return Optional.of(
          new Reply(fields.map("root", StrongRef::read), fields.map("parent", StrongRef::read)));
    }
  }

  /**
   * Checks that {@link #read} takes a record, by its size and its type alone.
   *
   * @param record where it stands, one canonical DAG-CBOR value
   * @throws MalformedDataException as {@link #read} does
   */
  public static void check(byte[] buffer, Range record) throws MalformedDataException {
    Fields.check(buffer, record, TYPE);
  }

  /**
   * Reads a post.
   *
   * @throws MalformedDataException as {@link RecordValue#read} does
   */
  public static Post read(Bytes dagCbor) throws MalformedDataException {
    return new Post(dagCbor, Fields.read(dagCbor, TYPE));
  }

  @Override
  public String type() {
    return TYPE;
  }

  /** Its text, which may be empty; empty where absent. */
  public String text() {
    return text;
  }

  /** What its author claims as its time. */
  public Optional<Timestamp> createdAt() {
    return createdAt;
  }

  /** What parts of the text stand for. */
  public List<Facet> facets() {
    return facets;
  }

  /** What it answers. Present in every answer, even where it does not say to what. */
  public Optional<Reply> reply() {
    return reply;
  }

  /** What it shows beside the text. */
  public Optional<Embed> embed() {
    return embed;
  }

  /** The languages its author names, at most three by the lexicon; not checked. */
  public List<String> langs() {
    return langs;
  }

  /** What its author labels it with, such as {@code porn}. */
  public List<String> labels() {
    return labels;
  }

  /** Hashtags beside those of the text, without the sign. */
  public List<String> tags() {
    return tags;
  }

  /** What feeds look at. Made at every call. */
  public PostSummary summary() {
    return PostSummary.of(this);
  }

  /** The limits of the lexicon that it breaks: servers may have let it pass. None as a rule. */
  public List<BrokenLimit> brokenLimits() {
    return PostLimits.check(this);
  }
}
