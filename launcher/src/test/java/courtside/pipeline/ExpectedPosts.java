package courtside.pipeline;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import courtside.atproto.syntax.Datetime;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/**
 * What the reference server itself had after the recording: an oracle that shares no code with the
 * pipeline. The posts that exist, with the status of their authors' accounts, and when each was
 * first said to be created, by the reference decoder.
 */
record ExpectedPosts(List<Expected> posts) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * One post that exists at the end.
   *
   * @param firstCreatedAt what its create said, whatever later edits say
   */
  record Expected(
      String uri,
      String cid,
      String author,
      String text,
      List<String> langs,
      Optional<Instant> firstCreatedAt,
      boolean active) {}

  static Path directory() {
    return Path.of(System.getProperty("courtside.root"), "..", "shared", "recordings");
  }

  /** Skips the test where they are absent. */
  static void assumeHere() {
    boolean here = Files.exists(directory().resolve("pds.expected.jsonl.gz"));
    String why = "needs ../shared/recordings, which is not here";
    if (!here) {
      // The build's own lines count what was skipped and do not say why.
      System.out.println("skipped: " + why);
    }
    assumeTrue(here, why);
  }

  static ExpectedPosts read() throws IOException {
    Map<String, Optional<Instant>> created = new HashMap<>();
    eachLine(
        "pds.decoded.jsonl.gz",
        frame -> {
          for (JsonNode operation : frame.path("ops")) {
            String uri =
                "at://" + frame.path("repo").asText() + "/" + operation.path("path").asText();
            switch (operation.path("action").asText()) {
              case "create" ->
                  created.put(
                      uri,
                      Datetime.momentOf(operation.path("record").path("createdAt").asText("")));
              case "delete" -> created.remove(uri);
              default -> {
                // An edit changes what a post says, not where it stands.
              }
            }
          }
        });
    List<Expected> posts = new ArrayList<>();
    eachLine(
        "pds.expected.jsonl.gz",
        post -> {
          JsonNode record = post.path("record");
          List<String> langs = new ArrayList<>();
          if (record.path("langs").isArray()) {
            record.path("langs").forEach(lang -> langs.add(lang.asText()));
          }
          String uri = post.path("uri").asText();
          posts.add(
              new Expected(
                  uri,
                  post.path("cid").asText(),
                  post.path("did").asText(),
                  record.path("text").isTextual() ? record.path("text").asText() : "",
                  langs,
                  created.getOrDefault(uri, Optional.empty()),
                  post.path("account").asText().equals("active")));
        });
    return new ExpectedPosts(List.copyOf(posts));
  }

  /** The posts of active accounts for which it holds. */
  List<Expected> shown(Predicate<Expected> which) {
    return posts.stream().filter(post -> post.active() && which.test(post)).toList();
  }

  /** The active author of the most posts. */
  String busiestAuthor() {
    Map<String, Integer> counts = new HashMap<>();
    shown(_ -> true).forEach(post -> counts.merge(post.author(), 1, Integer::sum));
    return counts.entrySet().stream()
        .max(Comparator.comparingInt(Map.Entry::getValue))
        .orElseThrow()
        .getKey();
  }

  private static void eachLine(String file, Consumer<JsonNode> consumer) throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(directory().resolve(file))),
                StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        consumer.accept(JSON.readTree(line));
      }
    }
  }
}
