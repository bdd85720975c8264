package courtside.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordKey;
import courtside.demo.DemoRelay;
import courtside.eventlog.topic.DiskBudget;
import courtside.ingestor.relay.RelayAddress;
import courtside.pipeline.FeedReader;
import courtside.pipeline.Pipeline;
import courtside.pipeline.Ports;
import courtside.publish.AccountServer;
import courtside.publish.Repository;
import courtside.screen.Screen;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.relay.Pace;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Of a pipeline that runs, by its own answers, nothing is found wrong. */
@Timeout(300)
final class DoctorPipelineTest {
  private static final Duration LIMIT = Duration.ofMinutes(2);
  private static final double NETWORK = 50;

  @TempDir Path directory;

  @Test
  void aPipelineThatRunsIsWell() throws Exception {
    Path feeds = Files.createDirectories(directory.resolve("feeds"));
    Files.writeString(
        feeds.resolve("every.yaml"), "feed: every\nname: Every\nrule: '*:*'\nmax-age: none\n");
    int port = Ports.any();
    String host = "localhost:" + port;
    RecordKey feed = new RecordKey("every");
    Did publisher = new Did(AccountServer.DID);
    try (Names names = new Names(directory, Installation.DIRECTORY);
        AccountServer account = new AccountServer();
        DemoRelay relay =
            DemoRelay.start(directory.resolve("relay"), new Pace.AsFastAsPossible(), NETWORK);
        Pipeline pipeline = pipeline(relay, feeds, port, host);
        FeedReader reader = new FeedReader(port)) {
      names.answer(
          Installation.PUBLISHER,
          _ -> Names.Reply.json(Installation.publisher(account.address().toString())));
      account.hold("every", Installation.record("did:web:localhost%3A" + port, "Every"));
      await().atMost(LIMIT).until(() -> pipeline.ingestor().health().state().equals("reading"));
      await().atMost(LIMIT).until(() -> pipeline.processor().health().ready());
      await().atMost(LIMIT).until(() -> pipeline.feedApi().health().ready());
      await().atMost(LIMIT).until(() -> !reader.readAll(Repository.uri(publisher, feed)).isEmpty());

      List<Finding> findings =
          new Doctor(
                  new Examination(
                      Optional.of(host),
                      Optional.of(new Did("did:web:localhost%3A" + port)),
                      Optional.of(publisher),
                      new KafkaAddress(pipeline.broker().bootstrap()),
                      RelayAddress.parseList("demo=" + relay.uri()).orElseThrow(),
                      false,
                      directory.resolve("data"),
                      DiskBudget.LEAST,
                      URI.create("https://" + Installation.DIRECTORY),
                      List.of(),
                      // This disk is anybody's.
                      Limits.DEFAULT.withFree(0)),
                  InstantSource.system())
              .examine(_ -> {});

      assertThat(findings)
          .extracting(Finding::state)
          .as("%s", findings)
          .containsOnly(Finding.State.OK);
      assertThat(findings)
          .extracting(Finding::name)
          .contains("feed every", "pages every", "record every", "relay demo");
    }
  }

  private Pipeline pipeline(DemoRelay relay, Path feeds, int port, String host)
      throws InterruptedException {
    Map<String, String> settings = new HashMap<>();
    settings.put("COURTSIDE_DISK", "1GB");
    settings.put("COURTSIDE_INGESTOR_RELAY", DemoRelay.NAME + "=" + relay.uri());
    settings.put("COURTSIDE_INGESTOR_START", "oldest-if-new");
    settings.put("COURTSIDE_INGESTOR_LAG_LIMIT", "36500d");
    settings.put("COURTSIDE_INGESTOR_HEALTH_PORT", "0");
    settings.put("COURTSIDE_PROCESSOR_HEALTH_PORT", "0");
    settings.put("COURTSIDE_PROCESSOR_FEEDS", feeds.toString());
    settings.put("COURTSIDE_FEED_API_PORT", Integer.toString(port));
    settings.put("COURTSIDE_FEED_API_HOSTNAME", host);
    settings.put("COURTSIDE_FEED_API_PUBLISHER", AccountServer.DID);
    settings.put("COURTSIDE_FEED_API_HEALTH_PORT", "0");
    settings.put("COURTSIDE_DATA", directory.resolve("data").toString());
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    return Pipeline.start(Pipeline.read(settings, Ports.any()), new Screen(nowhere, false, 80));
  }
}
