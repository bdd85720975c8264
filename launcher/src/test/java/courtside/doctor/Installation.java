package courtside.doctor;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.Bytes;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordKey;
import courtside.atproto.syntax.Tid;
import courtside.broker.EmbeddedBroker;
import courtside.doctor.Names.Reply;
import courtside.eventlog.feed.FeedDefinition;
import courtside.eventlog.feed.FeedState;
import courtside.eventlog.feed.FeedStatus;
import courtside.eventlog.feed.FeedVersion;
import courtside.eventlog.firehose.Observations;
import courtside.eventlog.status.ServiceStatus;
import courtside.eventlog.topic.DiskBudget;
import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.TopicContract;
import courtside.eventlog.topic.Topics;
import courtside.ingestor.relay.RelayAddress;
import courtside.publish.AccountServer;
import courtside.publish.Repository;
import courtside.service.Parts;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.recording.Recording;
import courtside.testkit.relay.FrameLog;
import courtside.testkit.relay.Injection;
import courtside.testkit.relay.Relay;
import courtside.testkit.relay.RelaySettings;
import courtside.testkit.relay.fault.Cue;
import courtside.testkit.relay.fault.Fault;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a doctor looks at, with nothing wrong: a real broker with the topics, a relay,
 * services that speak, and by TLS a feed API, a directory and an account's server. Each part can be
 * spoilt; {@link #heal} makes all well again.
 */
public final class Installation implements AutoCloseable {
  static final String HOST = "feeds.example.com";
  static final String SERVICE = "did:web:" + HOST;
  static final String PLC_SERVICE = "did:plc:2222222222222222222222aa";
  static final String FEED = "courts";
  static final Instant NEWEST = Instant.parse("2026-01-02T03:04:05Z");
  static final String DID_JSON = HOST + "/.well-known/did.json";
  static final String DESCRIBE = HOST + "/xrpc/app.bsky.feed.describeFeedGenerator";
  static final String SKELETON = HOST + "/xrpc/app.bsky.feed.getFeedSkeleton";
  static final String DIRECTORY = "plc.example.com";
  static final String PUBLISHER = DIRECTORY + "/" + AccountServer.DID;
  private static final int POSTS = 70;
  static final String VERSION = "v1";
  static final String CANDIDATE = "v2";
  static final long END = 1_000_000;

  final Names names;
  final EmbeddedBroker broker;
  final Admin admin;
  final Relay relay;
  final Map<String, ServiceStatus> speaking = new ConcurrentHashMap<>();

  private final Parts parts = new Parts();
  private final Path data;
  private final KafkaProducer<String, byte[]> producer;
  private final ScheduledFuture<?> voices;
  private final byte[] frame;
  private final List<Topic> emptied = new ArrayList<>();
  private Injection sent;
  private String moving = "";
  private long moved;

  // Made anew each time.
  AccountServer account;
  Optional<String> host = Optional.of(HOST);
  Optional<Did> service = Optional.of(new Did(SERVICE));
  Optional<Did> publisher = Optional.of(new Did(AccountServer.DID));
  KafkaAddress kafka;
  String relays = "";
  boolean dials;
  Path where;
  long disk;
  List<RecordKey> feeds = List.of();
  List<String> served = List.of(FEED);
  Limits limits = Limits.DEFAULT;
  InstantSource clock = InstantSource.system();

  /** Begins, with everything well. */
  public Installation(Path directory) throws Exception {
    data = Files.createDirectories(directory.resolve("data"));
    where = data;
    names = parts.add(new Names(directory, HOST, DIRECTORY));
    broker = parts.add(EmbeddedBroker.start(directory.resolve("kafka"), 0));
    kafka = new KafkaAddress(broker.bootstrap());
    admin = parts.add(Admin.create(kafka.client()));
    producer =
        parts.add(
            new KafkaProducer<>(kafka.client(), new StringSerializer(), new ByteArraySerializer()));
    makeTopics();
    write(Topics.FRAMES, "did:plc:a", new byte[] {1});
    write(Topics.POSTS, "did:plc:a", new byte[] {1});
    FrameLog frames = parts.add(FrameLog.open(directory.resolve("relay")));
    relay = parts.add(Relay.start(RelaySettings.DEFAULT, frames));
    frame = Recording.bundled().frames().getFirst().bytes().toArray();
    sent = send(new Fault.Sends(Bytes.of(frame)));
    ScheduledExecutorService speaker = Executors.newSingleThreadScheduledExecutor();
    parts.add(speaker);
    voices = speaker.scheduleWithFixedDelay(this::speak, 0, 50, TimeUnit.MILLISECONDS);
    account = new AccountServer();
    heal();
  }

  private void makeTopics() throws InterruptedException {
    new TopicContract(admin, new DiskBudget(DiskBudget.LEAST)).enforce(Topics.ALL);
  }

  /** Whatever was spoilt is well again. */
  void heal() throws Exception {
    limit(Topics.FEED_STATUS, Topics.FEED_STATUS.maxMessageBytes());
    makeTopics();
    undefine("later");
    write(Topics.FEED_DEFINITIONS, FeedVersion.of(FEED, CANDIDATE).key(), null);
    define(FEED, "Courts", Optional.of(VERSION));
    stands(VERSION, END, Instant.now(), Instant.now());
    for (Topic topic : emptied) {
      write(topic, "did:plc:a", new byte[] {1});
    }
    emptied.clear();
    account.close();
    account = new AccountServer();
    account.hold(FEED, record(SERVICE, "Courts"));
    host = Optional.of(HOST);
    service = Optional.of(new Did(SERVICE));
    publisher = Optional.of(new Did(AccountServer.DID));
    kafka = new KafkaAddress(broker.bootstrap());
    relays = "one=" + relay.uri();
    dials = false;
    cursors("one");
    where = data;
    disk = DiskBudget.LEAST;
    feeds = List.of();
    served = List.of(FEED);
    clock = InstantSource.system();
    limits = Limits.DEFAULT.withFree(0);
    relaySends(new Fault.Sends(Bytes.of(frame)));
    forgetsWhoIsBeside();
    says(
        "ingestor",
        true,
        Map.of(
            "seconds_since_last_beat",
            0.1,
            "heartbeat_timeout_seconds",
            20.0,
            "unacknowledged_losses",
            0.0));
    says("processor", true, Map.of("frames_lag_seconds", 0.5, "unacknowledged_losses", 0.0));
    says("feed-api", true, Map.of("seconds_behind", 0.2, "seconds_since_item", 12.0));
    names.answer(
        DID_JSON, _ -> Reply.json(document(SERVICE, "BskyFeedGenerator", "https://" + HOST)));
    names.answer(DESCRIBE, _ -> Reply.json(description(SERVICE, List.of(uri(FEED)))));
    names.answer(SKELETON, Installation::page);
    names.answer(PUBLISHER, _ -> Reply.json(publisher(account.address().toString())));
    names.answer(DIRECTORY + "/" + PLC_SERVICE, _ -> new Reply(404, "application/json", "", "{}"));
  }

  /** Who is silent is not waited for as long as usual. */
  void isImpatient() {
    limits = limits.withPatience(Duration.ofSeconds(2));
  }

  /** The record's name of the feed. */
  public void names(String name) {
    account.hold(FEED, record(SERVICE, name));
  }

  /** How it is told to a command; the disk that this is on is anybody's. */
  public List<String> options() {
    return List.of(
        "--host",
        HOST,
        "--publisher",
        AccountServer.DID,
        "--plc-directory",
        "https://" + DIRECTORY,
        "--kafka",
        broker.bootstrap(),
        "--relay",
        "one=" + relay.uri(),
        "--data",
        data.resolve("nowhere").toString());
  }

  /** What may be looked at alone, where the fault that is made has nothing to do with the rest. */
  enum Part {
    LOG,
    RELAYS,
    OUTSIDE
  }

  List<Finding> examine() throws InterruptedException {
    return new Doctor(examination(), clock).examine(_ -> {});
  }

  List<Finding> examine(Part part) throws InterruptedException {
    Examination examination = examination();
    List<Check> checks =
        switch (part) {
          case LOG -> Doctor.ofTheLog(examination, clock);
          case RELAYS -> Doctor.ofRelays(examination);
          case OUTSIDE -> {
            List<Check> all = new ArrayList<>(List.of(new Known()));
            all.addAll(Doctor.outside(examination, clock));
            yield all;
          }
        };
    return new Doctor(checks, limits.check()).examine(_ -> {});
  }

  /** What the log says, without looking. */
  private final class Known implements Check {
    @Override
    public String name() {
      return "known";
    }

    @Override
    public List<Finding> look(Chart chart) {
      SequencedMap<RecordKey, FeedDefinition> known = new LinkedHashMap<>();
      served.forEach(feed -> known.put(new RecordKey(feed), definition("Courts", false)));
      chart.hasFeeds(known);
      chart.hear(List.copyOf(speaking.values()));
      return List.of();
    }
  }

  private Examination examination() {
    return new Examination(
        host,
        service,
        publisher,
        kafka,
        RelayAddress.parseList(relays).orElseThrow(),
        dials,
        where,
        disk,
        URI.create("https://" + DIRECTORY),
        feeds,
        limits);
  }

  static String uri(String feed) {
    return Repository.uri(new Did(AccountServer.DID), new RecordKey(feed));
  }

  static ObjectNode record(String did, String name) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("$type", Repository.COLLECTION)
        .put("did", did)
        .put("displayName", name)
        .put("createdAt", "2026-01-02T03:04:05Z");
  }

  static String document(String did, String type, String endpoint) {
    return """
    {"@context":["https://www.w3.org/ns/did/v1"],"id":"%s","service":[{"id":"#bsky_fg",
    "type":"%s","serviceEndpoint":"%s"}]}\
    """
        .formatted(did, type, endpoint);
  }

  static String description(String did, List<String> feeds) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("did", did);
    var list = body.putArray("feeds");
    feeds.forEach(feed -> list.addObject().put("uri", feed));
    return body.toString();
  }

  static String publisher(String server) {
    return """
    {"id":"%s","alsoKnownAs":["at://owner.example.com"],"service":[{"id":"#atproto_pds",
    "type":"AtprotoPersonalDataServer","serviceEndpoint":"%s"}]}\
    """
        .formatted(AccountServer.DID, server);
  }

  /** The parameters of a request. */
  static Map<String, String> query(URI uri) {
    Map<String, String> query = new HashMap<>();
    String raw = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    for (String part : raw.split("&", -1)) {
      String[] pair = part.split("=", 2);
      if (pair.length == 2) {
        query.put(pair[0], URLDecoder.decode(pair[1], StandardCharsets.UTF_8));
      }
    }
    return query;
  }

  /** A feed of some posts, as it is to be served. */
  static Reply page(URI uri) {
    Map<String, String> query = query(uri);
    int limit;
    int from;
    try {
      limit = Integer.parseInt(query.getOrDefault("limit", "50"));
      from = Integer.parseInt(query.getOrDefault("cursor", "0"));
    } catch (NumberFormatException e) {
      return Reply.refusal("InvalidRequest");
    }
    if (limit < 1 || limit > 100) {
      return Reply.refusal("InvalidRequest");
    }
    if (!uri(FEED).equals(query.get("feed"))) {
      return Reply.refusal(query.containsKey("feed") ? "UnknownFeed" : "InvalidRequest");
    }
    return Reply.json(page(from, limit).toString());
  }

  static ObjectNode page(int from, int limit) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    var list = body.putArray("feed");
    int end = Math.min(POSTS, from + limit);
    IntStream.range(from, end).forEach(post -> list.addObject().put("post", post(post)));
    if (end < POSTS) {
      body.put("cursor", Integer.toString(end));
    }
    return body;
  }

  static String post(int number) {
    return "at://"
        + AccountServer.DID
        + "/app.bsky.feed.post/"
        + Tid.at(NEWEST.minusSeconds(number), 1).value();
  }

  void says(String service, boolean ready, Map<String, Double> figures, String... reasons) {
    String working = service.equals("ingestor") ? "reading" : "working";
    says(service, ready, ready ? working : "failed", figures, reasons);
  }

  void says(
      String service, boolean ready, String state, Map<String, Double> figures, String... reasons) {
    speaking.put(service, status(service, "a-" + service, ready, state, figures, reasons));
  }

  /** A second instance. */
  void beside(String service, String state) {
    speaking.put("beside", status(service, "b-" + service, true, state, Map.of()));
  }

  private static ServiceStatus status(
      String service,
      String instance,
      boolean ready,
      String state,
      Map<String, Double> figures,
      String... reasons) {
    return new ServiceStatus(
        service,
        instance,
        Instant.EPOCH,
        ready,
        state,
        List.of(reasons),
        figures,
        Optional.empty());
  }

  private synchronized void forgetsWhoIsBeside() throws Exception {
    speaking.clear();
    write(Topics.SERVICE_STATUS, "ingestor/b-ingestor", null);
  }

  /** A service is silent, and it is forgotten that it has ever spoken. */
  synchronized void forgets(String service) throws Exception {
    speaking.remove(service);
    write(Topics.SERVICE_STATUS, service + "/a-" + service, null);
  }

  private synchronized void speak() {
    if (!moving.isEmpty()) {
      moved++;
      say(moving, moved, Instant.now(), Instant.now().minus(Duration.ofHours(1)));
    }
    speaking.forEach((_, status) -> {
      ServiceStatus now =
          new ServiceStatus(
              status.service(),
              status.instance(),
              Instant.now(),
              status.ready(),
              status.state(),
              status.reasons(),
              status.figures(),
              status.answers());
      var _ =
          producer.send(
              new ProducerRecord<>(
                  Topics.SERVICE_STATUS.name(), now.key(), ServiceStatus.FORMAT.encode(now)));
    });
  }

  /** A feed in the log; empty where no version of it is served. */
  void define(String feed, String name, Optional<String> served) throws Exception {
    write(
        Topics.FEED_DEFINITIONS,
        FeedVersion.of(feed, VERSION).key(),
        FeedDefinition.FORMAT.encode(definition(name, false)));
    decide(feed, served, Optional.empty(), Instant.EPOCH);
  }

  /** A version of the feed that is to be served next. */
  void candidate(boolean hold) throws Exception {
    write(
        Topics.FEED_DEFINITIONS,
        FeedVersion.of(FEED, CANDIDATE).key(),
        FeedDefinition.FORMAT.encode(definition("Courts", hold)));
    decide(FEED, Optional.of(VERSION), Optional.of(CANDIDATE), Instant.EPOCH);
  }

  /** The feed was applied just now, for the first time. */
  void isNew() throws Exception {
    decide(FEED, Optional.of(VERSION), Optional.empty(), Instant.now());
  }

  private void decide(
      String feed, Optional<String> served, Optional<String> candidate, Instant switchedAt)
      throws Exception {
    FeedState state =
        new FeedState(served, Optional.empty(), candidate, List.of(), false, switchedAt, List.of());
    write(Topics.FEED_DEFINITIONS, feed, FeedState.FORMAT.encode(state));
  }

  private static FeedDefinition definition(String name, boolean hold) {
    return new FeedDefinition(
        "set",
        1,
        name,
        "",
        "court",
        "",
        List.of(),
        List.of(),
        List.of(),
        Optional.empty(),
        Duration.ofDays(28),
        Optional.empty(),
        hold);
  }

  /** Of every partition of a version this was said last. */
  synchronized void stands(String version, long position, Instant at, Instant seenAt) {
    moving = "";
    say(version, position, at, seenAt);
  }

  /** A version gets on, from an hour ago. */
  synchronized void moves(String version) {
    moving = version;
  }

  private void say(String version, long position, Instant at, Instant seenAt) {
    byte[] status =
        FeedStatus.FORMAT.encode(new FeedStatus(at, position, END, seenAt, position, position));
    for (int partition = 0; partition < Topics.POSTS.partitions(); partition++) {
      var _ =
          producer.send(
              new ProducerRecord<>(
                  Topics.FEED_STATUS.name(),
                  FeedVersion.of(FEED, version).statusKey(partition),
                  status));
    }
    producer.flush();
  }

  void undefine(String feed) throws Exception {
    write(Topics.FEED_DEFINITIONS, FeedVersion.of(feed, VERSION).key(), null);
    write(Topics.FEED_DEFINITIONS, feed, null);
  }

  void write(Topic topic, String key, byte @Nullable [] value) throws Exception {
    var _ = producer.send(new ProducerRecord<>(topic.name(), key, value)).get();
  }

  /** Another limit of a topic's records than it must have; the broker knows of it then. */
  void limit(Topic topic, int bytes) throws Exception {
    ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
    ConfigEntry entry = new ConfigEntry("max.message.bytes", Integer.toString(bytes));
    var _ =
        admin
            .incrementalAlterConfigs(
                Map.of(resource, List.of(new AlterConfigOp(entry, AlterConfigOp.OpType.SET))))
            .all()
            .get();
    await()
        .until(() -> {
          Config config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
          return config != null && entry.value().equals(config.get(entry.name()).value());
        });
  }

  /** Deletes a topic; the broker knows of it then. */
  void delete(Topic topic) throws Exception {
    var _ = admin.deleteTopics(List.of(topic.name())).all().get();
    await().until(() -> !admin.listTopics().names().get().contains(topic.name()));
  }

  /** The log has a cursor of this relay, and of no other. */
  void cursors(String name) throws Exception {
    for (String other : List.of("one", "demo")) {
      write(Topics.CURSORS, other, other.equals(name) ? new byte[] {1} : null);
    }
    write(Topics.CURSORS, Observations.key("beside"), new byte[] {1});
  }

  /** As if retention had taken all of it. */
  void empty(Topic topic) throws Exception {
    emptied.add(topic);
    Map<TopicPartition, RecordsToDelete> all = new HashMap<>();
    for (int partition = 0; partition < topic.partitions(); partition++) {
      all.put(new TopicPartition(topic.name(), partition), RecordsToDelete.beforeOffset(-1));
    }
    var _ = admin.deleteRecords(all).all().get();
  }

  /** What every connection is sent, once; nothing else comes. */
  void relaySends(Fault.OnStream fault) {
    sent.cancel();
    sent = send(fault);
  }

  void relayIsSilent() {
    sent.cancel();
  }

  private Injection send(Fault fault) {
    return relay.inject(fault, Cue.everyConnection());
  }

  @Override
  public void close() {
    voices.cancel(false);
    account.close();
    parts.close();
  }
}
