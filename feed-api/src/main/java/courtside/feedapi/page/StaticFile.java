package courtside.feedapi.page;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** A file of the page, held in memory. Immutable. */
final class StaticFile {
  /** Everything from this server and nothing written into the page; no text ever becomes markup. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'";

  private final String path;
  private final String type;
  private final byte[] content;
  private final String tag;

  private StaticFile(String path, String resource, String type) {
    this.path = path;
    this.type = type;
    try (InputStream in = StaticFile.class.getResourceAsStream(resource)) {
      if (in == null) {
        throw new IllegalStateException("the page's file is not in the jar: " + resource);
      }
      this.content = in.readAllBytes();
      this.tag =
          '"'
              + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(content), 0, 8)
              + '"';
    } catch (IOException e) {
      throw new UncheckedIOException("the page's file cannot be read: " + resource, e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** Reads everything that the page consists of. */
  static List<StaticFile> page() {
    return List.of(
        new StaticFile("/", "index.html", "text/html; charset=utf-8"),
        new StaticFile("/page.css", "page.css", "text/css; charset=utf-8"),
        new StaticFile("/page.js", "page.js", "text/javascript; charset=utf-8"),
        new StaticFile("/favicon.svg", "favicon.svg", "image/svg+xml"));
  }

  String path() {
    return path;
  }

  void send(Context context) {
    context
        .header("Content-Security-Policy", POLICY)
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .header("Cache-Control", "no-cache")
        .header("ETag", tag);
    if (tag.equals(context.header("If-None-Match"))) {
      context.status(304);
      return;
    }
    context.contentType(type).result(content);
  }
}
