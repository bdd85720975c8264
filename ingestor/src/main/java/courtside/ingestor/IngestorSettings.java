package courtside.ingestor;

import courtside.eventlog.topic.DiskBudget;
import courtside.ingestor.heartbeat.HeartbeatSettings;
import courtside.ingestor.pump.StartMode;
import courtside.ingestor.relay.RelayAddress;
import courtside.service.kafka.KafkaAddress;
import courtside.service.settings.Reading;
import courtside.service.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * The ingestor's settings. Immutable.
 *
 * @param kafka {@code COURTSIDE_KAFKA}: {@code host:port}, several separated by commas; {@code
 *     127.0.0.1:9092}
 * @param data {@code COURTSIDE_DATA}: where instances keep their identity; {@code .courtside}
 * @param disk {@code COURTSIDE_DISK}: what the log may fill, 1 GB at least; 20 GB
 * @param relay {@code COURTSIDE_INGESTOR_RELAY}: {@code [name=]address}; {@code wss://bsky.network}
 * @param start {@code COURTSIDE_INGESTOR_START}: {@code live-if-new} or {@code oldest-if-new}
 * @param heartbeat {@code COURTSIDE_INGESTOR_HEARTBEAT_TIMEOUT}, 20 s; {@code …_CHECK_PERIOD}, 10
 *     s; {@code …_MODE}, {@code deadline} or {@code periodic}
 * @param commitEvery {@code COURTSIDE_INGESTOR_COMMIT_EVERY}: how long a transaction gathers, 1 s
 *     at most; 20 ms
 * @param hangLimit {@code COURTSIDE_INGESTOR_HANG_LIMIT}: how long the loop that writes may stand
 *     still before the process ends itself; 3 s
 * @param queueBytes {@code COURTSIDE_INGESTOR_QUEUE}: frames waiting to be written; 32 MB
 * @param healthHost {@code COURTSIDE_HEALTH_HOST}: the address that health and metrics listen on;
 *     {@code 127.0.0.1}
 * @param healthPort {@code COURTSIDE_INGESTOR_HEALTH_PORT}: 8081; 0 for any that is free
 * @param leaveOnStop {@code COURTSIDE_LEAVE_ON_STOP}: {@code true}, or {@code false} where
 *     instances are restarted in place
 */
public record IngestorSettings(
    KafkaAddress kafka,
    Path data,
    DiskBudget disk,
    RelayAddress relay,
    StartMode start,
    HeartbeatSettings heartbeat,
    Duration commitEvery,
    Duration hangLimit,
    long queueBytes,
    String healthHost,
    int healthPort,
    boolean leaveOnStop) {
  /** A turn of the pump must stay well below what its group waits for one, which is 3 s. */
  private static final Duration MOST_COMMIT_EVERY = Duration.ofSeconds(1);

  /** A broker that is away is no hang. */
  private static final Duration LEAST_HANG_LIMIT = Duration.ofMillis(2_500);

  /** Reads them from the environment. */
  public static Reading<IngestorSettings> read(Map<String, String> environment) {
    Settings settings = new Settings(Ingestor.NAME, environment);
    KafkaAddress kafka =
        settings.read("KAFKA", "127.0.0.1:9092", KafkaAddress.EXPECTED, KafkaAddress::parse);
    Path data = settings.path("DATA", ".courtside");
    long disk = settings.bytes("DISK", "20GB", DiskBudget.LEAST);
    RelayAddress relay =
        settings.read(
            settings.own("RELAY"),
            "wss://bsky.network",
            RelayAddress.EXPECTED,
            RelayAddress::parse);
    StartMode start = settings.choice(settings.own("START"), StartMode.LIVE_IF_NEW);
    Duration timeout = settings.duration(settings.own("HEARTBEAT_TIMEOUT"), "20s");
    Duration period = settings.duration(settings.own("HEARTBEAT_CHECK_PERIOD"), "10s");
    HeartbeatSettings.Mode mode =
        settings.choice(settings.own("HEARTBEAT_MODE"), HeartbeatSettings.Mode.DEADLINE);
    Duration commitEvery = settings.duration(settings.own("COMMIT_EVERY"), "20ms");
    Duration hangLimit = settings.duration(settings.own("HANG_LIMIT"), "3s");
    long queue = settings.bytes(settings.own("QUEUE"), "32MB", 6_000_000);
    String healthHost = settings.text("HEALTH_HOST", "127.0.0.1");
    int healthPort = settings.port(settings.own("HEALTH_PORT"), 8081);
    boolean leaveOnStop = settings.flag("LEAVE_ON_STOP", true);
    settings.check(
        timeout.isPositive() && period.isPositive(),
        "the heartbeat's timeout and check period must be longer than nothing");
    settings.check(
        commitEvery.isPositive() && commitEvery.compareTo(MOST_COMMIT_EVERY) <= 0,
        "COURTSIDE_INGESTOR_COMMIT_EVERY must be from 1ms to "
            + MOST_COMMIT_EVERY.toMillis()
            + "ms, but is "
            + commitEvery.toMillis()
            + "ms");
    settings.check(
        hangLimit.compareTo(LEAST_HANG_LIMIT) >= 0,
        "COURTSIDE_INGESTOR_HANG_LIMIT must be at least "
            + LEAST_HANG_LIMIT.toMillis()
            + "ms, as Kafka may take 2 s for an answer, but is "
            + hangLimit.toMillis()
            + "ms");
    return settings.finish(() ->
        new IngestorSettings(
            kafka,
            data,
            new DiskBudget(disk),
            relay,
            start,
            new HeartbeatSettings(
                timeout, period, HeartbeatSettings.DEFAULT.maxConsecutiveTimeouts(), mode),
            commitEvery,
            hangLimit,
            queue,
            healthHost,
            healthPort,
            leaveOnStop));
  }
}
