package courtside.atproto.record;

import java.util.List;
import java.util.Optional;

/**
 * What a post shows beside its text. The union is open. Immutable.
 *
 * @see <a href="https://docs.bsky.app/docs/advanced-guides/posts">Posts</a>
 */
public sealed interface Embed {

  /**
   * Images, at most four by the lexicon.
   *
   * @param images in their order
   */
  record Images(List<Image> images) implements Embed {
    /** Copies the list. */
    public Images {
      images = List.copyOf(images);
    }
  }

  /**
   * A video.
   *
   * @param video the file
   * @param captions its subtitles
   * @param alt what it shows, in words
   * @param presentation how to play it: {@code default}, {@code gif}, or something newer
   */
  record Video(
      Optional<Blob> video,
      List<Caption> captions,
      Optional<String> alt,
      Optional<AspectRatio> aspectRatio,
      Optional<String> presentation)
      implements Embed {
    /** Copies the list. */
    public Video {
      captions = List.copyOf(captions);
    }
  }

  /**
   * Media of more than one kind, at most twenty by the lexicon.
   *
   * @param items in their order
   */
  record Gallery(List<GalleryItem> items) implements Embed {
    /** Copies the list. */
    public Gallery {
      items = List.copyOf(items);
    }
  }

  /**
   * A card that leads to a page.
   *
   * @param uri of the page, a URI by the lexicon, not checked; empty where absent
   * @param title of the page; empty where absent
   * @param description of the page; empty where absent
   * @param thumb a picture of it
   * @param associatedRefs the records that the page stands for
   */
  record External(
      String uri,
      String title,
      String description,
      Optional<Blob> thumb,
      List<StrongRef> associatedRefs)
      implements Embed {
    /** Copies the list. */
    public External {
      associatedRefs = List.copyOf(associatedRefs);
    }
  }

  /**
   * Another record: a post that is quoted, a feed, a list, a starter pack, a labeler.
   *
   * @param record where it is
   */
  record EmbeddedRecord(Optional<StrongRef> record) implements Embed {}

  /**
   * Another record, and media.
   *
   * @param record where the record is
   * @param media images, a video, a gallery or a card by the lexicon; never a {@code
   *     RecordWithMedia}, which is given as unknown here
   */
  record RecordWithMedia(Optional<StrongRef> record, Optional<Embed> media) implements Embed {}

  /**
   * An embed of a kind that is not known here.
   *
   * @param type its {@code $type}
   */
  record UnknownEmbed(String type) implements Embed {}

  /** One of the media of a gallery. The union is open. */
  sealed interface GalleryItem {}

  /**
   * An image.
   *
   * @param image the file
   * @param alt what it shows, in words; empty where absent
   */
  record Image(Optional<Blob> image, String alt, Optional<AspectRatio> aspectRatio)
      implements GalleryItem {}

  /**
   * One of the media of a gallery of a kind that is not known here.
   *
   * @param type its {@code $type}
   * @param alt what it shows, in words, where it says so as images do; empty where absent
   */
  record UnknownItem(String type, String alt) implements GalleryItem {}

  /**
   * Subtitles.
   *
   * @param lang a language by the lexicon, not checked; empty where absent
   * @param file the file
   */
  record Caption(String lang, Optional<Blob> file) {}

  /** Width to height. May be in any unit, and records may say anything here, zero too. */
  record AspectRatio(long width, long height) {}
}
