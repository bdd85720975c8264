package courtside.processor.feed;

import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.RecordUri;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.utils.Bytes;

/**
 * Keys of the store: the DID, a zero byte, the record key. The empty record key is the account
 * itself, so an account stands first and its posts follow in one range. No DID holds a byte that
 * low. Immutable.
 *
 * @param rkey empty for the account
 */
record StateKey(String did, String rkey) {
  private static final char SEPARATOR = '\0';

  static StateKey ofAccount(String did) {
    return new StateKey(did, "");
  }

  static StateKey ofPost(RecordUri uri) {
    return new StateKey(uri.repo().value(), uri.rkey().value());
  }

  static StateKey read(Bytes bytes) {
    String text = new String(bytes.get(), StandardCharsets.ISO_8859_1);
    int separator = text.indexOf(SEPARATOR);
    if (separator < 0) {
      throw new IllegalStateException("a key of the store without a separator: " + bytes);
    }
    return new StateKey(text.substring(0, separator), text.substring(separator + 1));
  }

  boolean isAccount() {
    return rkey.isEmpty();
  }

  String uri() {
    return new RecordUri(new Did(did), Nsid.POST, new RecordKey(rkey)).toString();
  }

  Bytes bytes() {
    // Identifiers are ASCII.
    return Bytes.wrap((did + SEPARATOR + rkey).getBytes(StandardCharsets.ISO_8859_1));
  }
}
