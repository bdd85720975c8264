package courtside.testkit.history;

import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/**
 * What a post says, in plain terms. Immutable.
 *
 * @param words of its text, in lower case, without any sign
 * @param createdAt the moment that its author claims; absent where none, or none that can be read
 * @param written how that stands in the record; absent where it is left out
 * @param tags hashtags beside the text
 * @param links which a part of the text stands for each
 * @param pictures the descriptions of its pictures, some of them empty
 * @param answers the address of the post that it answers
 * @param shows the address of the post that it quotes
 */
public record Writing(
    List<String> words,
    Optional<Instant> createdAt,
    Optional<String> written,
    List<String> langs,
    List<String> tags,
    List<String> links,
    List<String> pictures,
    List<String> labels,
    Optional<String> answers,
    Optional<String> shows) {
  private static final String TYPE = "$type";

  /** Copies the lists. */
  public Writing {
    words = List.copyOf(words);
    langs = List.copyOf(langs);
    tags = List.copyOf(tags);
    links = List.copyOf(links);
    pictures = List.copyOf(pictures);
    labels = List.copyOf(labels);
  }

  /** Its text. */
  public String text() {
    return String.join(" ", words);
  }

  /** Whether its text has this word. */
  public boolean says(String word) {
    return words.contains(word);
  }

  /** Whether it is in a language, or in a kind of it: {@code pt-BR} is {@code pt}. */
  public boolean isIn(String language) {
    return langs.stream()
        .map(lang -> lang.toLowerCase(Locale.ROOT))
        .anyMatch(lang -> lang.equals(language) || lang.startsWith(language + "-"));
  }

  /** The descriptions of its pictures that say something. */
  public List<String> descriptions() {
    return pictures.stream().filter(picture -> !picture.isEmpty()).toList();
  }

  /** The record, in DAG-CBOR. */
  public Bytes record() {
    return Bytes.of(DagCborWriter.write(record("app.bsky.feed.post")));
  }

  /** The record under another type. */
  Bytes recordOf(String type) {
    return Bytes.of(DagCborWriter.write(record(type)));
  }

  /** The CID of the record, as text. */
  public String cid() {
    byte[] record = record().toArray();
    return Cid.ofDagCbor(record, 0, record.length).toString();
  }

  private Map<String, Object> record(String type) {
    Map<String, Object> post = new HashMap<>();
    post.put(TYPE, type);
    post.put("text", text());
    written.ifPresent(time -> post.put("createdAt", time));
    put(post, "langs", langs);
    put(post, "tags", tags);
    put(post, "facets", facets());
    if (!labels.isEmpty()) {
      post.put(
          "labels",
          Map.of(
              TYPE,
              "com.atproto.label.defs#selfLabels",
              "values",
              labels.stream().map(label -> Map.of("val", label)).toList()));
    }
    answers.ifPresent(uri -> post.put("reply", Map.of("root", ref(uri), "parent", ref(uri))));
    embed().ifPresent(embed -> post.put("embed", embed));
    return post;
  }

  private static void put(Map<String, Object> into, String key, List<?> values) {
    if (!values.isEmpty()) {
      into.put(key, values);
    }
  }

  private List<Map<String, Object>> facets() {
    List<Map<String, Object>> facets = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < links.size(); i++) {
      int end = start + words.get(i).getBytes(StandardCharsets.UTF_8).length;
      facets.add(
          Map.of(
              "index",
              Map.of("byteStart", start, "byteEnd", end),
              "features",
              List.of(Map.of(TYPE, "app.bsky.richtext.facet#link", "uri", links.get(i)))));
      start = end + 1;
    }
    return facets;
  }

  private Optional<Map<String, Object>> embed() {
    Optional<Map<String, Object>> shown =
        shows.map(uri -> Map.of(TYPE, "app.bsky.embed.record", "record", ref(uri)));
    if (pictures.isEmpty()) {
      return shown;
    }
    Map<String, Object> images =
        Map.of(
            TYPE,
            "app.bsky.embed.images",
            "images",
            IntStream.range(0, pictures.size()).mapToObj(this::image).toList());
    return Optional.of(
        shown
            .<Map<String, Object>>map(record ->
                Map.of(TYPE, "app.bsky.embed.recordWithMedia", "record", record, "media", images))
            .orElse(images));
  }

  /** A picture that nobody has; whoever looks at frames never asks for one. */
  private Map<String, Object> image(int number) {
    byte[] bytes = (text() + number).getBytes(StandardCharsets.UTF_8);
    return Map.of(
        "alt",
        pictures.get(number),
        "image",
        Map.of(
            TYPE,
            "blob",
            "ref",
            Cid.ofRaw(bytes, 0, bytes.length),
            "mimeType",
            "image/jpeg",
            "size",
            bytes.length));
  }

  private static Map<String, String> ref(String uri) {
    byte[] bytes = uri.getBytes(StandardCharsets.UTF_8);
    return Map.of("uri", uri, "cid", Cid.ofDagCbor(bytes, 0, bytes.length).toString());
  }
}
