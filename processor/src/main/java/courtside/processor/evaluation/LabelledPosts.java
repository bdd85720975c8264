package courtside.processor.evaluation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.MalformedDataException;
import courtside.atproto.json.JsonObjects;
import courtside.processor.definition.Example;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;

/**
 * Reads labelled posts: one JSON object a line, with what the post has of {@code text}, {@code
 * tags}, {@code links}, {@code alt}, {@code labels}, {@code langs} and {@code lang}, besides what
 * {@link Labels} names. Without tags a post has the hashtags of its text, as an app would make
 * them. What else a line holds is not looked at.
 */
public final class LabelledPosts {
  /** Largest line, in bytes. */
  public static final int MAX_LINE = 64 * 1024;

  /** Most posts of all files: they are held in memory. */
  public static final int MAX_POSTS = 1_000_000;

  private static final String UNSAID = "?";

  private LabelledPosts() {}

  /**
   * Reads files, and every {@code .jsonl} and {@code .jsonl.gz} in directories.
   *
   * @throws LabelsException if a line is not a labelled post
   * @throws IOException if one cannot be read, or a directory has none
   */
  public static List<LabelledPost> read(List<Path> paths, Labels labels)
      throws IOException, LabelsException {
    List<LabelledPost> posts = new ArrayList<>();
    for (Path path : paths) {
      for (Path file : files(path)) {
        read(file, labels, posts);
      }
    }
    return posts;
  }

  private static List<Path> files(Path path) throws IOException {
    if (!Files.isDirectory(path)) {
      return List.of(path);
    }
    try (Stream<Path> all = Files.list(path)) {
      List<Path> files =
          all.filter(file -> file.toString().matches(".*\\.jsonl(\\.gz)?")).sorted().toList();
      if (files.isEmpty()) {
        throw new IOException("expected files *.jsonl in " + path + ", found none");
      }
      return files;
    }
  }

  private static void read(Path file, Labels labels, List<LabelledPost> into)
      throws IOException, LabelsException {
    int number = 0;
    try (InputStream in = open(file)) {
      for (Optional<byte[]> line = line(in, file, 1); line.isPresent(); ) {
        number++;
        if (!isBlank(line.get())) {
          if (into.size() == MAX_POSTS) {
            throw new LabelsException(file, number, "expected at most " + MAX_POSTS + " posts");
          }
          post(file, number, line.get(), labels).ifPresent(into::add);
        }
        line = line(in, file, number + 1);
      }
    }
  }

  private static InputStream open(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      return new BufferedInputStream(
          file.toString().endsWith(".gz") ? new GZIPInputStream(in) : in);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /** The next line without its end; absent at the end of the file. */
  private static Optional<byte[]> line(InputStream in, Path file, int number)
      throws IOException, LabelsException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next = in.read();
    if (next < 0) {
      return Optional.empty();
    }
    for (; next >= 0 && next != '\n'; next = in.read()) {
      if (line.size() == MAX_LINE) {
        throw new LabelsException(
            file, number, "expected a line of at most " + MAX_LINE + " bytes, found more");
      }
      line.write(next);
    }
    return Optional.of(line.toByteArray());
  }

  private static boolean isBlank(byte[] line) {
    return line.length == 0 || (line.length == 1 && line[0] == '\r');
  }

  private static Optional<LabelledPost> post(Path file, int line, byte[] json, Labels labels)
      throws LabelsException {
    ObjectNode post;
    try {
      post = JsonObjects.read(json, MAX_LINE);
    } catch (MalformedDataException e) {
      throw new LabelsException(file, line, String.valueOf(e.getMessage()));
    }
    // A record may have none, or something else in its place.
    String text = post.path("text").isTextual() ? post.path("text").asText() : "";
    JsonNode label = post.path(labels.key());
    if (!label.isValueNode()) {
      throw new LabelsException(
          file,
          line,
          "expected '" + labels.key() + "', which says whether it belongs to the feed, found none");
    }
    if (labels.match().equals(Labels.OWN.match()) && !label.isBoolean()) {
      throw new LabelsException(
          file,
          line,
          "expected '" + labels.key() + "' to be true or false, found " + label.getNodeType());
    }
    String kind = post.path(labels.kind()).asText(UNSAID);
    if (labels.without().contains(kind)) {
      return Optional.empty();
    }
    List<String> langs = list(post, "langs").orElseGet(() -> language(post));
    Example example =
        Example.of(
            line,
            label.asText().equals(labels.match()),
            text,
            list(post, "tags"),
            langs,
            list(post, "links").orElse(List.of()),
            list(post, "alt").orElse(List.of()),
            list(post, "labels").orElse(List.of()));
    String language = post.path("lang").asText(langs.isEmpty() ? UNSAID : langs.getFirst());
    return Optional.of(
        new LabelledPost(
            String.valueOf(file.getFileName()),
            line,
            example.matches(),
            language,
            kind,
            example.post()));
  }

  private static List<String> language(ObjectNode post) {
    return post.path("lang").isTextual() ? List.of(post.path("lang").asText()) : List.of();
  }

  /**
   * What records hold may be anything, and counts as in the pipeline: what is no text is not there.
   */
  private static Optional<List<String>> list(ObjectNode post, String key) {
    JsonNode values = post.path(key);
    if (!values.isArray()) {
      return Optional.empty();
    }
    List<String> list = new ArrayList<>();
    for (JsonNode value : values) {
      if (value.isTextual()) {
        list.add(value.asText());
      }
    }
    return Optional.of(list);
  }
}
