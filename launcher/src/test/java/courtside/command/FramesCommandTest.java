package courtside.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import courtside.atproto.Bytes;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.firehose.FrameWriter;
import courtside.atproto.key.Curve;
import courtside.atproto.key.SigningKey;
import courtside.atproto.repo.Repository;
import courtside.atproto.repo.SignedCommit;
import courtside.atproto.repo.Write;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.Tid;
import courtside.broker.EmbeddedBroker;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.frames.CommitFrame;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What is typed about frames, against a broker that has some. */
@Timeout(180)
final class FramesCommandTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Did DID = new Did("did:plc:abcdefghijklmnopqrstuvwx");
  private static final String OTHER = "did:plc:zzzzzzzzzzzzzzzzzzzzzzzz";
  private static final Nsid POST = new Nsid("app.bsky.feed.post");
  private static final String TIME = "2026-07-04T12:00:00.000Z";
  private static final String NOBODY = "http://127.0.0.1:1";

  private final SigningKey key = SigningKey.generate(Curve.K256, new Random(1));
  private final SigningKey otherKey = SigningKey.generate(Curve.K256, new Random(2));
  private final Repository repository = new Repository(DID, key);
  private int commits;

  @TempDir Path directory;

  @Test
  void printsTheNewestAndWhatComes() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0)) {
      assertThat(Typed.at(broker, "frames", "tail"))
          .isEqualTo(
              new Typed(
                  70,
                  "courtside: expected the topic firehose.frames on "
                      + broker.bootstrap()
                      + ", found none: no pipeline has run there. Start one: courtside up\n"));
      try (FrameTopic topic = new FrameTopic(new KafkaAddress(broker.bootstrap()))) {
        assertThat(Typed.at(broker, "frames", "tail", "--no-follow")).isEqualTo(new Typed(0, ""));
        topic.write(at("one", 1, 7), DID.value(), FrameWriter.commit(7, TIME, post("hello")));
        topic.write(
            at("one", 1, 8),
            OTHER,
            FrameWriter.identity(
                8, TIME, new Did(OTHER), Optional.of("\u001b[2J\u009b31m\u202eevil\r\n")));
        topic.write(at("\u001bo", 2, 0), "", new byte[] {1, 2});
        CommitFrame many = new CommitFrame(OTHER, "3k2aaaaaaaaa2", TIME);
        for (int i = 0; i < 5; i++) {
          many.write("create", "app.bsky.feed.like/k" + i, DagCborWriter.write(Map.of("i", i)));
        }
        many.operation("create", "\u001b[31m", null);
        topic.write(at("one", 1, 9), OTHER, many.bytes(9));

        Typed all = Typed.at(broker, "frames", "tail", "--no-follow");
        assertThat(all.code()).isZero();
        assertThat(all.out().lines())
            .satisfiesExactly(
                line ->
                    assertThat(line)
                        .isEqualTo(
                            seen(topic, 1)
                                + "  one  1  7  #commit    "
                                + DID
                                + "  create app.bsky.feed.post/k1"),
                line ->
                    assertThat(line)
                        .isEqualTo(
                            seen(topic, 2)
                                + "  one  1  8  #identity  "
                                + OTHER
                                + "  handle \\u001b[2J\\u009b31m\\u202eevil\\u000d\\u000a"),
                line ->
                    assertThat(line)
                        .startsWith(seen(topic, 3) + "  \\u001bo  2  -  ?          not readable: "),
                line ->
                    assertThat(line)
                        .endsWith(
                            "  create app.bsky.feed.like/k0, create app.bsky.feed.like/k1, create"
                                + " app.bsky.feed.like/k2, and 2 more, and 1 not readable"));
        assertHarmless(all.out());
        assertThat(Typed.at(broker, "frames", "tail", "--no-follow", "-n", "1").out())
            .isEqualTo(all.out().lines().toList().getLast() + "\n");
        assertThat(Typed.at(broker, "frames", "tail", "--no-follow", "--repo", DID.value()).out())
            .isEqualTo(all.out().lines().toList().getFirst() + "\n");
        assertThat(Typed.at(broker, "frames", "tail", "--no-follow", "--since", "1s").out())
            .isEmpty();
        assertJson(Typed.at(broker, "frames", "tail", "--no-follow", "--json").out(), topic);
        assertFollows(broker, topic);
      }
      assertThat(Typed.at(broker, "frames", "tail", "--repo", "alice.example").out())
          .startsWith("--repo must be a DID, did:plc:…, but is 'alice.example'\n");
      assertThat(Typed.at(broker, "frames", "tail", "--since", "soon").out())
          .startsWith("--since must be a duration such as 10m or 3h, but is 'soon'\n");
      assertThat(Typed.at(broker, "frames", "tail", "-n", "10001").code()).isEqualTo(2);
    }
  }

  private static void assertJson(String printed, FrameTopic topic) throws Exception {
    assertHarmless(printed);
    List<String> lines = printed.lines().toList();
    assertThat(lines).hasSize(4);
    JsonNode commit = JSON.readTree(lines.getFirst());
    assertThat(commit.path("seq").isIntegralNumber()).isTrue();
    assertThat(commit.path("seq").asLong()).isEqualTo(7);
    assertThat(commit.path("seen_at").asText()).isEqualTo(topic.seen(1).toString());
    assertThat(commit.path("kind").asText()).isEqualTo("#commit");
    assertThat(commit.path("ops").path(0).path("path").asText()).isEqualTo("app.bsky.feed.post/k1");
    assertThat(JSON.readTree(lines.get(1)).path("handle").asText())
        .isEqualTo("\u001b[2J\u009b31m\u202eevil\r\n");
  }

  private void assertFollows(EmbeddedBroker broker, FrameTopic topic) throws Exception {
    Closing out = new Closing("  one  1  11  #commit ");
    CommandLine command = Courtside.commandLine();
    command.setOut(new PrintWriter(out, true));
    FutureTask<Integer> following =
        new FutureTask<>(
            () -> command.execute("frames", "tail", "-n", "1", "--kafka", broker.bootstrap()));
    Thread _ = Thread.ofPlatform().start(following);
    await().atMost(LIMIT).until(() -> out.written().lines().count() == 1);
    topic.write(at("one", 1, 10), DID.value(), FrameWriter.commit(10, TIME, post("more")));
    await().atMost(LIMIT).until(() -> out.written().contains("  one  1  10  #commit "));
    topic.write(at("one", 1, 11), DID.value(), FrameWriter.commit(11, TIME, post("enough")));
    // Nobody reads any more, so it ends.
    assertThat(following.get(LIMIT.toSeconds(), TimeUnit.SECONDS)).isZero();
  }

  /** Is closed by its reader once it has read something. */
  private static final class Closing extends Writer {
    private final StringWriter written = new StringWriter();
    private final String enough;

    Closing(String enough) {
      this.enough = enough;
    }

    String written() {
      return written.toString();
    }

    @Override
    public void write(char[] characters, int from, int length) throws IOException {
      written.write(characters, from, length);
      if (written.toString().contains(enough)) {
        throw new IOException("the reader is gone");
      }
    }

    @Override
    public void flush() {
      // Nothing is held back.
    }

    @Override
    public void close() {
      // Nothing is held.
    }
  }

  @Test
  void showsAFrameAndWhetherItIsWhatWasSigned() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        FrameTopic topic = new FrameTopic(new KafkaAddress(broker.bootstrap()))) {
      SignedCommit first = post("hello");
      SignedCommit second = post("\u001b[2J\u202e");
      topic.write(at("one", 1, 1), DID.value(), FrameWriter.commit(1, TIME, first));
      topic.write(at("one", 1, 2), DID.value(), FrameWriter.commit(2, TIME, second));
      // The relay claims another tree before.
      topic.write(
          at("one", 1, 3),
          DID.value(),
          FrameWriter.commit(
              3,
              TIME,
              new SignedCommit(
                  second.commit(),
                  second.since(),
                  Optional.of(Cid.ofRaw(new byte[0], 0, 0)),
                  second.changes(),
                  second.blocks())));
      topic.write(at("one", 1, 4), DID.value(), FrameWriter.sync(4, TIME, second.commit()));
      topic.write(
          at("one", 1, 5), DID.value(), FrameWriter.account(5, TIME, DID, true, Optional.empty()));
      topic.write(at("one", 1, 6), DID.value(), CommitFrame.frame("#commit", Map.of("seq", 6)));

      Typed right = show(broker, "2", "--key", key.verifyingKey().didKey(), "--verify");
      assertThat(right.out())
          .contains(
              "frame        one, epoch 1, sequence 2\n",
              "kind         #commit of " + DID + ", at " + TIME + " by its own clock\n",
              "  create app.bsky.feed.post/k2  bafyrei",
              "    {\n",
              "      \"cover\" : {\n        \"$link\" : \"bafyrei",
              "        \"$bytes\" : \"AQI\"",
              "      \"text\" : \"\\u001B[2J\\u202e\"",
              "proof        right: the operations undone give the tree before\n",
              "signature    right: by " + key.verifyingKey().didKey() + ", by --key\n");
      assertThat(right.code()).isZero();
      assertHarmless(right.out());

      Typed wrongKey = show(broker, "2", "--key", otherKey.verifyingKey().didKey());
      assertThat(wrongKey.out())
          .contains(
              "signature    WRONG, bad signature: expected a signature of "
                  + otherKey.verifyingKey().didKey()
                  + ", found another\n");
      assertThat(wrongKey.code()).isEqualTo(70);

      Typed wrongProof = show(broker, "3", "--key", key.verifyingKey().didKey());
      assertThat(wrongProof.out())
          .contains(
              "proof        WRONG, wrong previous data: expected the tree bafkrei",
              ", found bafyrei");
      assertThat(wrongProof.code()).isEqualTo(70);

      Typed unchecked = show(broker, "2", "--plc", NOBODY);
      assertThat(unchecked.out())
          .contains("signature    signature not checked: " + NOBODY + " cannot be reached; --plc");
      assertThat(unchecked.code()).isZero();
      assertThat(show(broker, "2", "--plc", NOBODY, "--verify").code()).isEqualTo(70);
      // Nothing came before it, so there is nothing to prove.
      Typed unproven = show(broker, "1", "--key", key.verifyingKey().didKey());
      assertThat(unproven.out())
          .contains("proof        proof not checked: the commit does not say");
      assertThat(unproven.code()).isZero();

      assertThat(show(broker, "4", "--key", key.verifyingKey().didKey(), "--verify").code())
          .isZero();
      assertThat(show(broker, "5").out()).contains("nothing is signed in a frame of this kind");
      assertThat(show(broker, "5", "--verify").code()).isEqualTo(70);
      Typed unreadable = show(broker, "6");
      assertThat(unreadable.out())
          .contains(
              "problem      no frame of the protocol: no repo in a commit", "  {1}\n    seq: 6\n");
      assertThat(unreadable.code()).isEqualTo(70);
      assertResolves(broker);
      assertJsonSheet(show(broker, "2", "--json", "--key", key.verifyingKey().didKey()).out());
    }
  }

  /** Asks a directory, as plc.directory is one. */
  private void assertResolves(EmbeddedBroker broker) throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/" + DID,
        exchange -> {
          byte[] document =
              ("{\"id\":\"%s\",\"verificationMethod\":[{\"id\":\"%s#atproto\",\"type\":\"Multikey\","
                      + "\"controller\":\"%s\",\"publicKeyMultibase\":\"%s\"}]}")
                  .formatted(DID, DID, DID, key.verifyingKey().multikey())
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, document.length);
          exchange.getResponseBody().write(document);
          exchange.close();
        });
    server.start();
    try {
      String plc = "http://127.0.0.1:" + server.getAddress().getPort();
      Typed resolved = show(broker, "2", "--plc", plc, "--verify");
      assertThat(resolved.out())
          .contains("right: by " + key.verifyingKey().didKey() + ", by the document of " + DID);
      assertThat(resolved.code()).isZero();
    } finally {
      server.stop(0);
    }
  }

  private static void assertJsonSheet(String printed) throws Exception {
    assertHarmless(printed.replace("\n", ""));
    JsonNode json = JSON.readTree(printed);
    String cid = json.path("ops").path(0).path("cid").asText();
    assertThat(json.path("records").path(cid).path("text").asText()).isEqualTo("\u001b[2J\u202e");
    assertThat(json.path("records").path(cid).path("cover").path("$link").asText())
        .startsWith("bafyrei");
    for (String level : List.of("structure", "operations", "proof", "signature")) {
      assertThat(json.path("verification").path(level).path("outcome").asText()).isEqualTo("right");
    }
    assertThat(json.path("others").isArray()).isTrue();
  }

  @Test
  void saysWhichThereAreOfANumber() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("kafka"), 0);
        FrameTopic topic = new FrameTopic(new KafkaAddress(broker.bootstrap()))) {
      topic.write(
          at("two", 1, 5),
          OTHER,
          FrameWriter.account(5, TIME, new Did(OTHER), true, Optional.empty()));
      topic.write(
          at("one", 1, 5),
          DID.value(),
          FrameWriter.account(5, TIME, DID, true, Optional.of("old")));
      topic.write(
          at("one", 1, 9), DID.value(), FrameWriter.account(9, TIME, DID, true, Optional.empty()));
      topic.write(
          at("one", 2, 5),
          DID.value(),
          FrameWriter.account(5, TIME, DID, true, Optional.of("new")));

      assertThat(show(broker, "5").out())
          .startsWith("frame        one, epoch 2, sequence 5\n")
          .contains(
              "also there    courtside frames show 5 --relay one --epoch 1  (seen "
                  + topic.seen(2)
                  + ")\n",
              "also there    courtside frames show 5 --relay two --epoch 1  (seen "
                  + topic.seen(1)
                  + ")\n");
      assertThat(show(broker, "5", "--relay", "two").out())
          .startsWith("frame        two, epoch 1, sequence 5\n")
          .doesNotContain("also there");
      assertThat(show(broker, "5", "--relay", "one", "--epoch", "1").out())
          .startsWith("frame        one, epoch 1, sequence 5\n");
      assertThat(show(broker, "6", "--epoch", "1"))
          .isEqualTo(
              new Typed(
                  70,
                  "courtside: expected a frame of sequence 6 in epoch 1, found none. Relays leave"
                      + " numbers out, and old frames are deleted; there is:\n"
                      + "  one, epoch 1: 5 to 9\n  one, epoch 2: 5 to 5\n  two, epoch 1: 5 to 5\n"));
      assertThat(show(broker, "0").code()).isEqualTo(2);
      assertThat(show(broker, "5", "--key", "zzz").out()).startsWith("--key: expected a did:key");
      assertThat(show(broker, "5", "--plc", "plc").code()).isEqualTo(2);
    }
  }

  private static Typed show(EmbeddedBroker broker, String... arguments) {
    String[] all = new String[arguments.length + 2];
    all[0] = "frames";
    all[1] = "show";
    System.arraycopy(arguments, 0, all, 2, arguments.length);
    return Typed.at(broker, all);
  }

  private static void assertHarmless(String printed) {
    assertThat(printed.replace("\n", "")).doesNotContainPattern("[\\p{Cntrl}\u0080-\u009f\u202e]");
  }

  private static String seen(FrameTopic topic, int number) {
    return topic.seen(number).toString().replace("Z", ".000Z");
  }

  private static FrameHeaders at(String relay, long epoch, long seq) {
    return new FrameHeaders(relay, epoch, seq);
  }

  private SignedCommit post(String text) {
    commits++;
    byte[] record =
        DagCborWriter.write(
            Map.of(
                "$type",
                POST.value(),
                "text",
                text,
                "cover",
                Cid.ofDagCbor(new byte[] {1}, 0, 1),
                "raw",
                Bytes.of(new byte[] {1, 2})));
    return repository.commit(
        List.of(new Write.Create(POST, new RecordKey("k" + commits), Bytes.of(record))),
        Tid.at(Instant.parse(TIME).plusSeconds(commits), 1));
  }
}
