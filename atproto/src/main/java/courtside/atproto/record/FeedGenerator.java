package courtside.atproto.record;

import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import java.util.List;
import java.util.Optional;

/**
 * That there is a feed, and who serves it. Its key is part of the feed's address. Immutable.
 *
 * @see <a href="https://docs.bsky.app/docs/starter-templates/custom-feeds">Custom feeds</a>
 */
public final class FeedGenerator extends Kept implements RecordValue {
  /** The {@code $type} of a feed. */
  public static final String TYPE = "app.bsky.feed.generator";

  private final String did;
  private final String displayName;
  private final Optional<String> description;
  private final List<Facet> descriptionFacets;
  private final Optional<Blob> avatar;
  private final boolean acceptsInteractions;
  private final List<String> labels;
  private final Optional<String> contentMode;
  private final Optional<Timestamp> createdAt;

  private FeedGenerator(Bytes bytes, Fields fields) {
    super(bytes);
    this.did = fields.text("did");
    this.displayName = fields.text("displayName");
    this.description = fields.optionalText("description");
    this.descriptionFacets = fields.maps("descriptionFacets", Facet::read);
    this.avatar = fields.map("avatar", Blob::read);
    this.acceptsInteractions = fields.flag("acceptsInteractions");
    this.labels = fields.selfLabels("labels");
    this.contentMode = fields.optionalText("contentMode");
    this.createdAt = fields.timestamp("createdAt");
  }

  /**
   * Reads a feed.
   *
   * @throws MalformedDataException as {@link RecordValue#read} does
   */
  public static FeedGenerator read(Bytes dagCbor) throws MalformedDataException {
    return new FeedGenerator(dagCbor, Fields.read(dagCbor, TYPE));
  }

  @Override
  public String type() {
    return TYPE;
  }

  /**
   * The service that answers for it, another account than the feed's owner as a rule: a DID by the
   * lexicon, not checked; empty where absent.
   */
  public String did() {
    return did;
  }

  /** Its name; empty where absent. */
  public String displayName() {
    return displayName;
  }

  /** What it shows, in words. */
  public Optional<String> description() {
    return description;
  }

  /** What parts of the description stand for. */
  public List<Facet> descriptionFacets() {
    return descriptionFacets;
  }

  /** Its picture. */
  public Optional<Blob> avatar() {
    return avatar;
  }

  /** Whether apps may tell the service what people did with its posts. */
  public boolean acceptsInteractions() {
    return acceptsInteractions;
  }

  /** What its owner labels it with. */
  public List<String> labels() {
    return labels;
  }

  /** What it is made for, such as {@code app.bsky.feed.defs#contentModeVideo}. */
  public Optional<String> contentMode() {
    return contentMode;
  }

  /** What its owner claims as its time. */
  public Optional<Timestamp> createdAt() {
    return createdAt;
  }
}
