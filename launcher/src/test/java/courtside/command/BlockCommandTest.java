package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.control.Wish;
import courtside.feedapi.FeedApi;
import courtside.feedapi.FeedApiSettings;
import courtside.service.kafka.KafkaAddress;
import courtside.service.settings.Reading;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is typed about blocks, against a broker and feed APIs that run. */
@Timeout(180)
final class BlockCommandTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String DID = "did:plc:spam";
  private static final String POST = "at://did:plc:fan/app.bsky.feed.post/3k";

  @TempDir Path directory;

  @Test
  void addsRemovesAndListsAndSaysWhereThatIsInForce() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0)) {
      assertThat(Typed.at(broker, "block", "list"))
          .isEqualTo(
              new Typed(
                  70,
                  "courtside: expected the topic control on "
                      + broker.bootstrap()
                      + ", found none: no pipeline has run there. Start one: courtside up\n"));
      try (FeedApi one = start(broker);
          FeedApi two = start(broker)) {
        await().atMost(LIMIT).until(() -> one.health().ready() && two.health().ready());
        live(broker, one, two);
      }
      Typed unanswered = Typed.at(broker, "block", "add", "did:plc:later");
      assertThat(unanswered.out())
          .startsWith("did:plc:later  blocked\n")
          .contains(" answered within 15 s. It holds as soon as one reads the log.\n");
      assertThat(unanswered.code()).isEqualTo(70);
      try (FeedApi one = start(broker)) {
        await().atMost(LIMIT).until(() -> blocks(one) == 26);
      }
    }
  }

  private void live(EmbeddedBroker broker, FeedApi one, FeedApi two) throws Exception {
    assertThat(Typed.at(broker, "block", "list"))
        .isEqualTo(
            new Typed(
                0, "# Nothing is blocked. To block something: courtside block add SUBJECT\n"));

    Typed added = Typed.at(broker, "block", "add", DID, POST, DID, "--reason", " sells tickets ");
    assertThat(added.out())
        .startsWith(DID + "  blocked\n" + POST + "  blocked\n2 are blocked\nin force on feed-api-")
        .containsPattern("feed-api-[^ ]+, feed-api-[^ ]+\n$");
    assertThat(added.code()).isZero();
    // Not soon: by the time it says so.
    assertThat(blocks(one)).isEqualTo(2);
    assertThat(blocks(two)).isEqualTo(2);

    assertThat(Typed.at(broker, "block", "add", DID))
        .isEqualTo(new Typed(0, DID + "  was blocked already\n2 are blocked\n"));
    assertThat(Typed.at(broker, "block", "add", DID, "--reason", "sells shoes").out())
        .startsWith(DID + "  blocked\n2 are blocked\n");
    String list = Typed.at(broker, "block", "list").out();
    assertThat(list.lines())
        .hasSize(2)
        .satisfiesExactly(
            post -> assertThat(post).matches(POST + "  # 20[0-9T:-]+Z  sells tickets"),
            did -> assertThat(did).matches(DID + "  # 20[0-9T:-]+Z  sells shoes"));

    JsonNode json = new ObjectMapper().readTree(Typed.at(broker, "block", "list", "--json").out());
    assertThat(json).hasSize(2);
    assertThat(json.path(0).path("subject").asText()).isEqualTo(POST);
    assertThat(json.path(1).path("reason").asText()).isEqualTo("sells shoes");
    assertThat(Instant.parse(json.path(1).path("at").asText())).isBefore(Instant.now());

    assertThat(Typed.at(broker, "block", "remove", DID, "did:plc:nobody").out())
        .startsWith(
            "did:plc:nobody  was not blocked\n"
                + DID
                + "  no longer blocked\n1 is blocked\nin force on ");
    assertThat(blocks(one)).isOne();
    assertThat(blocks(two)).isOne();

    // What was listed can be taken again.
    Path file = Files.writeString(directory.resolve("list"), "# all\n\n" + list);
    Typed again = Typed.at(broker, "block", "add", "--from", file.toString());
    assertThat(again.out())
        .startsWith(POST + "  was blocked already\n" + DID + "  blocked\n2 are blocked\n");
    StringBuilder many = new StringBuilder();
    for (int n = 0; n < 23; n++) {
      many.append("did:plc:").append(n).append("  \r\n");
    }
    assertThat(typedWith(many.toString(), broker, "block", "add", "--from", "-").out())
        .startsWith("23  blocked\n25 are blocked\nin force on ");
    assertThat(blocks(one)).isEqualTo(25);
  }

  @Test
  void changesNothingWhereOneIsWrong() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0)) {
      String file =
          Files.writeString(directory.resolve("some"), DID + "\nalice.example\n\nhttp://x\n")
              .toString();
      Typed refused = Typed.at(broker, "block", "add", "bob.example", "--from", file);
      assertThat(refused.code()).isEqualTo(70);
      assertThat(refused.out())
          .startsWith("courtside: nothing was changed: expected the DID of an account")
          .contains(
              "found 'bob.example', a handle",
              file + ":2: expected",
              "found 'alice.example', a handle",
              file + ":4: expected",
              "found 'http://x'\n");
      // As it was called before.
      assertThat(Typed.at(broker, "blocks", "add").code()).isEqualTo(2);
      assertThat(Typed.at(broker, "block", "add").out())
          .startsWith("Which accounts or records? Type some, or --from FILE\n");
      assertThat(Typed.at(broker, "block", "remove").code()).isEqualTo(2);
      assertThat(Typed.at(broker, "block", "add", DID, "--reason", "x".repeat(501)).out())
          .startsWith("--reason must be one line of 500 characters at most\n");
      Path latin = Files.write(directory.resolve("latin"), new byte[] {(byte) 0xe9});
      assertThat(Typed.at(broker, "block", "add", "--from", latin.toString()).out())
          .isEqualTo("courtside: expected text in UTF-8, found something else in " + latin + "\n");
      assertThat(Typed.at(broker, "block", "add", "--from", "nowhere").out())
          .isEqualTo("courtside: there is no nowhere\n");
    }
  }

  @Test
  void refusesMoreThanAReplicaHasRoomFor() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        FeedApi api = start(broker)) {
      await().atMost(LIMIT).until(() -> api.health().ready());
      StringBuilder all = new StringBuilder();
      Map<String, Optional<Wish>> wishes = new HashMap<>();
      for (int n = 0; n < Wish.Block.MOST; n++) {
        String did = "did:plc:%024d".formatted(n);
        all.append(did).append('\n');
        wishes.put(
            Wish.Block.key(did),
            Optional.of(new Wish.Block("id" + n, Instant.EPOCH, did, Optional.empty())));
      }
      Path file = Files.writeString(directory.resolve("all"), all + DID + "\n");
      assertThat(Typed.at(broker, "block", "add", "--from", file.toString()).out())
          .isEqualTo(
              "courtside: nothing was changed: expected at most 250000 accounts and records, found"
                  + " more\n");
      WishWriter.write(new KafkaAddress(broker.bootstrap()), wishes);
      await().atMost(LIMIT).until(() -> blocks(api) == Wish.Block.MOST);

      assertThat(Typed.at(broker, "block", "add", DID))
          .isEqualTo(
              new Typed(
                  70,
                  "courtside: nothing was changed: expected at most 250,000 accounts and records,"
                      + " found 250,000 that are blocked and 1 more. Make room: courtside block"
                      + " remove SUBJECT\n"));
      Files.writeString(file, all);
      assertThat(Typed.at(broker, "block", "remove", DID, "--from", file.toString()).out())
          .isEqualTo(
              "courtside: nothing was changed: expected at most 250000 accounts and records, found"
                  + " more\n");
      assertThat(Typed.at(broker, "block", "remove", "--from", file.toString()).out())
          .startsWith("250,000  no longer blocked\n0 are blocked\nin force");
      assertThat(blocks(api)).isZero();
    }
  }

  private static double blocks(FeedApi api) {
    return api.health().figures().getOrDefault("blocks", -1.0);
  }

  private static Typed typedWith(String input, EmbeddedBroker broker, String... arguments) {
    InputStream before = System.in;
    System.setIn(new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)));
    try {
      return Typed.at(broker, arguments);
    } finally {
      System.setIn(before);
    }
  }

  private FeedApi start(EmbeddedBroker broker) {
    Reading<FeedApiSettings> reading =
        FeedApiSettings.read(
            Map.of(
                "COURTSIDE_KAFKA", broker.bootstrap(),
                "COURTSIDE_DATA", directory.resolve("data").toString(),
                "COURTSIDE_DISK", "1GB",
                "COURTSIDE_FEED_API_PORT", "0",
                "COURTSIDE_FEED_API_HEALTH_PORT", "0"));
    assertThat(reading).isInstanceOf(Reading.Valid.class);
    return FeedApi.start(((Reading.Valid<FeedApiSettings>) reading).settings());
  }
}
