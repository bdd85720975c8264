package courtside.atproto.record;

import courtside.atproto.record.Embed.AspectRatio;
import courtside.atproto.record.Embed.Caption;
import courtside.atproto.record.Embed.GalleryItem;
import courtside.atproto.record.Embed.Image;
import courtside.atproto.record.Embed.UnknownItem;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads embeds. */
final class EmbedReader {
  private static final String RECORD_WITH_MEDIA = "app.bsky.embed.recordWithMedia";

  private EmbedReader() {}

  /** Absent where it does not say what it is. */
  static Optional<Embed> read(Fields fields) {
    return fields.type().equals(RECORD_WITH_MEDIA)
        ? Optional.of(
            new Embed.RecordWithMedia(
                fields.map("record").flatMap(EmbedReader::reference),
                fields.map("media", EmbedReader::readSingle)))
        : readSingle(fields);
  }

  /** One level: a record with media within another's media is nothing that is known. */
  private static Optional<Embed> readSingle(Fields fields) {
    String type = fields.type();
    return switch (type) {
      case "app.bsky.embed.images" ->
          Optional.of(
              new Embed.Images(fields.maps("images", image -> Optional.of(readImage(image)))));
      case "app.bsky.embed.gallery" ->
          Optional.of(new Embed.Gallery(fields.maps("items", EmbedReader::readItem)));
      case "app.bsky.embed.video" -> Optional.of(readVideo(fields));
      case "app.bsky.embed.external" -> Optional.of(readExternal(fields));
      case "app.bsky.embed.record" -> Optional.of(new Embed.EmbeddedRecord(reference(fields)));
      case "" -> Optional.empty();
      default -> Optional.of(new Embed.UnknownEmbed(type));
    };
  }

  private static Optional<StrongRef> reference(Fields fields) {
    return fields.map("record", StrongRef::read);
  }

  private static Image readImage(Fields fields) {
    return new Image(
        fields.map("image", Blob::read),
        fields.text("alt"),
        fields.map("aspectRatio", EmbedReader::readAspectRatio));
  }

  private static Optional<GalleryItem> readItem(Fields fields) {
    String type = fields.type();
    // There is but one kind so far: what does not say its own is of it.
    return Optional.of(
        type.isEmpty() || type.equals("app.bsky.embed.gallery#image")
            ? readImage(fields)
            : new UnknownItem(type, fields.text("alt")));
  }

  private static Embed.Video readVideo(Fields fields) {
    return new Embed.Video(
        fields.map("video", Blob::read),
        fields.maps(
            "captions",
            caption ->
                Optional.of(new Caption(caption.text("lang"), caption.map("file", Blob::read)))),
        fields.optionalText("alt"),
        fields.map("aspectRatio", EmbedReader::readAspectRatio),
        fields.optionalText("presentation"));
  }

  private static Embed.External readExternal(Fields fields) {
    return fields
        .map("external")
        .map(card ->
            new Embed.External(
                card.text("uri"),
                card.text("title"),
                card.text("description"),
                card.map("thumb", Blob::read),
                card.maps("associatedRefs", StrongRef::read)))
        .orElseGet(() -> new Embed.External("", "", "", Optional.empty(), List.of()));
  }

  private static Optional<AspectRatio> readAspectRatio(Fields fields) {
    OptionalLong width = fields.integer("width");
    OptionalLong height = fields.integer("height");
    return width.isPresent() && height.isPresent()
        ? Optional.of(new AspectRatio(width.getAsLong(), height.getAsLong()))
        : Optional.empty();
  }
}
