package courtside.feedapi.page;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.StringWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Random;
import java.util.SequencedMap;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

final class ListingTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @Test
  void isSentWholeWhereItIsOfAnotherFeed() {
    Listing nba = listing("nba", "about", List.of(post("a", 1)));

    assertThat(nba.since(listing("wnba", "about", List.of()))).isEmpty();
    assertThat(nba.since(listing("nba", "something else", List.of()))).isEmpty();
    assertThat(nba.since(Listing.NONE)).isEmpty();
    assertThat(nba.since(nba)).contains("{\"gone\":[],\"put\":[]}");
  }

  @Test
  void isWrittenAsJsonWhateverItsNames() throws IOException {
    StringWriter out = new StringWriter();
    listing("nba", "a \"quote\"\n and \u2028", List.of(post("a", 1), post("b", 2))).writeTo(out);

    JsonNode whole = JSON.readTree(out.toString());
    assertThat(whole.get("description").textValue()).isEqualTo("a \"quote\"\n and \u2028");
    assertThat(whole.get("name").textValue()).isEqualTo("NBA");
    assertThat(whole.get("items")).containsExactly(post("a", 1), post("b", 2));
    assertThat(out.toString()).doesNotContain("\n");
  }

  /** Whatever changes at once, who follows the changes has what who asks anew has. */
  @RepeatedTest(200)
  void whoFollowsTheChangesHasTheSame() throws JsonProcessingException {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    List<ObjectNode> posts = new ArrayList<>();
    Listing sent = listing("nba", "", posts);
    List<JsonNode> followed = new ArrayList<>();
    for (int turn = 0; turn < 10; turn++) {
      change(posts, random);
      Listing now = listing("nba", "", posts);
      follow(followed, JSON.readTree(now.since(sent).orElseThrow()));

      assertThat(followed).as("seed %d, turn %d", seed, turn).isEqualTo(posts);
      sent = now;
    }
  }

  /** Some go, some come anywhere, some are edited where they stand, some are dated anew. */
  private static void change(List<ObjectNode> posts, Random random) {
    posts.removeIf(post -> random.nextInt(4) == 0);
    for (int n = random.nextInt(5); n > 0; n--) {
      String uri = "new" + random.nextInt(1_000);
      if (posts.stream().noneMatch(post -> post.get("uri").textValue().equals(uri))) {
        posts.add(random.nextInt(posts.size() + 1), post(uri, random.nextInt()));
      }
    }
    if (!posts.isEmpty() && random.nextBoolean()) {
      int n = random.nextInt(posts.size());
      posts.set(n, post(posts.get(n).get("uri").textValue(), random.nextInt()));
    }
    if (posts.size() > 1 && random.nextBoolean()) {
      String uri = posts.remove(random.nextInt(posts.size())).get("uri").textValue();
      posts.add(random.nextInt(posts.size() + 1), post(uri, random.nextInt()));
    }
  }

  /** As the page does it. */
  private static void follow(List<JsonNode> followed, JsonNode change) {
    change.get("gone").forEach(uri -> followed.removeIf(post -> post.get("uri").equals(uri)));
    change
        .get("put")
        .forEach(put -> {
          JsonNode after = put.get("after");
          int at = 0;
          while (!after.isNull() && !followed.get(at).get("uri").equals(after)) {
            at++;
          }
          followed.add(after.isNull() ? 0 : at + 1, put.get("item"));
        });
  }

  private static Listing listing(String feed, String description, List<ObjectNode> posts) {
    SequencedMap<String, String> byUri = new LinkedHashMap<>();
    posts.forEach(post -> byUri.put(post.get("uri").textValue(), post.toString()));
    return new Listing(feed, "NBA", description, byUri);
  }

  private static ObjectNode post(String uri, int at) {
    return JsonNodeFactory.instance.objectNode().put("uri", uri).put("at", at);
  }
}
