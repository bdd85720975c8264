package courtside.ingestor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.ingestor.process.IngestorProcess;
import courtside.ingestor.process.Traffic;
import courtside.ingestor.reach.Certificates;
import courtside.ingestor.reach.Front;
import courtside.ingestor.reach.ScriptedNames;
import courtside.testkit.process.StablePort;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * An ingestor in a process of its own that lives through what lies between it and a relay: names
 * that are not known, addresses that move, certificates that are not to be trusted. It is told whom
 * to trust, and how long to keep an address, by the JVM's own properties. Times are scaled 1:10.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
final class ReachFaultsTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final String RELAY = "recording";
  private static final int TIMES = 2;
  private static final String REFUSED =
      "courtside_ingestor_connections_ended_total{reason=\"tls\"}";

  /** How long an address is kept. */
  private static final Duration KEPT = Duration.ofSeconds(3);

  private final long seed = Long.getLong("courtside.seed", System.nanoTime());

  @TempDir Path directory;
  private IngestorFixture fixture;
  private FrameLog frames;
  private Relay relay;
  private Traffic traffic;
  private FaultTable table;
  private FaultRows lived;

  @BeforeEach
  void start() throws Exception {
    fixture = new IngestorFixture(directory);
    frames = FrameLog.open(directory.resolve("relay"));
    relay = Relay.start(RelaySettings.DEFAULT, frames);
    traffic = Traffic.startKept(RELAY, frames, seed);
    table = new FaultTable("reach");
    lived = new FaultRows(table, fixture, traffic, RELAY);
  }

  @AfterEach
  void stop() throws Exception {
    table.close();
    lived.close();
    traffic.close();
    relay.close();
    frames.close();
    fixture.close();
  }

  /** Something that stands in the way, and then no more. */
  private interface Obstacle {
    void stand() throws Exception;
  }

  @Test
  void loseNothingAndTrustNobodyElse() throws Exception {
    Certificates certificates = new Certificates(directory);
    SSLContext valid = certificates.valid(ScriptedNames.HOST);
    Path names = Files.createDirectory(directory.resolve("names"));
    ScriptedNames.show(names, "127.0.0.1");
    // 30 s and 10 s where nothing is said.
    Path security =
        Files.writeString(
            directory.resolve("security"),
            // And nothing of TLS is forbidden: what is refused is refused by the ingestor itself.
            "networkaddress.cache.ttl=%d%nnetworkaddress.cache.negative.ttl=1%n%s=%n"
                .formatted(KEPT.toSeconds(), "jdk.tls.disabledAlgorithms"));
    int port = StablePort.find();
    try (Front front = new Front("127.0.0.1", port, valid, relay.port());
        IngestorProcess ingestor =
            IngestorProcess.start(
                QuickMain.class.getName(),
                List.of(
                    "-Djavax.net.ssl.trustStore=" + certificates.trustStore(),
                    "-Djavax.net.ssl.trustStorePassword=" + Certificates.PASSWORD,
                    "-D" + ScriptedNames.PROPERTY + "=" + names,
                    "-Djava.security.properties=" + security,
                    "-Djdk.tls.client.protocols=TLSv1,TLSv1.1,TLSv1.2,TLSv1.3"),
                directory.resolve("ingestor"),
                fixture.bootstrap(),
                RELAY + "=wss://" + ScriptedNames.HOST + ":" + port,
                "oldest-if-new")) {
      ingestor.awaitState("reading");
      SSLContext expired = certificates.expired(ScriptedNames.HOST);
      SSLContext another = certificates.valid("elsewhere.example");
      SSLContext selfSigned = certificates.selfSigned(ScriptedNames.HOST);
      live("certificate that has expired", front, valid, () -> front.show(expired));
      live("certificate for another name", front, valid, () -> front.show(another));
      live("certificate that nobody signed", front, valid, () -> front.show(selfSigned));
      live("reset in the TLS handshake", front, valid, front::reset);
      double before = ingestor.metric(REFUSED);
      live("TLS 1.0 alone", front, valid, () -> front.speakOnly(1));
      live("TLS 1.1 alone", front, valid, () -> front.speakOnly(2));
      assertThat(ingestor.metric(REFUSED) - before)
          .as("counted, seed %d", seed)
          .isGreaterThanOrEqualTo(2 * TIMES);
      nameIsNotKnown(front, valid, names);
      try (Front moved = new Front("127.0.0.2", port, valid, relay.port())) {
        addressMoves(front, moved, names);
        traffic.end();
        lived.awaitLast();
        ingestor.awaitState("reading");
      }
      assertThat(relay.ledger().maxOpen()).as("connections at once, seed %d", seed).isOne();
    }
  }

  private void live(String fault, Front front, SSLContext valid, Obstacle obstacle)
      throws Exception {
    long before = front.failed();
    long trusted = front.succeeded();
    long from = System.nanoTime();
    obstacle.stand();
    await().atMost(LIMIT).until(() -> front.failed() >= before + TIMES);
    assertThat(front.succeeded()).as("handshakes with: %s", fault).isEqualTo(trusted);
    FaultRows.Moment moment = lived.of(from);
    front.show(valid);
    lived.add(fault, front.failed() - before, moment);
  }

  private void nameIsNotKnown(Front front, SSLContext valid, Path names) throws Exception {
    long from = System.nanoTime();
    ScriptedNames.hide(names);
    await()
        .atMost(LIMIT)
        .pollInterval(KEPT.plusMillis(500))
        .until(() -> {
          // An address is good until it is forgotten.
          front.show(valid);
          return ScriptedNames.unknown(names) > 0;
        });
    await().atMost(LIMIT).until(() -> ScriptedNames.unknown(names) >= TIMES);
    FaultRows.Moment moment = lived.of(from);
    ScriptedNames.show(names, "127.0.0.1");
    lived.add("name that is not known", ScriptedNames.unknown(names), moment);
  }

  private void addressMoves(Front front, Front moved, Path names) throws Exception {
    long from = System.nanoTime();
    ScriptedNames.show(names, "127.0.0.2");
    front.close();
    await().atMost(LIMIT).until(() -> moved.succeeded() > 0);
    lived.add("address that has moved", moved.succeeded(), lived.of(from));
  }
}
