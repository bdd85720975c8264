package courtside.atproto.record;

import courtside.atproto.MalformedDataException;
import courtside.atproto.cid.Cid;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file that a record refers to and that its account's server keeps. What is said of it was said
 * by who wrote the record. Immutable.
 *
 * @param ref its CID
 * @param mimeType its media type; empty where absent
 * @param size its bytes; absent in the legacy form
 * @param legacy whether it was written in the form of old records: CID as text and media type alone
 * @see <a href="https://atproto.com/specs/data-model#blob-type">Blob</a>
 */
public record Blob(Cid ref, String mimeType, OptionalLong size, boolean legacy) {

  /** Absent where it is of neither form. */
  static Optional<Blob> read(Fields fields) {
    if (fields.type().equals("blob")) {
      return fields
          .link("ref")
          .map(ref -> new Blob(ref, fields.text("mimeType"), fields.integer("size"), false));
    }
    if (fields.has("$type")) {
      return Optional.empty();
    }
    try {
      Cid ref = Cid.parse(fields.text("cid"));
      return Optional.of(new Blob(ref, fields.text("mimeType"), OptionalLong.empty(), true));
    } catch (MalformedDataException e) {
      return Optional.empty();
    }
  }
}
