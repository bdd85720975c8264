package courtside.command;

import courtside.atproto.MalformedDataException;
import courtside.atproto.syntax.AtUri;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Handle;
import courtside.atproto.syntax.RecordUri;
import courtside.screen.VisibleText;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What somebody typed as an account or a record. */
final class Subject {
  private static final int SHOWN = 120;
  private static final Pattern PAGE =
      Pattern.compile("https?://bsky\\.app/profile/([^/?#]+)(?:/post/([^/?#]+))?/?(?:[?#].*)?");

  private Subject() {}

  /**
   * The subject in its only form.
   *
   * @throws RefusedException if it is none; with what was expected, and what to type instead
   */
  static String parse(String text) throws RefusedException {
    if (Did.isValid(text)) {
      return text;
    }
    try {
      return RecordUri.parse(text).toString();
    } catch (MalformedDataException e) {
      throw new RefusedException(
          "expected the DID of an account (did:plc:…), or the uri of a record"
              + " (at://did:plc:…/app.bsky.feed.post/…), found '"
              + shown(text)
              + "'"
              + advice(text));
    }
  }

  private static String shown(String text) {
    return VisibleText.line(text, SHOWN);
  }

  /** What is wrong with it, where that can be said. */
  private static String advice(String text) {
    Matcher page = PAGE.matcher(text);
    if (page.matches()) {
      String path = page.group(2) == null ? "" : "/app.bsky.feed.post/" + shown(page.group(2));
      return ", a page of the app" + advice(page.group(1), path);
    }
    String name = text.startsWith("@") ? text.substring(1) : text;
    if (Handle.isValid(name)) {
      return ", a handle" + advice(name, "");
    }
    try {
      AtUri uri = AtUri.parse(text);
      String path = uri.toString().substring("at://".length() + uri.authority().value().length());
      return uri.rkey().isPresent() || path.isEmpty()
          ? advice(uri.authority().value(), path)
          : ", the uri of no record";
    } catch (MalformedDataException e) {
      return "";
    }
  }

  private static String advice(String owner, String path) {
    if (Did.isValid(owner)) {
      return ": type " + (path.isEmpty() ? owner : "at://" + owner + path);
    }
    String typed = path.isEmpty() ? "type its DID" : "type at://DID" + path + " with its DID";
    return Handle.isValid(owner)
        ? ". A handle may be another's tomorrow: "
            + typed
            + ", which"
            + " https://public.api.bsky.app/xrpc/com.atproto.identity.resolveHandle?handle="
            + owner
            + " says"
        : "";
  }
}
