package courtside.processor;

import courtside.eventlog.topic.DiskBudget;
import courtside.processor.feed.Memory;
import courtside.service.kafka.KafkaAddress;
import courtside.service.settings.Reading;
import courtside.service.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * The processor's settings. Immutable.
 *
 * @param kafka {@code COURTSIDE_KAFKA}: {@code host:port}, several separated by commas; {@code
 *     127.0.0.1:9092}. {@code COURTSIDE_KAFKA_PROPERTIES}: a file with clients' {@code
 *     security.protocol}, {@code sasl.…} and {@code ssl.…}; none
 * @param data {@code COURTSIDE_DATA}: where instances keep their identity and state; {@code
 *     .courtside}
 * @param disk {@code COURTSIDE_DISK}: what the log may fill, 1 GB at least; 20 GB
 * @param feeds {@code COURTSIDE_PROCESSOR_FEEDS}: the directory of definitions to begin with, which
 *     need not exist; {@code feeds}; {@code none} for none
 * @param extractThreads {@code COURTSIDE_PROCESSOR_EXTRACT_THREADS}: 1
 * @param feedThreads {@code COURTSIDE_PROCESSOR_FEED_THREADS}: of each set; 1
 * @param standbyReplicas {@code COURTSIDE_PROCESSOR_STANDBY_REPLICAS}: on how many other processors
 *     the state of each set's tasks is kept as well, so that these go on at once where one is dead,
 *     0 to 2; each takes as much disk again, and shares the memory of all stores; 0
 * @param commitEvery {@code COURTSIDE_PROCESSOR_COMMIT_EVERY}: how long a transaction gathers, 20
 *     to 100 ms; 50 ms
 * @param storeBytes {@code COURTSIDE_PROCESSOR_STORE_MEMORY}: native memory of all stores; 64 MB
 * @param futureAllowed {@code COURTSIDE_PROCESSOR_FUTURE_ALLOWED}: how far a revision may lie ahead
 *     of the time seen; 5 min
 * @param deadLetterBytes {@code COURTSIDE_PROCESSOR_DEAD_LETTERS}: how many bytes of them are kept
 *     a minute, by extract and by all sets, each; 8 MB
 * @param memory {@code COURTSIDE_PROCESSOR_REMEMBER}: how long revisions and deletions are
 *     remembered, 7 days; {@code …_REMEMBER_INACTIVE}: inactive accounts, 30 days; {@code
 *     …_REMEMBER_DELETED}: hidden items of deleted accounts, 3 days; {@code …_CLOCK_SKEW}: by how
 *     much clocks of ingestors may differ, 1 min
 * @param steady {@code COURTSIDE_PROCESSOR_STEADY}: how long a new version must have kept up before
 *     it is served; 10 s
 * @param previous {@code COURTSIDE_PROCESSOR_PREVIOUS}: how long the version before the one served
 *     follows the log, and a rollback is at hand; 24 h
 * @param healthHost {@code COURTSIDE_HEALTH_HOST}: the address that health and metrics listen on;
 *     {@code 127.0.0.1}
 * @param healthPort {@code COURTSIDE_PROCESSOR_HEALTH_PORT}: 8082; 0 for any that is free
 * @param leaveOnStop {@code COURTSIDE_LEAVE_ON_STOP}: {@code true}, or {@code false} where
 *     instances are restarted in place
 */
public record ProcessorSettings(
    KafkaAddress kafka,
    Path data,
    DiskBudget disk,
    Optional<Path> feeds,
    int extractThreads,
    int feedThreads,
    int standbyReplicas,
    Duration commitEvery,
    long storeBytes,
    Duration futureAllowed,
    long deadLetterBytes,
    Memory memory,
    Duration steady,
    Duration previous,
    String healthHost,
    int healthPort,
    boolean leaveOnStop) {
  private static final String NONE = "none";
  private static final long LEAST_STORE_BYTES = 16_000_000;

  /** Reads them from the environment. */
  public static Reading<ProcessorSettings> read(Map<String, String> environment) {
    Settings settings = new Settings(Processor.NAME, environment);
    KafkaAddress kafka = KafkaAddress.read(settings);
    Path data = settings.path("DATA", ".courtside");
    long disk = settings.bytes("DISK", "20GB", DiskBudget.LEAST);
    Path feeds = settings.path(settings.own("FEEDS"), "feeds");
    int extractThreads = settings.number(settings.own("EXTRACT_THREADS"), 1, 1, 12);
    int feedThreads = settings.number(settings.own("FEED_THREADS"), 1, 1, 12);
    int standbyReplicas = settings.number(settings.own("STANDBY_REPLICAS"), 0, 0, 2);
    Duration commitEvery = settings.duration(settings.own("COMMIT_EVERY"), "50ms");
    long storeBytes = settings.bytes(settings.own("STORE_MEMORY"), "64MB", LEAST_STORE_BYTES);
    Duration futureAllowed = settings.duration(settings.own("FUTURE_ALLOWED"), "5m");
    long deadLetters = settings.bytes(settings.own("DEAD_LETTERS"), "8MB", 0);
    Memory memory =
        new Memory(
            settings.duration(settings.own("REMEMBER"), "7d"),
            settings.duration(settings.own("REMEMBER_INACTIVE"), "30d"),
            settings.duration(settings.own("REMEMBER_DELETED"), "3d"),
            settings.duration(settings.own("CLOCK_SKEW"), "1m"));
    Duration steady = settings.duration(settings.own("STEADY"), "10s");
    Duration previous = settings.duration(settings.own("PREVIOUS"), "24h");
    String healthHost = settings.text("HEALTH_HOST", "127.0.0.1");
    int healthPort = settings.port(settings.own("HEALTH_PORT"), 8082);
    boolean leaveOnStop = settings.flag("LEAVE_ON_STOP", true);
    settings.check(
        commitEvery.toMillis() >= 20 && commitEvery.toMillis() <= 100,
        "COURTSIDE_PROCESSOR_COMMIT_EVERY must be from 20ms to 100ms, but is "
            + commitEvery.toMillis()
            + "ms");
    settings.check(
        memory.inactiveAccounts().compareTo(memory.deletedAccounts()) >= 0,
        "COURTSIDE_PROCESSOR_REMEMBER_INACTIVE must be at least"
            + " COURTSIDE_PROCESSOR_REMEMBER_DELETED, "
            + memory.deletedAccounts().toSeconds()
            + "s, but is "
            + memory.inactiveAccounts().toSeconds()
            + "s: posts of deleted accounts would be shown again");
    return settings.finish(() ->
        new ProcessorSettings(
            kafka,
            data,
            new DiskBudget(disk),
            Optional.of(feeds).filter(path -> !path.toString().equals(NONE)),
            extractThreads,
            feedThreads,
            standbyReplicas,
            commitEvery,
            storeBytes,
            futureAllowed,
            deadLetters,
            memory,
            steady,
            previous,
            healthHost,
            healthPort,
            leaveOnStop));
  }
}
