package courtside.atproto.record;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.cbor.CBORFactory;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.syntax.Datetime;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * An app.bsky.feed.post, as far as feeds look at it. Servers accept odd records, so a field of
 * another type than the lexicon's counts as absent and the post stands; unions are open. Immutable.
 *
 * @param text the text, or empty
 * @param createdAt what its author claims; absent where missing or unreadable
 * @param langs the languages its author names, at most three by the lexicon
 * @param tags hashtags without the sign, from facets and from {@code tags}
 * @param links where it links to, from facets and from an external card
 * @param altTexts the descriptions of its images and videos
 * @param cardTexts title and description of an external card
 * @param labels what its author labels it with
 * @param reply whether it answers a post
 * @param quote whether it embeds another post
 * @param media whether it has an image, or a video
 * @see <a href="https://docs.bsky.app/docs/advanced-guides/posts">Posts</a>
 */
public record Post(
    String text,
    Optional<Instant> createdAt,
    List<String> langs,
    List<String> tags,
    List<String> links,
    List<String> altTexts,
    List<String> cardTexts,
    List<String> labels,
    boolean reply,
    boolean quote,
    boolean media) {

  /** The {@code $type} of a post. */
  public static final String TYPE = "app.bsky.feed.post";

  /**
   * Largest record that is taken for a post, in bytes. The longest text, all tags and twenty
   * descriptions of 2,000 characters, three bytes each, are some 130 kB; most posts have less than
   * one. A record may have a million, and a commit may name the same one under two hundred keys.
   */
  public static final int MAX_BYTES = 150 << 10;

  private static final CBORMapper MAPPER =
      new CBORMapper(
          CBORFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNestingDepth(DagCborReader.MAX_DEPTH + 1)
                      .maxStringLength(2 << 20)
                      .maxNameLength(DagCborReader.MAX_KEY_LENGTH)
                      .build())
              .build());

  /** Copies the lists. */
  public Post {
    langs = List.copyOf(langs);
    tags = List.copyOf(tags);
    links = List.copyOf(links);
    altTexts = List.copyOf(altTexts);
    cardTexts = List.copyOf(cardTexts);
    labels = List.copyOf(labels);
  }

  /**
   * Checks that {@link #read} takes a record, by its size and its type alone.
   *
   * @param record where it stands, one canonical DAG-CBOR value
   * @throws MalformedDataException as {@link #read} does
   */
  public static void check(byte[] buffer, Range record) throws MalformedDataException {
    checkSize(record.length(), record.offset());
    DagCborReader reader = new DagCborReader(buffer, record.offset(), record.end());
    int entries = reader.readMap();
    DagCborReader.Keys keys = reader.keys();
    for (int i = 0; i < entries; i++) {
      if (keys.next().equals("$type")) {
        if (TYPE.equals(reader.readText())) {
          return;
        }
        break;
      }
      reader.skip();
    }
    throw wrongType(record.offset());
  }

  private static void checkSize(int bytes, int offset) throws MalformedDataException {
    if (bytes > MAX_BYTES) {
      throw new MalformedDataException(
          Kind.TOO_LARGE,
          offset,
          "expected a post of at most " + MAX_BYTES + " bytes, found " + bytes);
    }
  }

  private static MalformedDataException wrongType(int offset) {
    return new MalformedDataException(Kind.WRONG_TYPE, offset, "expected a record of type " + TYPE);
  }

  /**
   * Reads a record whose bytes are one canonical DAG-CBOR value (see {@link
   * DagCborReader#validate}).
   *
   * @throws MalformedDataException {@link Kind#WRONG_TYPE} if it is no post by its own {@code
   *     $type}, {@link Kind#TOO_LARGE} if it is larger than {@link #MAX_BYTES}
   */
  public static Post read(Bytes dagCbor) throws MalformedDataException {
    checkSize(dagCbor.length(), 0);
    JsonNode root;
    try {
      root = MAPPER.readTree(dagCbor.toArray());
    } catch (IOException e) {
      // Canonical bytes within the limits: only something that is not DAG-CBOR gets here.
      throw new MalformedDataException(Kind.UNSUPPORTED, -1, "not a DAG-CBOR record");
    }
    if (root == null || !TYPE.equals(textOf(root, "$type"))) {
      throw wrongType(0);
    }
    Parts parts = new Parts();
    parts.facets(root.path("facets"));
    texts(root.path("tags"), parts.tags);
    parts.embed(root.path("embed"));
    List<String> langs = new ArrayList<>();
    texts(root.path("langs"), langs);
    List<String> labels = new ArrayList<>();
    for (JsonNode label : items(root.path("labels").path("values"))) {
      add(label.path("val"), labels);
    }
    return new Post(
        textOf(root, "text"),
        Datetime.momentOf(textOf(root, "createdAt")),
        langs,
        parts.tags,
        parts.links,
        parts.altTexts,
        parts.cardTexts,
        labels,
        root.path("reply").isObject(),
        parts.quote,
        parts.media);
  }

  private static String textOf(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isTextual() ? value.textValue() : "";
  }

  private static void texts(JsonNode list, List<String> into) {
    for (JsonNode item : items(list)) {
      add(item, into);
    }
  }

  /** The items of a list; none of anything else, as a tree would give the values of a map. */
  private static Iterable<JsonNode> items(JsonNode list) {
    return list.isArray() ? list : List.of();
  }

  private static void add(JsonNode value, List<String> into) {
    if (value.isTextual() && !value.textValue().isEmpty()) {
      into.add(value.textValue());
    }
  }

  /** What facets and embeds contribute. */
  private static final class Parts {
    private static final String AT = "at://";

    private final List<String> tags = new ArrayList<>();
    private final List<String> links = new ArrayList<>();
    private final List<String> altTexts = new ArrayList<>();
    private final List<String> cardTexts = new ArrayList<>();
    private boolean quote;
    private boolean media;

    void facets(JsonNode facets) {
      for (JsonNode facet : items(facets)) {
        for (JsonNode feature : items(facet.path("features"))) {
          switch (textOf(feature, "$type")) {
            case "app.bsky.richtext.facet#tag" -> add(feature.path("tag"), tags);
            case "app.bsky.richtext.facet#link" -> add(feature.path("uri"), links);
            default -> {
              // Mentions, and whatever comes: nothing that a feed looks at.
            }
          }
        }
      }
    }

    void embed(JsonNode embed) {
      switch (textOf(embed, "$type")) {
        case "app.bsky.embed.images" -> images(embed.path("images"));
        case "app.bsky.embed.gallery" -> images(embed.path("items"));
        case "app.bsky.embed.video" -> {
          media = true;
          add(embed.path("alt"), altTexts);
        }
        case "app.bsky.embed.external" -> {
          JsonNode external = embed.path("external");
          add(external.path("uri"), links);
          add(external.path("title"), cardTexts);
          add(external.path("description"), cardTexts);
        }
        case "app.bsky.embed.record" -> quote = isOfPost(embed.path("record"));
        case "app.bsky.embed.recordWithMedia" -> {
          quote = isOfPost(embed.path("record").path("record"));
          // One level: media of recordWithMedia is never recordWithMedia itself.
          JsonNode inner = embed.path("media");
          if (!textOf(inner, "$type").equals("app.bsky.embed.recordWithMedia")) {
            embed(inner);
          }
        }
        default -> {
          // An embed of a kind not known here.
        }
      }
    }

    private void images(JsonNode images) {
      for (JsonNode image : items(images)) {
        media |= image.isObject();
        add(image.path("alt"), altTexts);
      }
    }

    /** Whether a reference leads to a post, rather than to a list, a feed or a starter pack. */
    private static boolean isOfPost(JsonNode reference) {
      String uri = textOf(reference, "uri");
      int collection = uri.startsWith(AT) ? uri.indexOf('/', AT.length()) + 1 : 0;
      return collection > 0 && uri.startsWith(TYPE + "/", collection);
    }
  }
}
