package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.control.Wish;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.pipeline.PostWriter;
import courtside.processor.Processor;
import courtside.processor.ProcessorSettings;
import courtside.processor.definition.DefinitionFile;
import courtside.processor.reserve.Reserve;
import courtside.screen.Screen;
import courtside.service.kafka.KafkaAddress;
import courtside.service.settings.Reading;
import courtside.testkit.broker.TightDisk;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is typed about feeds, against a broker and a processor with its steward. */
@Timeout(240)
final class FeedsCommandTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final int POSTS = 300;

  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  @Test
  void appliesListsPromotesRollsBackAndDeletes() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0)) {
      KafkaAddress kafka = new KafkaAddress(broker.bootstrap());
      assertThat(Typed.at(broker, "feeds", "list"))
          .isEqualTo(
              new Typed(
                  70,
                  "courtside: expected the topic feed.definitions on "
                      + broker.bootstrap()
                      + ", found none: no pipeline has run there. Start one: courtside up\n"));
      try (Processor _ = Processor.start(settings(broker));
          PostWriter posts = new PostWriter(kafka)) {
        await().atMost(LIMIT).until(() -> Typed.at(broker, "feeds", "list").code() == 0);
        assertThat(Typed.at(broker, "feeds", "list").out())
            .isEqualTo("There are no feeds. Make one: courtside feeds apply FILE\n");
        assertThat(Typed.at(broker, "feeds", "list", "--json").out()).isEqualTo("[ ]\n");
        assertThat(Typed.at(broker, "replay", "status", "--watch"))
            .isEqualTo(new Typed(0, "Nothing replays. What is served: courtside feeds list\n"));
        for (int post = 0; post < POSTS; post++) {
          posts.write(post % 2 == 0 ? "nba" : "dunk");
        }
        posts.flush();
        live(broker);
      }
      // Once nobody is there to do it: said, and not waited for.
      Path one = write("chat", "Chat", "rule: chat");
      assertThat(Typed.at(broker, "feeds", "apply", "--detach", one.toString()).code()).isZero();
      assertThat(Typed.at(broker, "feeds", "list").out())
          .contains("chat  Chat\n  " + version(one) + "  new ");
      assertThat(Typed.at(broker, "replay", "status"))
          .isEqualTo(new Typed(0, "chat/" + version(one) + "  waits for a processor\n"));
      assertReplays(kafka, version(one));
      assertNobodyAnswers(kafka, one);
    }
  }

  @Test
  void appliesNothingNewWhereThereIsNoRoomForIt() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        Admin admin = Admin.create(new KafkaAddress(broker.bootstrap()).client())) {
      TopicContract contract = new TopicContract(admin, new DiskBudget(DiskBudget.LEAST));
      contract.enforce(Topics.ALL);
      TightDisk.tighten(broker.bootstrap());
      TightDisk.fill(broker.bootstrap(), Topics.FEED_ITEMS);
      await().atMost(LIMIT).until(() -> Reserve.ask(admin).flatMap(Reserve::excess).isPresent());
      Path one = write("nba", "One", "rule: nba");

      Typed refused = Typed.at(broker, "feeds", "apply", "--detach", one.toString());
      assertThat(refused.out())
          .startsWith(
              "courtside: nothing was applied, as there is no room for it: expected at most the ")
          .contains(": raise COURTSIDE_DISK, or delete feeds (courtside feeds delete NAME)");
      assertThat(refused.code()).isEqualTo(70);

      // The broker hears a moment later that there is more disk.
      contract.enforce(Topics.ALL);
      Typed written = new Typed(0, "nba/" + version(one) + "  written\n");
      await()
          .atMost(LIMIT)
          .until(
              () -> Typed.at(broker, "feeds", "apply", "--detach", one.toString()),
              written::equals);
    }
  }

  private void live(EmbeddedBroker broker) throws Exception {
    // A new feed.
    Path one = write("nba", "One", "rule: nba");
    Typed first = Typed.at(broker, "feeds", "apply", one.toString());
    assertThat(first.out())
        .contains(
            "nba/" + version(one) + "  written\n",
            "nba/" + version(one) + "  is served, and has read the whole history\n");
    assertThat(first.code()).isZero();
    assertThat(Typed.at(broker, "feeds", "list").out())
        .startsWith("nba  One\n")
        .containsPattern(
            "\n  " + version(one) + "  serving    up to date, [0-9,]+ read, [0-9,]+/s\n");
    assertThat(Typed.at(broker, "feeds", "apply", one.toString()))
        .isEqualTo(new Typed(0, "nba/" + version(one) + "  unchanged\n"));

    // What cannot be, and what to type.
    assertThat(Typed.at(broker, "feeds", "promote", "nba"))
        .isEqualTo(
            new Typed(
                70,
                "courtside: no version of nba waits to be served; "
                    + version(one)
                    + " is. To change it: courtside feeds apply --hold FILE\n"));
    assertThat(Typed.at(broker, "feeds", "rollback", "nba").out())
        .startsWith("courtside: there is no version of nba to go back to");
    assertThat(Typed.at(broker, "feeds", "promote", "nab"))
        .isEqualTo(
            new Typed(70, "courtside: expected the name of a feed, found 'nab'; there is: nba\n"));

    // A change that is held, served, taken back, and served again.
    Path two = write("nba", "Two", "rule: nba dunk");
    Typed held = Typed.at(broker, "feeds", "apply", "--hold", two.toString());
    assertThat(held.out())
        .contains(
            "nba/"
                + version(two)
                + "  has caught up and is held; to serve it: courtside feeds promote nba\n");
    assertThat(held.code()).isZero();
    assertThat(Typed.at(broker, "feeds", "list").out())
        .contains("  " + version(one) + "  serving  ", "  " + version(two) + "  held  ");
    assertShown(broker, one, two);
    assertServed(Typed.at(broker, "feeds", "promote", "nba"), two, one);
    assertThat(Typed.at(broker, "feeds", "list").out())
        .contains("  " + version(one) + "  following  ", "  " + version(two) + "  serving  ");
    assertServed(Typed.at(broker, "feeds", "rollback", "nba"), one, two);
    assertServed(Typed.at(broker, "feeds", "apply", two.toString()), two, one);

    // One that is not.
    Path three = write("nba", "Three", "rule: dunk");
    assertServed(Typed.at(broker, "feeds", "apply", three.toString()), three, two);

    // Taken away, by somebody who means it.
    assertThat(Typed.at(broker, "feeds", "delete", "nba"))
        .matches(refused -> refused.code() == 2)
        .matches(refused ->
            refused.out().contains("expected --yes, as there is nobody to ask: courtside feeds"));
    Typed deleted = Typed.at(broker, "feeds", "delete", "nba", "--yes");
    assertThat(deleted.out())
        .contains(
            "nba is to be deleted with all its versions: ",
            version(three) + " is served\n",
            "nba  is deleted; what is left of it is being taken out.");
    assertThat(deleted.code()).isZero();
    assertThat(Typed.at(broker, "feeds", "list").out()).startsWith("nba").contains("  deleted\n");
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(Typed.at(broker, "feeds", "list").out()).isEqualTo("nba  deleted\n"));
    assertThat(Typed.at(broker, "feeds", "rollback", "nba"))
        .isEqualTo(
            new Typed(
                70, "courtside: nba was deleted. To have it again: courtside feeds apply FILE\n"));
  }

  /** What is served, and what waits. */
  private static void assertShown(EmbeddedBroker broker, Path one, Path two) throws Exception {
    Typed shown = Typed.at(broker, "feeds", "show", "nba");
    assertThat(shown.out())
        .startsWith("nba  One\n  version    " + version(one) + "\n  rule       nba\n")
        .contains(
            "  serving    " + version(one) + "  up to date, ",
            "             150 of 300 matched (50.00 %) since its processors started\n",
            "  held       " + version(two) + "  ",
            "             differs in name: Two\n             rule: nba dunk\n",
            "  history    posts since 20");
    assertThat(shown.code()).isZero();
    assertThat(Typed.at(broker, "feeds", "show", "nab").out())
        .isEqualTo("courtside: expected the name of a feed, found 'nab'; there is: nba\n");

    JsonNode json = JSON.readTree(Typed.at(broker, "feeds", "show", "nba", "--json").out());
    assertThat(json.path("served").asText()).isEqualTo(version(one));
    assertThat(json.path("candidate").asText()).isEqualTo(version(two));
    assertThat(Instant.parse(json.path("history_since").asText())).isBefore(Instant.now());
    JsonNode newest = json.path("versions").path(1);
    assertThat(newest.path("role").asText()).isEqualTo("held");
    assertThat(newest.path("definition").path("rule").asText()).isEqualTo("nba dunk");
    assertThat(newest.path("matched").isIntegralNumber()).isTrue();
    JsonNode list = JSON.readTree(Typed.at(broker, "feeds", "list", "--json").out());
    assertThat(list).hasSize(1);
    assertThat(list.path(0).path("feed").asText()).isEqualTo("nba");
    assertThat(list.path(0).path("versions").path(0).path("role").asText()).isEqualTo("serving");
    assertThat(list.path(0).path("versions").path(0).path("percent").asInt()).isEqualTo(100);
  }

  /** By statuses as a processor writes them, on a terminal. */
  private static void assertReplays(KafkaAddress kafka, String version) throws Exception {
    StringWriter written = new StringWriter();
    Screen terminal = new Screen(new PrintWriter(written, true), true, 120);
    FeedVersion chat = FeedVersion.of("chat", version);
    try (FeedsLog log = FeedsLog.open(kafka, System::nanoTime);
        StatusWriter processor = new StatusWriter(kafka)) {
      Replays replays = new Replays(log, InstantSource.system());
      processor.write(chat, log.begins(), 250, 1_000);
      log.read();
      assertThat(replays.lines())
          .containsExactly(
              "chat/" + version + "  █████░░░░░░░░░░░░░░░  25 % of 12,000 · 6,000/s · 2 s left");
      JsonNode json =
          JSON.readTree(
              Typed.alone("replay", "status", "--json", "--kafka", kafka.bootstrap()).out());
      assertThat(json.path(0).path("feed").asText()).isEqualTo("chat");
      assertThat(json.path(0).path("percent").asInt()).isEqualTo(25);
      assertThat(json.path(0).path("seconds_left").asInt()).isEqualTo(2);
      Thread watching =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  replays.watch(terminal);
                } catch (InterruptedException e) {
                  Thread.currentThread().interrupt();
                }
              });
      await().atMost(LIMIT).until(() -> written.toString().contains("  25 % of 12,000"));
      processor.write(chat, log.begins(), 500, 1_000);
      await()
          .atMost(LIMIT)
          .until(() -> written.toString().contains("\r\u001b[2Kchat/" + version + "  ██████████░"));
      processor.write(chat, log.begins(), 1_000, 1_000);
      watching.join(LIMIT);
      assertThat(watching.isAlive()).isFalse();
      assertThat(written.toString()).endsWith("\r\u001b[2K");
    }
  }

  private void assertServed(Typed outcome, Path version, Path before) throws Exception {
    assertThat(outcome.out())
        .contains(
            "nba/"
                + version(version)
                + "  is served; before it "
                + version(before)
                + ", back to which goes: courtside feeds rollback nba\n");
    assertThat(outcome.code()).isZero();
  }

  private void assertNobodyAnswers(KafkaAddress kafka, Path definition) throws Exception {
    StringWriter out = new StringWriter();
    Duration patience = Duration.ofMillis(200);
    try (FeedsLog log = FeedsLog.open(kafka, System::nanoTime)) {
      FeedVersion version = FeedVersion.of("chat", version(definition));
      Screen screen = new Screen(new PrintWriter(out, true), false, 80);
      assertThat(
              new Following(log, screen, System::nanoTime, patience)
                  .follow(List.of(Following.Target.of(version, Optional.empty()))))
          .isFalse();
      Wish.DeleteFeed wish = new Wish.DeleteFeed("d", Instant.now(), "chat");
      log.wish(wish);
      assertThat(
              new Following(log, screen, System::nanoTime, patience)
                  .follow(
                      List.of(
                          new Following.Target(
                              version.feed(), Optional.empty(), Optional.of("d")))))
          .isFalse();
    }
    assertThat(out.toString())
        .contains(
            "is written, but no processor has said anything of it for 0 s. It goes on as soon as one"
                + " runs: courtside feeds list",
            "chat  is wished, but no processor has answered within 0 s. It is done as soon as one"
                + " runs: courtside feeds list");
  }

  private Path write(String feed, String name, String rule) throws Exception {
    Path file = directory.resolve(feed + "-" + name + ".yaml");
    Files.writeString(file, "feed: " + feed + "\nname: " + name + "\n" + rule + "\n");
    return file;
  }

  private static String version(Path file) throws Exception {
    return DefinitionFile.read(file).version().version();
  }

  private ProcessorSettings settings(EmbeddedBroker broker) {
    Reading<ProcessorSettings> reading =
        ProcessorSettings.read(
            Map.of(
                "COURTSIDE_KAFKA", broker.bootstrap(),
                "COURTSIDE_DATA", directory.resolve("data").toString(),
                "COURTSIDE_DISK", "1GB",
                "COURTSIDE_PROCESSOR_FEEDS", "none",
                "COURTSIDE_PROCESSOR_STEADY", "1s",
                "COURTSIDE_PROCESSOR_HEALTH_PORT", "0"));
    assertThat(reading).isInstanceOf(Reading.Valid.class);
    return ((Reading.Valid<ProcessorSettings>) reading).settings();
  }
}
