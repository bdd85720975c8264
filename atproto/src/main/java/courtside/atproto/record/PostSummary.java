package courtside.atproto.record;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What feeds look at in a post. Texts that are empty are left out of its lists. Immutable.
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
 */
public record PostSummary(
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

  /** Copies the lists. */
  public PostSummary {
    langs = List.copyOf(langs);
    tags = List.copyOf(tags);
    links = List.copyOf(links);
    altTexts = List.copyOf(altTexts);
    cardTexts = List.copyOf(cardTexts);
    labels = List.copyOf(labels);
  }

  static PostSummary of(Post post) {
    Parts parts = new Parts();
    post.facets().forEach(parts::facet);
    post.tags().forEach(tag -> add(tag, parts.tags));
    post.embed().ifPresent(parts::embed);
    return new PostSummary(
        post.text(),
        post.createdAt().flatMap(Timestamp::moment),
        withoutEmpty(post.langs()),
        parts.tags,
        parts.links,
        parts.altTexts,
        parts.cardTexts,
        withoutEmpty(post.labels()),
        post.reply().isPresent(),
        parts.quote,
        parts.media);
  }

  private static List<String> withoutEmpty(List<String> texts) {
    return texts.contains("") ? texts.stream().filter(text -> !text.isEmpty()).toList() : texts;
  }

  private static void add(String text, List<String> into) {
    if (!text.isEmpty()) {
      into.add(text);
    }
  }

  /** What facets and embeds contribute. */
  private static final class Parts {
    private final List<String> tags = new ArrayList<>();
    private final List<String> links = new ArrayList<>();
    private final List<String> altTexts = new ArrayList<>();
    private final List<String> cardTexts = new ArrayList<>();
    private boolean quote;
    private boolean media;

    void facet(Facet facet) {
      for (Facet.Feature feature : facet.features()) {
        switch (feature) {
          case Facet.Tag tag -> add(tag.tag(), tags);
          case Facet.Link link -> add(link.uri(), links);
          case Facet.Mention _, Facet.UnknownFeature _ -> {
            // Nothing that a feed looks at.
          }
        }
      }
    }

    void embed(Embed embed) {
      switch (embed) {
        case Embed.Images images -> images.images().forEach(this::item);
        case Embed.Gallery gallery -> gallery.items().forEach(this::item);
        case Embed.Video video -> {
          media = true;
          video.alt().ifPresent(alt -> add(alt, altTexts));
        }
        case Embed.External external -> {
          add(external.uri(), links);
          add(external.title(), cardTexts);
          add(external.description(), cardTexts);
        }
        case Embed.EmbeddedRecord quoted -> quote(quoted.record());
        case Embed.RecordWithMedia both -> {
          quote(both.record());
          both.media().ifPresent(this::embed);
        }
        case Embed.UnknownEmbed _ -> {
          // Nothing is known of it.
        }
      }
    }

    private void item(Embed.GalleryItem item) {
      media = true;
      add(
          switch (item) {
            case Embed.Image image -> image.alt();
            case Embed.UnknownItem unknown -> unknown.alt();
          },
          altTexts);
    }

    private void quote(Optional<StrongRef> reference) {
      quote = reference.filter(record -> record.isOf(Post.TYPE)).isPresent();
    }
  }
}
