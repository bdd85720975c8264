package courtside.feedapi.page;

import io.javalin.http.Context;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Properties;

/** A file of the page, held in memory. Immutable. */
final class StaticFile {
  /** Everything from this server and nothing written into the page; no text ever becomes markup. */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self';"
          + " base-uri 'none'; form-action 'none'; frame-ancestors 'none';"
          + " require-trusted-types-for 'script'; trusted-types 'none'";

  private static final String STYLE = "text/css; charset=utf-8";
  private static final String SCRIPT = "text/javascript; charset=utf-8";

  /** In the order of the page. */
  private static final List<String> SCRIPTS =
      List.of(
          "page.js",
          "stream.js",
          "words.js",
          "beat.js",
          "charts.js",
          "services.js",
          "incidents.js",
          "feeds.js",
          "posts.js");

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
    List<StaticFile> files = new ArrayList<>();
    files.add(new StaticFile("/", "index.html", "text/html; charset=utf-8"));
    files.add(new StaticFile("/favicon.svg", "favicon.svg", "image/svg+xml"));
    files.add(new StaticFile("/page.css", "page.css", STYLE));
    SCRIPTS.forEach(name -> files.add(new StaticFile("/" + name, name, SCRIPT)));
    files.add(new StaticFile("/uplot.css", chart("uPlot.min.css"), STYLE));
    files.add(new StaticFile("/uplot.js", chart("uPlot.iife.min.js"), SCRIPT));
    return files;
  }

  /** A file of the library that draws; whatever version of it the build names. */
  private static String chart(String name) {
    try (InputStream in =
        StaticFile.class.getResourceAsStream(
            "/META-INF/maven/org.webjars.npm/uplot/pom.properties")) {
      if (in == null) {
        throw new IllegalStateException("the library that draws is not on the class path");
      }
      Properties properties = new Properties();
      properties.load(in);
      return "/META-INF/resources/webjars/uplot/"
          + properties.getProperty("version")
          + "/dist/"
          + name;
    } catch (IOException e) {
      throw new UncheckedIOException("the library that draws cannot be read", e);
    }
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
