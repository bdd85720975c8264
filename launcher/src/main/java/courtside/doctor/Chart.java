package courtside.doctor;

import courtside.atproto.syntax.RecordKey;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.status.ServiceStatus;
import courtside.publish.FeedHost;
import courtside.service.Parts;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.Admin;
import org.jspecify.annotations.Nullable;

/**
 * What one examination has found so far, for the checks that come later. Owns what was opened for
 * several of them. Thread-safe, as a check that has lost its turn may still write.
 */
final class Chart implements AutoCloseable {
  private final Parts parts = new Parts();
  private final SequencedMap<String, String> services = new LinkedHashMap<>();
  private final Map<String, Duration> clocks = new TreeMap<>();
  private final Map<String, Instant> newest = new TreeMap<>();
  private final List<ServiceStatus> speaking = new ArrayList<>();
  private final List<RecordKey> listed = new ArrayList<>();
  private final Set<RecordKey> shown = new HashSet<>();
  private @Nullable Admin admin;
  private @Nullable FeedHost host;
  private @Nullable URI server;
  private @Nullable SequencedMap<RecordKey, FeedDefinition> feeds;
  private Map<FeedVersion, List<FeedStatus>> following = Map.of();
  private boolean topicsThere;
  private boolean listened;

  /** Kafka answers. */
  synchronized void hasKafka(Admin found) {
    admin = parts.add(found);
  }

  synchronized Optional<Admin> kafka() {
    return Optional.ofNullable(admin);
  }

  /** Every topic is there. */
  synchronized void hasTopics() {
    topicsThere = true;
  }

  synchronized boolean topicsThere() {
    return topicsThere;
  }

  /** Closed with the chart. */
  synchronized FeedHost opens(FeedHost opened) {
    return parts.add(opened);
  }

  /** The host answers. */
  synchronized void hasHost(FeedHost found) {
    host = found;
  }

  synchronized Optional<FeedHost> host() {
    return Optional.ofNullable(host);
  }

  /** The publisher's server is known. */
  synchronized void hasServer(URI found) {
    server = found;
  }

  synchronized Optional<URI> server() {
    return Optional.ofNullable(server);
  }

  /** The feeds that are served, by the log, with the definitions that are. */
  synchronized void hasFeeds(SequencedMap<RecordKey, FeedDefinition> found) {
    feeds = new LinkedHashMap<>(found);
  }

  /** Absent where the log was not read. */
  synchronized Optional<SequencedMap<RecordKey, FeedDefinition>> feeds() {
    return Optional.ofNullable(feeds).map(LinkedHashMap::new);
  }

  /** Where each partition of what is served is, but for what fills for the first time. */
  synchronized void follow(Map<FeedVersion, List<FeedStatus>> found) {
    following = new LinkedHashMap<>(found);
  }

  synchronized Map<FeedVersion, List<FeedStatus>> following() {
    return new LinkedHashMap<>(following);
  }

  /** The feeds that the host lists. */
  synchronized void lists(List<RecordKey> found) {
    listed.addAll(found);
  }

  synchronized List<RecordKey> listed() {
    return List.copyOf(listed);
  }

  /** Somebody names the service's DID. */
  synchronized void saw(String whose, String did) {
    services.put(whose, did);
  }

  /** The service's DID, by who names it. */
  synchronized SequencedMap<String, String> services() {
    return new LinkedHashMap<>(services);
  }

  /** Whose clock is how far ahead of this machine's. */
  synchronized void saw(String whose, Duration ahead) {
    clocks.put(whose, ahead);
  }

  synchronized Map<String, Duration> clocks() {
    return new TreeMap<>(clocks);
  }

  /** The first page of a feed is such as the AppView shows. */
  synchronized void shows(RecordKey feed) {
    shown.add(feed);
  }

  synchronized boolean isShown(RecordKey feed) {
    return shown.contains(feed);
  }

  /** When the newest post of a feed was made, as its author says. */
  synchronized void hasNewest(String feed, Instant at) {
    newest.put(feed, at);
  }

  synchronized Map<String, Instant> newest() {
    return new TreeMap<>(newest);
  }

  /** What each instance says that speaks now. */
  synchronized void hear(List<ServiceStatus> heard) {
    listened = true;
    speaking.addAll(heard);
  }

  /** Absent where nobody has listened. */
  synchronized Optional<List<ServiceStatus>> speaking() {
    return listened ? Optional.of(List.copyOf(speaking)) : Optional.empty();
  }

  @Override
  public synchronized void close() {
    parts.close();
  }
}
