package courtside.atproto.record;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/** Values that were read, written in the fields of their lexicons again. */
final class Rendering {
  private final Map<String, Object> fields = new TreeMap<>();

  private Rendering() {}

  static Map<String, Object> of(RecordValue value) {
    Rendering out = new Rendering();
    out.fields.put("$type", value.type());
    switch (value) {
      case Post post -> out.post(post);
      case Like like -> out.reference(like.subject(), like.via(), like.createdAt());
      case Repost repost -> out.reference(repost.subject(), repost.via(), repost.createdAt());
      case Follow follow -> {
        out.put("subject", follow.subject());
        out.reference(Optional.empty(), follow.via(), follow.createdAt());
      }
      case FeedGenerator feed -> out.feed(feed);
      case RecordValue.Unknown _ -> {
        // Its type is all that is known.
      }
    }
    return out.fields;
  }

  private void post(Post post) {
    put("text", post.text());
    put("createdAt", post.createdAt().map(Timestamp::text));
    list("facets", post.facets(), Rendering::facet);
    put(
        "reply",
        post.reply()
            .map(reply -> {
              Rendering out = new Rendering();
              out.put("root", reply.root().map(Rendering::ref));
              out.put("parent", reply.parent().map(Rendering::ref));
              return out.fields;
            }));
    put("embed", post.embed().map(Rendering::embed));
    put("langs", post.langs());
    labels(post.labels());
    put("tags", post.tags());
  }

  private void reference(
      Optional<StrongRef> subject, Optional<StrongRef> via, Optional<Timestamp> createdAt) {
    put("subject", subject.map(Rendering::ref));
    put("via", via.map(Rendering::ref));
    put("createdAt", createdAt.map(Timestamp::text));
  }

  private void feed(FeedGenerator feed) {
    put("did", feed.did());
    put("displayName", feed.displayName());
    put("description", feed.description());
    list("descriptionFacets", feed.descriptionFacets(), Rendering::facet);
    put("avatar", feed.avatar().map(Rendering::blob));
    put("acceptsInteractions", feed.acceptsInteractions());
    labels(feed.labels());
    put("contentMode", feed.contentMode());
    put("createdAt", feed.createdAt().map(Timestamp::text));
  }

  private void labels(List<String> labels) {
    if (!labels.isEmpty()) {
      fields.put(
          "labels",
          Map.of(
              "$type",
              "com.atproto.label.defs#selfLabels",
              "values",
              labels.stream().map(label -> Map.of("val", label)).toList()));
    }
  }

  private static Map<String, Object> facet(Facet facet) {
    Rendering out = new Rendering();
    out.put(
        "index",
        facet
            .index()
            .map(slice -> Map.of("byteStart", slice.byteStart(), "byteEnd", slice.byteEnd())));
    out.list("features", facet.features(), Rendering::feature);
    return out.fields;
  }

  private static Map<String, Object> feature(Facet.Feature feature) {
    Rendering out = new Rendering();
    switch (feature) {
      case Facet.Mention(String did) -> out.typed("app.bsky.richtext.facet#mention", "did", did);
      case Facet.Link(String uri) -> out.typed("app.bsky.richtext.facet#link", "uri", uri);
      case Facet.Tag(String tag) -> out.typed("app.bsky.richtext.facet#tag", "tag", tag);
      case Facet.UnknownFeature(String type) -> out.put("$type", type);
    }
    return out.fields;
  }

  private void typed(String type, String field, String text) {
    put("$type", type);
    put(field, text);
  }

  private static Map<String, Object> embed(Embed embed) {
    Rendering out = new Rendering();
    switch (embed) {
      case Embed.Images(List<Embed.Image> images) -> {
        out.put("$type", "app.bsky.embed.images");
        out.list("images", images, image -> image(image, Optional.empty()));
      }
      case Embed.Gallery(List<Embed.GalleryItem> items) -> {
        out.put("$type", "app.bsky.embed.gallery");
        out.list("items", items, Rendering::item);
      }
      case Embed.Video video -> {
        out.put("$type", "app.bsky.embed.video");
        out.put("video", video.video().map(Rendering::blob));
        out.list(
            "captions",
            video.captions(),
            caption -> {
              Rendering one = new Rendering();
              one.put("lang", caption.lang());
              one.put("file", caption.file().map(Rendering::blob));
              return one.fields;
            });
        out.put("alt", video.alt());
        out.put("aspectRatio", video.aspectRatio().map(Rendering::ratio));
        out.put("presentation", video.presentation());
      }
      case Embed.External external -> {
        out.put("$type", "app.bsky.embed.external");
        Rendering card = new Rendering();
        card.put("uri", external.uri());
        card.put("title", external.title());
        card.put("description", external.description());
        card.put("thumb", external.thumb().map(Rendering::blob));
        card.list("associatedRefs", external.associatedRefs(), Rendering::ref);
        out.put("external", card.fields);
      }
      case Embed.EmbeddedRecord(Optional<StrongRef> record) -> {
        out.put("$type", "app.bsky.embed.record");
        out.put("record", record.map(Rendering::ref));
      }
      case Embed.RecordWithMedia(Optional<StrongRef> record, Optional<Embed> media) -> {
        out.put("$type", "app.bsky.embed.recordWithMedia");
        out.put("record", record.map(ref -> Map.of("record", ref(ref))));
        out.put("media", media.map(Rendering::embed));
      }
      case Embed.UnknownEmbed(String type) -> out.put("$type", type);
    }
    return out.fields;
  }

  private static Map<String, Object> item(Embed.GalleryItem item) {
    return switch (item) {
      case Embed.Image image -> image(image, Optional.of("app.bsky.embed.gallery#image"));
      case Embed.UnknownItem unknown -> new HashMap<>(Map.of("$type", unknown.type()));
    };
  }

  private static Map<String, Object> image(Embed.Image image, Optional<String> type) {
    Rendering out = new Rendering();
    out.put("$type", type);
    out.put("image", image.image().map(Rendering::blob));
    out.put("alt", image.alt());
    out.put("aspectRatio", image.aspectRatio().map(Rendering::ratio));
    return out.fields;
  }

  private static Map<String, Object> ratio(Embed.AspectRatio ratio) {
    return Map.of("width", ratio.width(), "height", ratio.height());
  }

  private static Map<String, Object> blob(Blob blob) {
    Rendering out = new Rendering();
    if (blob.legacy()) {
      out.put("cid", blob.ref().toString());
    } else {
      out.put("$type", "blob");
      out.put("ref", blob.ref());
    }
    out.put("mimeType", blob.mimeType());
    blob.size().ifPresent(size -> out.put("size", size));
    return out.fields;
  }

  private static Map<String, Object> ref(StrongRef ref) {
    Rendering out = new Rendering();
    out.put("uri", ref.uri());
    out.put("cid", ref.cid());
    return out.fields;
  }

  private <T> void list(String name, List<T> items, Function<T, Map<String, Object>> render) {
    put(name, new ArrayList<>(items.stream().map(render).toList()));
  }

  private void put(String name, Optional<?> value) {
    value.ifPresent(present -> fields.put(name, present));
  }

  private void put(String name, Object value) {
    fields.put(name, value);
  }
}
