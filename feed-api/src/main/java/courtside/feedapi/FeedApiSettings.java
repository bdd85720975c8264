package courtside.feedapi;

import courtside.atproto.syntax.Did;
import courtside.eventlog.topic.DiskBudget;
import courtside.feedapi.skeleton.Generator;
import courtside.service.kafka.KafkaAddress;
import courtside.service.settings.Reading;
import courtside.service.settings.Settings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The feed API's settings. Immutable.
 *
 * @param kafka {@code COURTSIDE_KAFKA}: {@code host:port}, several separated by commas; {@code
 *     127.0.0.1:9092}
 * @param data {@code COURTSIDE_DATA}: where instances keep their identity and state; {@code
 *     .courtside}
 * @param disk {@code COURTSIDE_DISK}: what the log may fill, 1 GB at least; 20 GB
 * @param host {@code COURTSIDE_FEED_API_HOST}: the address to listen on; {@code 127.0.0.1}
 * @param port {@code COURTSIDE_FEED_API_PORT}: for XRPC and the page; 8080; 0 for any that is free
 * @param healthHost {@code COURTSIDE_HEALTH_HOST}: the address that health and metrics listen on;
 *     {@code 127.0.0.1}
 * @param healthPort {@code COURTSIDE_FEED_API_HEALTH_PORT}: 8083; 0 for any that is free
 * @param hostname {@code COURTSIDE_FEED_API_HOSTNAME}: under which others reach the API by HTTPS,
 *     with a port where that is not 443; {@code localhost}
 * @param publisher {@code COURTSIDE_FEED_API_PUBLISHER}: the DID of the account whose records
 *     describe the feeds; the service's own, {@code did:web:} and the host name
 * @param connections {@code COURTSIDE_FEED_API_CONNECTIONS}: how many are accepted at once; 2,000
 * @param eventStreams {@code COURTSIDE_FEED_API_EVENT_STREAMS}: how many may watch the page at
 *     once; 100
 * @param behindLimit {@code COURTSIDE_FEED_API_BEHIND_LIMIT}: how far behind the log still counts
 *     as ready; 30 s
 * @param storeTooOld {@code COURTSIDE_FEED_API_STORE_TOO_OLD}: how long a store may have been away
 *     from the end of the log before it is thrown away, less than tombstones are kept; 6 days
 */
public record FeedApiSettings(
    KafkaAddress kafka,
    Path data,
    DiskBudget disk,
    String host,
    int port,
    String healthHost,
    int healthPort,
    String hostname,
    Did publisher,
    int connections,
    int eventStreams,
    Duration behindLimit,
    Duration storeTooOld) {

  private static final Pattern HOSTNAME =
      Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?");
  private static final Duration TOMBSTONES = Duration.ofDays(7);

  /** Reads them from the environment. */
  public static Reading<FeedApiSettings> read(Map<String, String> environment) {
    Settings settings = new Settings(FeedApi.NAME, environment);
    KafkaAddress kafka =
        settings.read("KAFKA", "127.0.0.1:9092", KafkaAddress.EXPECTED, KafkaAddress::parse);
    Path data = settings.path("DATA", ".courtside");
    long disk = settings.bytes("DISK", "20GB", DiskBudget.LEAST);
    // Of no use here, as nothing is shared out between instances; a setting of the deployment.
    var _ = settings.flag("LEAVE_ON_STOP", true);
    String host = settings.text(settings.own("HOST"), "127.0.0.1");
    int port = settings.port(settings.own("PORT"), 8080);
    String healthHost = settings.text("HEALTH_HOST", "127.0.0.1");
    int healthPort = settings.port(settings.own("HEALTH_PORT"), 8083);
    String hostname =
        settings.read(
            settings.own("HOSTNAME"),
            "localhost",
            "a host name in lower case, with a port where that is not 443",
            text -> Optional.of(text).filter(HOSTNAME.asMatchPredicate()));
    Did publisher =
        settings.read(
            settings.own("PUBLISHER"),
            Generator.did(hostname).value(),
            "a DID",
            text -> Optional.of(text).filter(Did::isValid).map(Did::new));
    int connections = settings.number(settings.own("CONNECTIONS"), 2_000, 10, 100_000);
    int streams = settings.number(settings.own("EVENT_STREAMS"), 100, 1, 10_000);
    Duration behind = settings.duration(settings.own("BEHIND_LIMIT"), "30s");
    Duration tooOld = settings.duration(settings.own("STORE_TOO_OLD"), "6d");
    settings.check(
        tooOld.compareTo(TOMBSTONES) < 0 && tooOld.isPositive(),
        "COURTSIDE_FEED_API_STORE_TOO_OLD must be more than nothing and less than 7d, as tombstones"
            + " are kept no longer");
    return settings.finish(() ->
        new FeedApiSettings(
            kafka,
            data,
            new DiskBudget(disk),
            host,
            port,
            healthHost,
            healthPort,
            hostname,
            publisher,
            connections,
            streams,
            behind,
            tooOld));
  }
}
