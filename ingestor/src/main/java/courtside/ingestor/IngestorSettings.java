package courtside.ingestor;

import courtside.eventlog.topic.DiskBudget;
import courtside.ingestor.choice.ChoiceSettings;
import courtside.ingestor.heartbeat.HeartbeatSettings;
import courtside.ingestor.pump.CollectionFilter;
import courtside.ingestor.pump.Start;
import courtside.ingestor.relay.RelayAddress;
import courtside.service.kafka.KafkaAddress;
import courtside.service.settings.Reading;
import courtside.service.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The ingestor's settings. Immutable.
 *
 * @param kafka {@code COURTSIDE_KAFKA}: {@code host:port}, several separated by commas; {@code
 *     127.0.0.1:9092}. {@code COURTSIDE_KAFKA_PROPERTIES}: a file with clients' {@code
 *     security.protocol}, {@code sasl.…} and {@code ssl.…}; none
 * @param data {@code COURTSIDE_DATA}: where instances keep their identity; {@code .courtside}
 * @param disk {@code COURTSIDE_DISK}: what the log may fill, 1 GB at least; 20 GB
 * @param relays {@code COURTSIDE_INGESTOR_RELAY}: {@code [name=]address}, one or several separated
 *     by commas, the preferred one first; {@code wss://bsky.network}
 * @param choice {@code COURTSIDE_INGESTOR_FAILOVER_AFTER}, failed attempts; 5. {@code …_LAG_LIMIT}:
 *     how far behind the clock frames may be before health, and the choice among relays, mind; 10
 *     min. {@code …_LAG_FOR}: how long they have to be; 1 min. {@code …_RETURN_AFTER}: probes that
 *     the preferred relay has to pass; 5
 * @param probeEvery {@code COURTSIDE_INGESTOR_PROBE_EVERY}: how often relays that are not read are
 *     looked at; 1 min
 * @param relayWindow {@code COURTSIDE_INGESTOR_RELAY_WINDOW}: how long relays keep what they have
 *     sent; 72 h
 * @param overlap {@code COURTSIDE_INGESTOR_OVERLAP}: how far back another relay is begun; 2 min
 * @param start {@code COURTSIDE_INGESTOR_START}: where to begin without a cursor; {@code
 *     live-if-new}
 * @param filter {@code COURTSIDE_INGESTOR_COLLECTIONS}: which collections' commits are kept; {@code
 *     *}
 * @param heartbeat {@code COURTSIDE_INGESTOR_HEARTBEAT_TIMEOUT}, 20 s; {@code …_CHECK_PERIOD}, 10
 *     s; {@code …_MODE}, {@code deadline} or {@code periodic}
 * @param commitEvery {@code COURTSIDE_INGESTOR_COMMIT_EVERY}: the time from one commit to the next,
 *     1 s at most; 20 ms
 * @param hangLimit {@code COURTSIDE_INGESTOR_HANG_LIMIT}: how long the loop that writes may stand
 *     still before the process ends itself; 3 s
 * @param deadLetterBytes {@code COURTSIDE_INGESTOR_DEAD_LETTERS}: how many bytes of them are kept a
 *     minute; 8 MB
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
    List<RelayAddress> relays,
    ChoiceSettings choice,
    Duration probeEvery,
    Duration relayWindow,
    Duration overlap,
    Start start,
    CollectionFilter filter,
    HeartbeatSettings heartbeat,
    Duration commitEvery,
    Duration hangLimit,
    long deadLetterBytes,
    long queueBytes,
    String healthHost,
    int healthPort,
    boolean leaveOnStop) {
  /** A turn of the pump must stay well below what its group waits for one, which is 3 s. */
  private static final Duration MOST_COMMIT_EVERY = Duration.ofSeconds(1);

  private static final Duration LONGEST_HEARTBEAT = Duration.ofDays(365);

  /** A broker that is away is no hang. */
  private static final Duration LEAST_HANG_LIMIT = Duration.ofMillis(2_500);

  private static boolean isReasonable(Duration duration) {
    return duration.isPositive() && duration.compareTo(LONGEST_HEARTBEAT) <= 0;
  }

  /** Copies the list. */
  public IngestorSettings {
    relays = List.copyOf(relays);
  }

  /** Reads them from the environment. */
  public static Reading<IngestorSettings> read(Map<String, String> environment) {
    Settings settings = new Settings(Ingestor.NAME, environment);
    KafkaAddress kafka = KafkaAddress.read(settings);
    Path data = settings.path("DATA", ".courtside");
    long disk = settings.bytes("DISK", "20GB", DiskBudget.LEAST);
    List<RelayAddress> relays =
        settings.read(
            settings.own("RELAY"),
            "wss://bsky.network",
            RelayAddress.EXPECTED_LIST,
            RelayAddress::parseList);
    ChoiceSettings choice =
        new ChoiceSettings(
            settings.number(settings.own("FAILOVER_AFTER"), 5, 1, 1_000),
            settings.duration(settings.own("LAG_LIMIT"), "10m"),
            settings.duration(settings.own("LAG_FOR"), "1m"),
            settings.number(settings.own("RETURN_AFTER"), 5, 1, 1_000));
    Duration probeEvery = settings.duration(settings.own("PROBE_EVERY"), "1m");
    Duration relayWindow = settings.duration(settings.own("RELAY_WINDOW"), "72h");
    Duration overlap = settings.duration(settings.own("OVERLAP"), "2m");
    Start start = settings.read(settings.own("START"), "live-if-new", Start.EXPECTED, Start::parse);
    CollectionFilter filter =
        settings.read(
            settings.own("COLLECTIONS"), "*", CollectionFilter.EXPECTED, CollectionFilter::parse);
    Duration timeout = settings.duration(settings.own("HEARTBEAT_TIMEOUT"), "20s");
    Duration period = settings.duration(settings.own("HEARTBEAT_CHECK_PERIOD"), "10s");
    HeartbeatSettings.Mode mode =
        settings.choice(settings.own("HEARTBEAT_MODE"), HeartbeatSettings.Mode.DEADLINE);
    Duration commitEvery = settings.duration(settings.own("COMMIT_EVERY"), "20ms");
    Duration hangLimit = settings.duration(settings.own("HANG_LIMIT"), "3s");
    long deadLetters = settings.bytes(settings.own("DEAD_LETTERS"), "8MB", 0);
    long queue = settings.bytes(settings.own("QUEUE"), "32MB", 6_000_000);
    String healthHost = settings.text("HEALTH_HOST", "127.0.0.1");
    int healthPort = settings.port(settings.own("HEALTH_PORT"), 8081);
    boolean leaveOnStop = settings.flag("LEAVE_ON_STOP", true);
    settings.check(
        isReasonable(timeout) && isReasonable(period),
        "the heartbeat's timeout and check period must be from 1ms to 365d");
    settings.check(
        choice.lagLimit().isPositive() && choice.lagFor().isPositive() && probeEvery.isPositive(),
        "COURTSIDE_INGESTOR_LAG_LIMIT, COURTSIDE_INGESTOR_LAG_FOR and"
            + " COURTSIDE_INGESTOR_PROBE_EVERY must be longer than nothing");
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
            relays,
            choice,
            probeEvery,
            relayWindow,
            overlap,
            start,
            filter,
            new HeartbeatSettings(
                timeout, period, HeartbeatSettings.DEFAULT.maxConsecutiveTimeouts(), mode),
            commitEvery,
            hangLimit,
            deadLetters,
            queue,
            healthHost,
            healthPort,
            leaveOnStop));
  }
}
