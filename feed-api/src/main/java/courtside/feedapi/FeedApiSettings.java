package courtside.feedapi;

import courtside.atproto.syntax.Did;
import courtside.eventlog.topic.DiskBudget;
import courtside.feedapi.identity.FetchSettings;
import courtside.feedapi.page.DashboardSettings;
import courtside.feedapi.skeleton.Generator;
import courtside.feedapi.web.ClientLimits;
import courtside.feedapi.web.TrustedProxies;
import courtside.service.kafka.KafkaAddress;
import courtside.service.settings.Reading;
import courtside.service.settings.Settings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/**
 * The feed API's settings. Immutable.
 *
 * @param kafka {@code COURTSIDE_KAFKA}: {@code host:port}, several separated by commas; {@code
 *     127.0.0.1:9092}. {@code COURTSIDE_KAFKA_PROPERTIES}: a file with clients' {@code
 *     security.protocol}, {@code sasl.…} and {@code ssl.…}; none
 * @param data {@code COURTSIDE_DATA}: where instances keep their identity and state; {@code
 *     .courtside}
 * @param disk {@code COURTSIDE_DISK}: what the log may fill, 1 GB at least; 20 GB
 * @param host {@code COURTSIDE_FEED_API_HOST}: the address to listen on; {@code 127.0.0.1}
 * @param port {@code COURTSIDE_FEED_API_PORT}: for XRPC and the page; 8080; 0 for any that is free
 * @param healthHost {@code COURTSIDE_HEALTH_HOST}: the address that health and metrics listen on;
 *     {@code 127.0.0.1}
 * @param healthPort {@code COURTSIDE_FEED_API_HEALTH_PORT}: 8083; 0 for any that is free
 * @param generator who it says it is. {@code COURTSIDE_FEED_API_HOSTNAME}: under which others reach
 *     it by HTTPS, with a port where that is not 443; {@code localhost}. {@code
 *     COURTSIDE_FEED_API_SERVICE_DID}: its identity; {@code did:web:} and the host name. {@code
 *     COURTSIDE_FEED_API_PUBLISHER}: the DID of the account whose records describe the feeds; its
 *     own. {@code COURTSIDE_FEED_API_PRIVACY_POLICY} and {@code
 *     COURTSIDE_FEED_API_TERMS_OF_SERVICE}: addresses of pages for people; none
 * @param limits what one client may take. {@code COURTSIDE_FEED_API_CONNECTIONS}: how many are
 *     accepted at once; 5,000. {@code COURTSIDE_FEED_API_CONNECTIONS_PER_ADDRESS}; 500. {@code
 *     COURTSIDE_FEED_API_REQUESTS_PER_SECOND}: of one address, twice as many at once; 1,000. {@code
 *     COURTSIDE_FEED_API_REQUEST_TIME}: in which a request has to come and its answer to begin; 10
 *     s. {@code COURTSIDE_FEED_API_TRUSTED_PROXIES}: addresses and networks whose word on who asks
 *     is taken, separated by commas; none
 * @param dashboard the page. {@code COURTSIDE_FEED_API_EVENT_STREAMS}: how many may watch it at
 *     once; 100. {@code COURTSIDE_FEED_API_DASHBOARD}: {@code public}, beside the feeds, or {@code
 *     local}, at 127.0.0.1 alone and a port of its own; {@code public}. {@code
 *     COURTSIDE_FEED_API_DASHBOARD_PORT}: that port; 8084; 0 for any that is free
 * @param identities how accounts' keys are found. {@code COURTSIDE_FEED_API_PLC_DIRECTORY}: {@code
 *     https://plc.directory}. {@code COURTSIDE_FEED_API_LOCAL_IDENTITIES}: whether {@code
 *     did:web:localhost} is somebody, for development; false
 * @param seenKeep {@code COURTSIDE_FEED_API_SEEN_KEEP}: how long it is remembered what a viewer has
 *     seen; 7 days
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
    Generator generator,
    ClientLimits limits,
    DashboardSettings dashboard,
    FetchSettings identities,
    Duration seenKeep,
    Duration behindLimit,
    Duration storeTooOld) {

  private static final Pattern HOSTNAME =
      Pattern.compile("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?(:[0-9]{1,5})?");
  private static final Duration TOMBSTONES = Duration.ofDays(7);

  /** Reads them from the environment. */
  public static Reading<FeedApiSettings> read(Map<String, String> environment) {
    Settings settings = new Settings(FeedApi.NAME, environment);
    KafkaAddress kafka = KafkaAddress.read(settings);
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
    Did service = did(settings, "SERVICE_DID", Generator.did(hostname));
    Did publisher = did(settings, "PUBLISHER", service);
    Optional<String> privacy = page(settings, "PRIVACY_POLICY");
    Optional<String> terms = page(settings, "TERMS_OF_SERVICE");
    int connections = settings.number(settings.own("CONNECTIONS"), 5_000, 10, 100_000);
    int perAddress = settings.number(settings.own("CONNECTIONS_PER_ADDRESS"), 500, 1, 100_000);
    int perSecond = settings.number(settings.own("REQUESTS_PER_SECOND"), 1_000, 1, 1_000_000);
    Duration requestTime = settings.duration(settings.own("REQUEST_TIME"), "10s");
    settings.check(
        requestTime.toSeconds() >= 1 && requestTime.toMinutes() <= 5,
        "COURTSIDE_FEED_API_REQUEST_TIME must be from 1s to 5m");
    TrustedProxies proxies = proxies(settings);
    DashboardSettings dashboard = dashboard(settings);
    FetchSettings identities =
        FetchSettings.DEFAULT
            .withDirectory(
                settings.read(
                    settings.own("PLC_DIRECTORY"),
                    FetchSettings.DEFAULT.directory().toString(),
                    "an http or https address without query",
                    FeedApiSettings::directory))
            .withLocal(settings.flag(settings.own("LOCAL_IDENTITIES"), false));
    Duration seenKeep = settings.duration(settings.own("SEEN_KEEP"), "7d");
    settings.check(seenKeep.isPositive(), "COURTSIDE_FEED_API_SEEN_KEEP must be more than nothing");
    Duration behind = settings.duration(settings.own("BEHIND_LIMIT"), "30s");
    settings.check(
        behind.isPositive(), "COURTSIDE_FEED_API_BEHIND_LIMIT must be more than nothing");
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
            new Generator(hostname, service, publisher, privacy, terms),
            new ClientLimits(connections, perAddress, perSecond, requestTime, proxies),
            dashboard,
            identities,
            seenKeep,
            behind,
            tooOld));
  }

  private static DashboardSettings dashboard(Settings settings) {
    int streams = settings.number(settings.own("EVENT_STREAMS"), 100, 1, 10_000);
    boolean local =
        settings.read(
            settings.own("DASHBOARD"),
            "public",
            "public or local",
            text ->
                switch (text) {
                  case "public" -> Optional.of(false);
                  case "local" -> Optional.of(true);
                  default -> Optional.empty();
                });
    int port = settings.port(settings.own("DASHBOARD_PORT"), 8084);
    return new DashboardSettings(streams, local ? OptionalInt.of(port) : OptionalInt.empty());
  }

  private static Did did(Settings settings, String name, Did otherwise) {
    return settings.read(
        settings.own(name),
        otherwise.value(),
        "a DID",
        text -> Optional.of(text).filter(Did::isValid).map(Did::new));
  }

  private static Optional<URI> directory(String text) {
    try {
      return Optional.of(new URI(text)).filter(FetchSettings::isDirectory);
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  /** A page for people, where there is one. */
  private static Optional<String> page(Settings settings, String name) {
    Optional<String> address = settings.optionalText(settings.own(name));
    settings.check(
        address.isEmpty() || isPage(address.get()),
        "COURTSIDE_FEED_API_%s must be an https address, but is '%s'"
            .formatted(name, address.orElse("")));
    return address;
  }

  private static boolean isPage(String text) {
    try {
      URI uri = new URI(text);
      return "https".equals(uri.getScheme()) && uri.getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static TrustedProxies proxies(Settings settings) {
    Optional<String> text = settings.optionalText(settings.own("TRUSTED_PROXIES"));
    Optional<TrustedProxies> proxies = TrustedProxies.parse(text.orElse(""));
    settings.check(
        proxies.isPresent(),
        "COURTSIDE_FEED_API_TRUSTED_PROXIES must be addresses and networks such as 10.0.0.0/8,"
            + " separated by commas, but is '%s'".formatted(text.orElse("")));
    return proxies.orElse(TrustedProxies.NONE);
  }
}
