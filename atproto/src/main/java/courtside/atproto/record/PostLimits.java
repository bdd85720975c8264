package courtside.atproto.record;

import courtside.atproto.record.BrokenLimit.Unit;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Collects the limits that a post breaks. Confined to one thread. */
final class PostLimits {
  private static final Pattern GRAPHEME = Pattern.compile("\\X");

  private static final int TEXT_BYTES = 3000;
  private static final int TEXT_GRAPHEMES = 300;
  private static final int TAGS = 8;
  private static final int TAG_BYTES = 640;
  private static final int TAG_GRAPHEMES = 64;
  private static final int LANGS = 3;
  private static final int LABELS = 10;
  private static final int LABEL_BYTES = 128;
  private static final int IMAGES = 4;
  private static final int GALLERY_ITEMS = 20;
  private static final int IMAGE_BYTES = 2_000_000;
  private static final int THUMB_BYTES = 1_000_000;
  private static final int VIDEO_BYTES = 300_000_000;
  private static final int CAPTIONS = 20;
  private static final int CAPTION_BYTES = 20_000;

  private final List<BrokenLimit> broken = new ArrayList<>();

  private PostLimits() {}

  static List<BrokenLimit> check(Post post) {
    PostLimits limits = new PostLimits();
    limits.text("text", post.text(), TEXT_BYTES, TEXT_GRAPHEMES);
    for (int i = 0; i < post.facets().size(); i++) {
      limits.facet("facets[" + i + "]", post.facets().get(i));
    }
    limits.check("langs", Unit.ITEMS, LANGS, post.langs().size());
    limits.check("labels.values", Unit.ITEMS, LABELS, post.labels().size());
    for (int i = 0; i < post.labels().size(); i++) {
      limits.bytes("labels.values[" + i + "].val", post.labels().get(i), LABEL_BYTES);
    }
    limits.check("tags", Unit.ITEMS, TAGS, post.tags().size());
    for (int i = 0; i < post.tags().size(); i++) {
      limits.text("tags[" + i + "]", post.tags().get(i), TAG_BYTES, TAG_GRAPHEMES);
    }
    post.embed().ifPresent(embed -> limits.embed("embed", embed));
    return List.copyOf(limits.broken);
  }

  private void facet(String field, Facet facet) {
    for (int i = 0; i < facet.features().size(); i++) {
      if (facet.features().get(i) instanceof Facet.Tag(String tag)) {
        text(field + ".features[" + i + "].tag", tag, TAG_BYTES, TAG_GRAPHEMES);
      }
    }
  }

  private void embed(String field, Embed embed) {
    switch (embed) {
      case Embed.Images(List<Embed.Image> images) -> items(field + ".images", images, IMAGES);
      case Embed.Gallery(List<Embed.GalleryItem> items) ->
          items(field + ".items", items, GALLERY_ITEMS);
      case Embed.Video video -> {
        blob(field + ".video", video.video(), VIDEO_BYTES);
        check(field + ".captions", Unit.ITEMS, CAPTIONS, video.captions().size());
        for (int i = 0; i < video.captions().size(); i++) {
          blob(field + ".captions[" + i + "].file", video.captions().get(i).file(), CAPTION_BYTES);
        }
      }
      case Embed.External external ->
          blob(field + ".external.thumb", external.thumb(), THUMB_BYTES);
      case Embed.RecordWithMedia both ->
          both.media().ifPresent(media -> embed(field + ".media", media));
      case Embed.EmbeddedRecord _, Embed.UnknownEmbed _ -> {
        // Nothing that has a limit.
      }
    }
  }

  private void items(String field, List<? extends Embed.GalleryItem> items, int most) {
    check(field, Unit.ITEMS, most, items.size());
    for (int i = 0; i < items.size(); i++) {
      if (items.get(i) instanceof Embed.Image image) {
        blob(field + "[" + i + "].image", image.image(), IMAGE_BYTES);
      }
    }
  }

  private void blob(String field, Optional<Blob> blob, int most) {
    blob.ifPresent(file -> check(field, Unit.BYTES, most, file.size().orElse(0)));
  }

  private void text(String field, String text, int mostBytes, int mostGraphemes) {
    bytes(field, text, mostBytes);
    if (text.length() > mostGraphemes) {
      check(field, Unit.GRAPHEMES, mostGraphemes, graphemes(text));
    }
  }

  private void bytes(String field, String text, int most) {
    check(field, Unit.BYTES, most, text.getBytes(StandardCharsets.UTF_8).length);
  }

  private static long graphemes(String text) {
    Matcher matcher = GRAPHEME.matcher(text);
    long count = 0;
    while (matcher.find()) {
      count++;
    }
    return count;
  }

  private void check(String field, Unit unit, long most, long found) {
    if (found > most) {
      broken.add(new BrokenLimit(field, unit, most, found));
    }
  }
}
