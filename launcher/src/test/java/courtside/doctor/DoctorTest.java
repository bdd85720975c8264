package courtside.doctor;

import static courtside.doctor.Installation.DESCRIBE;
import static courtside.doctor.Installation.DID_JSON;
import static courtside.doctor.Installation.DIRECTORY;
import static courtside.doctor.Installation.FEED;
import static courtside.doctor.Installation.HOST;
import static courtside.doctor.Installation.PLC_SERVICE;
import static courtside.doctor.Installation.PUBLISHER;
import static courtside.doctor.Installation.SERVICE;
import static courtside.doctor.Installation.SKELETON;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordKey;
import courtside.doctor.Installation.Part;
import courtside.doctor.Names.Reply;
import courtside.eventlog.topic.Topics;
import courtside.publish.AccountServer;
import courtside.service.kafka.KafkaAddress;
import courtside.testkit.relay.Ending;
import courtside.testkit.relay.fault.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.assertj.core.groups.Tuple;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault is made, and exactly that is found, while everything else stays well. */
@Timeout(60)
final class DoctorTest {
  private static Installation here;

  @TempDir static Path directory;

  @BeforeAll
  static void start() throws Exception {
    here = new Installation(directory);
  }

  @AfterAll
  static void stop() {
    here.close();
  }

  @BeforeEach
  void heal() throws Exception {
    here.heal();
  }

  interface Spoil {
    void run() throws Exception;
  }

  /**
   * A fault.
   *
   * @param wrong what has to be found wrong, and nothing else
   * @param said part of what is found
   * @param unseen what cannot be looked at then, and nothing else
   * @param part what alone is looked at; empty for all
   */
  record Made(
      String fault,
      Spoil spoil,
      Set<String> wrong,
      String said,
      Set<String> unseen,
      Optional<Part> part) {
    Made(String fault, String wrong, String said, Spoil spoil) {
      this(fault, spoil, Set.of(wrong), said, Set.of(), Optional.empty());
    }

    Made hides(String... names) {
      return new Made(fault, spoil, wrong, said, Set.of(names), part);
    }

    Made of(Part only) {
      return new Made(fault, spoil, wrong, said, unseen, Optional.of(only));
    }

    Made also(String name) {
      return new Made(
          fault,
          spoil,
          Stream.concat(wrong.stream(), Stream.of(name)).collect(Collectors.toSet()),
          said,
          unseen,
          part);
    }

    @Override
    public String toString() {
      return fault;
    }
  }

  static Stream<Made> faults() {
    return Stream.of(
            of(Part.OUTSIDE, ofTheHost()),
            of(Part.OUTSIDE, ofTheFeed()),
            of(Part.OUTSIDE, ofTheRecord()),
            of(Part.LOG, ofTheLog()),
            of(Part.LOG, ofServices()),
            of(Part.RELAYS, ofTheRelay()),
            // One of each with all that there is.
            ofTheRest(),
            List.of(
                ofTheHost().getFirst(),
                ofTheFeed().getFirst(),
                ofTheRecord().getFirst(),
                ofTheLog().getFirst(),
                ofServices().getFirst(),
                ofTheRelay().getFirst()))
        .flatMap(List::stream);
  }

  private static List<Made> of(Part part, List<Made> faults) {
    return faults.stream().map(made -> made.of(part)).toList();
  }

  private static List<Made> ofTheHost() {
    return List.of(
        new Made(
                "a name without an address",
                "host",
                "no address is known",
                () -> {
                  here.host = Optional.of("nowhere.invalid");
                })
            .hides("description", "feed", "pages", "refusals"),
        new Made(
                "a certificate for another name",
                "host",
                "certificate",
                () -> here.host = Optional.of("other.example.com"))
            .hides("description", "feed", "pages", "refusals"),
        new Made(
            "no document",
            "host",
            "HTTP 404",
            () -> here.names.answer(DID_JSON, _ -> Reply.page(404))),
        new Made(
            "a document elsewhere",
            "host",
            "leads to https://www.example.com/",
            () ->
                here.names.answer(
                    DID_JSON,
                    _ -> new Reply(301, "text/html", "https://www.example.com/", "moved"))),
        new Made(
            "a document as text",
            "host",
            "found 'text/plain'",
            () ->
                here.names.answer(
                    DID_JSON,
                    _ ->
                        new Reply(
                            200,
                            "text/plain",
                            "",
                            Installation.document(
                                SERVICE, "BskyFeedGenerator", "https://" + HOST)))),
        new Made(
            "a service of another type",
            "host",
            "names no feed generator",
            () ->
                here.names.answer(
                    DID_JSON,
                    _ ->
                        Reply.json(
                            Installation.document(SERVICE, "BskyLabeler", "https://" + HOST)))),
        new Made(
            "another address",
            "host",
            "names https://old.example.com",
            () ->
                here.names.answer(
                    DID_JSON,
                    _ ->
                        Reply.json(
                            Installation.document(
                                SERVICE, "BskyFeedGenerator", "https://old.example.com")))),
        new Made(
            "a document of another",
            "identity",
            "'did:web:old.example.com' in did.json",
            () ->
                here.names.answer(
                    DID_JSON,
                    _ ->
                        Reply.json(
                            Installation.document(
                                "did:web:old.example.com",
                                "BskyFeedGenerator",
                                "https://" + HOST)))),
        new Made(
            "a DID of the directory that names another host",
            "host",
            "found https://old",
            () -> {
              ofTheDirectory();
              here.names.answer(
                  DIRECTORY + "/" + PLC_SERVICE,
                  _ ->
                      Reply.json(
                          Installation.document(
                              PLC_SERVICE, "BskyFeedGenerator", "https://old.example.com")));
            }),
        new Made(
            "a DID that the directory does not know",
            "host",
            "is the DID right?",
            () -> {
              ofTheDirectory();
              here.names.answer(DIRECTORY + "/" + PLC_SERVICE, _ -> Reply.page(404));
            }),
        new Made(
            "a name with a port",
            "host",
            "a host name alone",
            () -> {
              String did = SERVICE + "%3A443";
              here.host = Optional.of(HOST + ":443");
              here.service = Optional.of(new Did(did));
              here.account.hold(FEED, Installation.record(did, "Courts"));
              here.names.answer(
                  DID_JSON,
                  _ ->
                      Reply.json(
                          Installation.document(
                              did, "BskyFeedGenerator", "https://" + HOST + ":443")));
              here.names.answer(
                  DESCRIBE,
                  _ -> Reply.json(Installation.description(did, List.of(Installation.uri(FEED)))));
            }),
        new Made(
            "a description by another DID",
            "identity",
            "in describeFeedGenerator",
            () ->
                here.names.answer(
                    DESCRIBE,
                    _ ->
                        Reply.json(
                            Installation.description(
                                "did:web:old.example.com", List.of(Installation.uri(FEED)))))),
        new Made(
            "a feed that is not listed",
            "description",
            "does not list",
            () ->
                here.names.answer(
                    DESCRIBE, _ -> Reply.json(Installation.description(SERVICE, List.of())))),
        new Made(
            "a feed under another publisher",
            "description",
            "COURTSIDE_FEED_API_PUBLISHER",
            () ->
                here.names.answer(
                    DESCRIBE,
                    _ ->
                        Reply.json(
                            Installation.description(
                                SERVICE,
                                List.of("at://did:web:x.org/app.bsky.feed.generator/" + FEED))))),
        new Made(
            "a description that is a page",
            "description",
            "text/html",
            () -> here.names.answer(DESCRIBE, _ -> Reply.page(200))),
        new Made(
            "no description",
            "description",
            "HTTP 502",
            () -> here.names.answer(DESCRIBE, _ -> Reply.page(502))));
  }

  /** The service has a DID that is not its name, and all is well with that. */
  private static void ofTheDirectory() {
    here.service = Optional.of(new Did(PLC_SERVICE));
    here.account.hold(FEED, Installation.record(PLC_SERVICE, "Courts"));
    here.names.answer(DID_JSON, _ -> Reply.page(404));
    here.names.answer(
        DESCRIBE,
        _ -> Reply.json(Installation.description(PLC_SERVICE, List.of(Installation.uri(FEED)))));
    here.names.answer(
        DIRECTORY + "/" + PLC_SERVICE,
        _ ->
            Reply.json(Installation.document(PLC_SERVICE, "BskyFeedGenerator", "https://" + HOST)));
  }

  /** Pages of one feed, of which each is changed. */
  private static void pages(UnaryOperator<Reply> change) {
    here.names.answer(
        SKELETON,
        uri -> {
          Reply reply = Installation.page(uri);
          return reply.status() == 200 ? change.apply(reply) : reply;
        });
  }

  private static void body(UnaryOperator<String> change) {
    pages(reply -> Reply.json(change.apply(reply.body())));
  }

  private static List<Made> ofTheFeed() {
    String page = "pages " + FEED;
    String feed = "feed " + FEED;
    return List.of(
        new Made(
                "a feed that fails",
                feed,
                "HTTP 500",
                () ->
                    pages(_ ->
                        new Reply(
                            500, "application/json", "", "{\"error\":\"InternalServerError\"}")))
            .hides(page),
        new Made("a page instead of a feed", feed, "HTTP 502", () -> pages(_ -> Reply.page(502)))
            .hides(page),
        new Made(
                "a feed as text",
                feed,
                "as 'text/plain'",
                () -> pages(reply -> new Reply(200, "text/plain", "", reply.body())))
            .hides(page),
        new Made("no list of posts", feed, "without a list", () -> body(_ -> "{}")).hides(page),
        new Made(
                "null instead of nothing",
                feed,
                "no text",
                () -> body(_ -> "{\"feed\":[],\"cursor\":null}"))
            .hides(page),
        new Made(
                "an entry with null",
                feed,
                "nothing null",
                () -> body(body -> body.replaceFirst("\"}", "\",\"feedContext\":null}")))
            .hides(page),
        new Made(
                "a reason without a type",
                feed,
                "a reason that says its $type",
                () ->
                    body(
                        body -> body.replaceFirst("\"}", "\",\"reason\":{\"repost\":\"at://x\"}}")))
            .hides(page),
        new Made(
                "a reason that is no object",
                feed,
                "a reason that says its $type",
                () -> body(body -> body.replaceFirst("\"}", "\",\"reason\":\"repost\"}")))
            .hides(page),
        new Made(
                "a context that is no text",
                feed,
                "feedContext of at most 2000 bytes",
                () -> body(body -> body.replaceFirst("\"}", "\",\"feedContext\":7}")))
            .hides(page),
        new Made(
                "a context that is too long",
                feed,
                "feedContext of at most 2000 bytes",
                () ->
                    body(body ->
                        body.replaceFirst(
                            "\"}", "\",\"feedContext\":\"" + "é".repeat(1_001) + "\"}")))
            .hides(page),
        new Made(
                "an id of a request that is too long",
                feed,
                "a reqId of more than 100 bytes",
                () ->
                    body(body ->
                        body.replaceFirst("\\{", "{\"reqId\":\"" + "a".repeat(101) + "\",")))
            .hides(page),
        new Made(
                "an entry that is no record",
                feed,
                "the address of a record",
                () -> body(body -> body.replaceFirst("at://did", "https://did")))
            .hides(page),
        new Made(
                "more than was asked for",
                feed,
                "31 posts where 30",
                () ->
                    body(body ->
                        body.replaceFirst("\\[", "[{\"post\":\"" + Installation.post(99) + "\"},")))
            .hides(page),
        new Made(
            "a slow feed",
            feed,
            "the AppView gives up",
            () -> here.limits = here.limits.withSlow(Duration.ZERO)),
        new Made(
            "a post on two pages",
            page,
            "again on page 2",
            () ->
                here.names.answer(
                    SKELETON,
                    uri ->
                        "30".equals(Installation.query(uri).get("cursor"))
                            ? Reply.json(Installation.page(29, 30).toString())
                            : Installation.page(uri))),
        new Made(
            "the same cursor again",
            page,
            "the cursor that it was asked for",
            () ->
                here.names.answer(
                    SKELETON,
                    uri ->
                        "30".equals(Installation.query(uri).get("cursor"))
                            ? Reply.json(Installation.page(30, 30).put("cursor", "30").toString())
                            : Installation.page(uri))),
        new Made(
            "cursors in a circle",
            page,
            "that was there before",
            () ->
                here.names.answer(
                    SKELETON,
                    uri ->
                        "60".equals(Installation.query(uri).get("cursor"))
                            ? Reply.json(Installation.page(60, 10).put("cursor", "30").toString())
                            : Installation.page(uri))),
        new Made(
            "a second page that fails",
            page,
            "HTTP 500",
            () ->
                here.names.answer(
                    SKELETON,
                    uri ->
                        "30".equals(Installation.query(uri).get("cursor"))
                            ? Reply.page(500)
                            : Installation.page(uri))),
        new Made(
            "an answer where there is none",
            "refusals",
            "limit=0",
            () ->
                here.names.answer(
                    SKELETON,
                    uri ->
                        "0".equals(Installation.query(uri).get("limit"))
                            ? Reply.json("{\"feed\":[]}")
                            : Installation.page(uri))),
        new Made(
            "a page instead of an error",
            "refusals",
            "as 'text/html'",
            () ->
                here.names.answer(
                    SKELETON,
                    uri -> {
                      Reply reply = Installation.page(uri);
                      return reply.status() == 400 ? Reply.page(400) : reply;
                    })));
  }

  private static List<Made> ofTheRecord() {
    String record = "record " + FEED;
    return List.of(
        new Made(
            "no record",
            record,
            "courtside publish",
            () ->
                here.names.answer(
                    PUBLISHER, _ -> Reply.json(Installation.publisher(emptyServer())))),
        new Made(
            "a record with another name",
            record,
            "found 'Kurte'",
            () -> here.account.hold(FEED, Installation.record(SERVICE, "Kurte"))),
        new Made(
            "a record that leads elsewhere",
            "identity",
            "in the record of courts",
            () ->
                here.account.hold(FEED, Installation.record("did:web:old.example.com", "Courts"))),
        new Made(
            "a server that is away",
            record,
            "no answer from 127.0.0.1",
            () ->
                here.names.answer(
                    PUBLISHER,
                    _ -> Reply.json(Installation.publisher("http://127.0.0.1:" + closed())))),
        new Made(
                "a publisher whom nobody knows",
                "publisher",
                "HTTP 404",
                () -> here.names.answer(PUBLISHER, _ -> Reply.page(404)))
            .hides("record"),
        new Made(
                "a publisher without a server",
                "publisher",
                "name its server",
                () ->
                    here.names.answer(
                        PUBLISHER, _ -> Reply.json("{\"id\":\"" + AccountServer.DID + "\"}")))
            .hides("record"),
        new Made(
                "a publisher who is the service itself",
                "publisher",
                "the feed API's own",
                () -> {
                  here.publisher = here.service;
                  String own = Installation.uri(FEED).replace(AccountServer.DID, SERVICE);
                  here.names.answer(
                      DESCRIBE, _ -> Reply.json(Installation.description(SERVICE, List.of(own))));
                  here.names.answer(
                      SKELETON,
                      uri ->
                          Installation.page(
                              URI.create(
                                  uri.toString()
                                      .replace(encoded(SERVICE), encoded(AccountServer.DID)))));
                })
            .hides("record"));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** Of the same account, without its record. */
  private static String emptyServer() {
    here.account.forget(FEED);
    return here.account.address().toString();
  }

  /** A port at which nobody listens. */
  private static int closed() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Made> ofTheLog() {
    String[] byLog = {
      "topics", "log", "feeds", "ingestor", "processor", "feed-api", "losses", "lag", "history"
    };
    return List.of(
        new Made(
                "no Kafka",
                "kafka",
                "found no answer",
                () -> {
                  here.isImpatient();
                  here.kafka = new KafkaAddress("127.0.0.1:" + closed());
                })
            .hides(byLog),
        new Made(
                "a topic that is gone",
                "topics",
                "feed.interactions",
                () -> here.delete(Topics.FEED_INTERACTIONS))
            .hides("feeds", "ingestor", "processor", "feed-api", "losses", "lag", "history"),
        new Made(
            "a topic that is another",
            "topics",
            "max.message.bytes must be",
            () -> here.limit(Topics.FEED_STATUS, 4_096)),
        new Made("a log that is too large", "log", "COURTSIDE_DISK", () -> here.disk = 1),
        new Made(
            "a feed that nobody has made",
            "feeds",
            "curts",
            () -> here.feeds = List.of(new RecordKey("curts"), new RecordKey(FEED))),
        new Made(
            "a feed that is not served yet",
            "feeds",
            "no version is of later",
            () -> {
              here.isImpatient();
              here.define("later", "Later", Optional.empty());
            }),
        new Made(
            "a new version that stands still",
            "feeds",
            "replays, 11999988 records to go",
            () -> {
              here.isImpatient();
              here.candidate(false);
              here.stands(Installation.CANDIDATE, 1, Instant.now(), Instant.EPOCH);
            }),
        new Made(
            "a new feed that stands still",
            "feeds",
            "fills for the first time",
            () -> {
              here.isImpatient();
              here.isNew();
              here.stands(Installation.VERSION, 1, Instant.now(), Instant.EPOCH);
            }),
        new Made("no frames", "history", "expected frames", () -> here.empty(Topics.FRAMES)),
        new Made(
            "no posts",
            "history",
            "COURTSIDE_INGESTOR_COLLECTIONS",
            () -> here.empty(Topics.POSTS)));
  }

  private static List<Made> ofServices() {
    return List.of(
        new Made("no ingestor", "ingestor", "expected a word of it", () -> isSilent("ingestor")),
        new Made("no processor", "processor", "expected a word of it", () -> isSilent("processor")),
        new Made("no feed API", "feed-api", "expected a word of it", () -> isSilent("feed-api")),
        new Made(
            "a service that is not ready",
            "processor",
            "the store is being eaten",
            () ->
                here.says(
                    "processor",
                    false,
                    Map.of("unacknowledged_losses", 0.0),
                    "the store is being eaten")),
        new Made(
            "an ingestor that is paused",
            "ingestor",
            "paused: courtside ingest resume",
            () -> here.says("ingestor", true, "paused", Map.of("unacknowledged_losses", 0.0))),
        new Made(
            "ingestors that all stand by",
            "ingestor",
            "no instance reads",
            () -> here.says("ingestor", true, "standby", Map.of("unacknowledged_losses", 0.0))),
        new Made(
                "a loss that nobody knows of",
                "losses",
                "courtside incidents acknowledge",
                () ->
                    here.says(
                        "ingestor",
                        false,
                        Map.of("unacknowledged_losses", 2.0, "seconds_since_last_beat", 0.1),
                        "2 incidents"))
            .also("ingestor"),
        new Made(
            "a relay that has fallen silent",
            "lag",
            "found none for 45 s",
            () ->
                here.says(
                    "ingestor",
                    true,
                    Map.of("seconds_since_last_beat", 45.0, "heartbeat_timeout_seconds", 20.0))),
        new Made(
            "frames that are old",
            "lag",
            "1 h 0 min",
            () -> here.says("ingestor", true, Map.of("lag_seconds", 3_600.0))),
        new Made(
            "posts that wait",
            "lag",
            "posts wait to be matched",
            () ->
                here.stands(
                    Installation.VERSION,
                    1,
                    Instant.now(),
                    Instant.now().minus(Duration.ofHours(1)))),
        new Made(
            "a feed of which nobody says where it is",
            "lag",
            "found none for",
            () -> {
              Instant then = Instant.now().minus(Duration.ofHours(1));
              here.stands(Installation.VERSION, Installation.END, then, then);
            }));
  }

  private static void isSilent(String service) {
    here.isImpatient();
    here.speaking.remove(service);
  }

  private static List<Made> ofTheRelay() {
    return List.of(
        new Made(
            "no relay",
            "relay one",
            "nobody listens there",
            () -> here.relays = "one=ws://127.0.0.1:" + closed()),
        new Made(
            "a relay that is none",
            "relay one",
            "HTTP 404",
            () -> here.relays = "one=wss://" + HOST),
        new Made(
            "a silent relay",
            "relay one",
            "none within 2.0 s",
            () -> {
              here.isImpatient();
              here.relayIsSilent();
            }),
        new Made(
            "a relay that refuses",
            "relay one",
            "ConsumerTooSlow",
            () -> here.relaySends(new Fault.Refuses("ConsumerTooSlow"))),
        new Made(
            "a relay that talks",
            "relay one",
            "a message of text",
            () -> here.relaySends(new Fault.Text("good morning"))),
        new Made(
            "a relay that sends what is no frame",
            "relay one",
            "something else",
            () -> here.relaySends(Fault.Sends.of(new byte[] {1, 2, 3}))));
  }

  private static List<Made> ofTheRest() {
    return List.of(
        new Made(
            "a broker whose disk is nearly full",
            "disk",
            "at the broker",
            () -> {
              here.limits = here.limits.withFree(0.15);
              here.where = directory.resolve("nowhere");
              here.says(
                  "ingestor",
                  true,
                  Map.of("broker_disk_usable_bytes", 1e9, "broker_disk_usable_share", 0.05));
            }),
        new Made(
            "a reserve that is used up",
            "disk",
            "reserved",
            () ->
                here.says(
                    "processor", true, Map.of("reserved_bytes", 1e8, "reserved_bytes_used", 2e8))),
        new Made(
            "a full disk",
            "disk",
            "expected 101 % free at",
            () -> here.limits = here.limits.withFree(1.01)),
        new Made(
            "a clock that is ahead",
            "clock",
            "set this machine's clock",
            () -> here.clock = () -> Instant.now().plusSeconds(60)));
  }

  @ParameterizedTest
  @MethodSource("faults")
  void exactlyThatIsFound(Made made) throws Exception {
    made.spoil().run();
    List<Finding> findings =
        made.part().isPresent() ? here.examine(made.part().get()) : here.examine();
    assertThat(names(findings, Finding.State.WRONG))
        .as("wrong, of %s", amiss(findings))
        .containsExactlyInAnyOrderElementsOf(made.wrong());
    assertThat(names(findings, Finding.State.NOT_LOOKED_AT))
        .as("not looked at, of %s", amiss(findings))
        .containsExactlyInAnyOrderElementsOf(made.unseen());
    assertThat(
            findings.stream()
                .filter(finding -> finding.state() == Finding.State.WRONG)
                .map(finding -> finding.said() + " " + finding.todo()))
        .anySatisfy(text -> assertThat(text).contains(made.said()));
    assertThat(findings)
        .filteredOn(finding -> finding.state() == Finding.State.WRONG)
        .allSatisfy(finding -> assertThat(finding.todo()).as(finding.said()).isNotEmpty());
  }

  private static List<Finding> amiss(List<Finding> findings) {
    return findings.stream().filter(finding -> finding.state() != Finding.State.OK).toList();
  }

  private static List<String> names(List<Finding> findings, Finding.State state) {
    return findings.stream()
        .filter(finding -> finding.state() == state)
        .map(Finding::name)
        .toList();
  }

  @Test
  void whateverBecomesOfOneCheckTheNextIsMade() throws Exception {
    Check endless =
        check(
            "endless",
            () -> {
              new CountDownLatch(1).await();
              return List.of();
            });
    Check away =
        check(
            "away",
            () -> {
              throw new KafkaException("it has left");
            });
    Check well = check("well", () -> List.of(Finding.ok("well", "it is")));
    assertThat(new Doctor(List.of(endless, away, well), Duration.ofSeconds(2)).examine(_ -> {}))
        .extracting(Finding::name, Finding::state, Finding::said)
        .containsExactly(
            Tuple.tuple("endless", Finding.State.WRONG, "expected an end within 2.0 s, found none"),
            Tuple.tuple("away", Finding.State.WRONG, "Kafka does not answer: it has left"),
            Tuple.tuple("well", Finding.State.OK, "it is"));
  }

  private interface Looking {
    List<Finding> look() throws InterruptedException;
  }

  private static Check check(String name, Looking looking) {
    return new Check() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public List<Finding> look(Chart chart) throws InterruptedException {
        return looking.look();
      }
    };
  }

  @Test
  void eachPartHasItsOwnTimeAndWhatItFindsIsHandedOverAtOnce() throws Exception {
    Check endless =
        check(
            "endless",
            () -> {
              new CountDownLatch(1).await();
              return List.of();
            });
    Check first = check("first", () -> List.of(Finding.ok("first", "it is")));
    List<String> given = new ArrayList<>();
    Check last =
        check(
            "last",
            () -> {
              assertThat(given).as("what is known by now").containsExactly("first", "endless");
              return List.of(Finding.ok("last", "it is"));
            });
    Check all =
        new Check() {
          @Override
          public String name() {
            return "all";
          }

          @Override
          public List<Check> parts(Chart chart) {
            return List.of(first, endless, last);
          }

          @Override
          public List<Finding> look(Chart chart) {
            throw new IllegalStateException("its parts are looked at");
          }
        };
    assertThat(
            new Doctor(List.of(all), Duration.ofSeconds(2))
                .examine(finding -> given.add(finding.name())))
        .extracting(Finding::name, Finding::state)
        .containsExactly(
            Tuple.tuple("first", Finding.State.OK),
            Tuple.tuple("endless", Finding.State.WRONG),
            Tuple.tuple("last", Finding.State.OK));
  }

  /** So many feeds, all of them well. */
  private static List<String> many() {
    List<String> many = IntStream.range(100, 140).mapToObj(i -> FEED + "-" + i).toList();
    here.served = many;
    many.forEach(feed -> here.account.hold(feed, Installation.record(SERVICE, "Courts")));
    here.names.answer(
        DESCRIBE,
        _ ->
            Reply.json(
                Installation.description(SERVICE, many.stream().map(Installation::uri).toList())));
    here.names.answer(
        SKELETON,
        uri -> Installation.page(URI.create(uri.toString().replaceAll("-1[0-9]{2}", ""))));
    return many;
  }

  @Test
  void ofManyFeedsASampleIsLookedAtAndThatIsSaid() throws Exception {
    many();
    List<Finding> findings = here.examine(Part.OUTSIDE);
    assertThat(names(findings, Finding.State.WRONG)).as("%s", amiss(findings)).isEmpty();
    assertThat(findings)
        .filteredOn(finding -> finding.state() == Finding.State.NOT_LOOKED_AT)
        .extracting(Finding::name, Finding::said)
        .containsExactly(
            Tuple.tuple(
                "other feeds",
                "20 of 40 feeds are looked at outside; --feed NAME looks at others"));
    List<String> well = names(findings, Finding.State.OK);
    for (String matter : List.of("feed ", "pages ", "record ")) {
      assertThat(well.stream().filter(name -> name.startsWith(matter + FEED + "-")))
          .as(matter)
          .hasSize(20)
          .contains(matter + FEED + "-100", matter + FEED + "-138");
    }
  }

  @Test
  void allFeedsThatAreNamedAreLookedAt() throws Exception {
    List<String> many = many();
    here.feeds = many.subList(0, 21).stream().map(RecordKey::new).toList();
    here.served = many.subList(0, 21);
    List<Finding> findings = here.examine(Part.OUTSIDE);
    assertThat(amiss(findings)).isEmpty();
    assertThat(names(findings, Finding.State.OK).stream().filter(name -> name.startsWith("pages ")))
        .hasSize(21);
  }

  @Test
  void thePinnedPostIsNotTheNewest() throws Exception {
    here.names.answer(
        SKELETON,
        uri -> {
          boolean one = "1".equals(Installation.query(uri).get("limit"));
          boolean first = !Installation.query(uri).containsKey("cursor");
          Reply reply = Installation.page(uri);
          return reply.status() != 200 || one || !first
              ? reply
              : Reply.json(
                  reply.body().replaceFirst(Installation.post(0), Installation.post(9_999)));
        });
    here.clock = () -> Installation.NEWEST.plus(Duration.ofMinutes(90));
    assertThat(fresh()).startsWith("the newest post of courts was made 1 h 30 min ago");
    here.clock = () -> Installation.NEWEST.minus(Duration.ofMinutes(90));
    assertThat(fresh())
        .startsWith(
            "the newest post of courts says of itself that it was made 1 h 30 min in the future");
  }

  private static String fresh() throws InterruptedException {
    return here.examine(Part.OUTSIDE).stream()
        .filter(finding -> finding.name().equals("fresh"))
        .map(Finding::said)
        .collect(Collectors.joining());
  }

  @Test
  void allIsWell() throws Exception {
    assertThat(here.examine())
        .extracting(Finding::name, Finding::state)
        .containsExactly(
            Stream.of(
                    "kafka",
                    "topics",
                    "log",
                    "feeds",
                    "ingestor",
                    "processor",
                    "feed-api",
                    "losses",
                    "lag",
                    "history",
                    "relay one",
                    "disk",
                    "host",
                    "description",
                    "feed courts",
                    "pages courts",
                    "refusals",
                    "publisher",
                    "record courts",
                    "identity",
                    "fresh",
                    "clock")
                .map(name -> Tuple.tuple(name, Finding.State.OK))
                .toArray(Tuple[]::new));
  }

  @Test
  void allIsWellWithADidOfTheDirectory() throws Exception {
    ofTheDirectory();
    assertThat(here.examine(Part.OUTSIDE))
        .extracting(Finding::state)
        .containsOnly(Finding.State.OK);
  }

  @Test
  void withoutAHostTheLogIsLookedAt() throws Exception {
    here.host = Optional.empty();
    here.service = Optional.empty();
    here.publisher = Optional.empty();
    List<Finding> findings = here.examine();
    assertThat(names(findings, Finding.State.WRONG)).isEmpty();
    assertThat(names(findings, Finding.State.NOT_LOOKED_AT))
        .containsExactly(
            "host", "description", "feed", "pages", "refusals", "publisher", "record", "identity");
  }

  /** What is behind as it has to be: no fault. */
  record Replay(String name, Spoil begin, String said) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Replay> replays() {
    return Stream.of(
        new Replay(
            "a new feed that fills",
            () -> {
              here.isNew();
              here.moves(Installation.VERSION);
            },
            "courts is served; a version of courts fills for the first time, "),
        new Replay(
            "a new version that replays",
            () -> {
              here.candidate(false);
              here.moves(Installation.CANDIDATE);
            },
            "courts is served; a version of courts replays, "),
        new Replay(
            "a version that is held, and stands",
            () -> {
              here.candidate(true);
              here.stands(Installation.CANDIDATE, 1, Instant.now(), Instant.EPOCH);
            },
            "courts is served; a version of courts is held, "));
  }

  @ParameterizedTest
  @MethodSource("replays")
  void aReplayIsNoFault(Replay replay) throws Exception {
    // As the processor says of all its sets together.
    here.says(
        "processor", true, Map.of("posts_lag_seconds", 3_600.0, "unacknowledged_losses", 0.0));
    replay.begin().run();
    List<Finding> findings = here.examine(Part.LOG);
    assertThat(amiss(findings)).isEmpty();
    assertThat(findings)
        .filteredOn(finding -> finding.name().equals("feeds"))
        .extracting(Finding::said)
        .allSatisfy(said -> assertThat(said).startsWith(replay.said()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"reading", "lagging", "silent", "connecting", "disconnected", "blocked"})
  void whoStandsByIsNoFaultBesideOneThatReads(String state) throws Exception {
    here.says("ingestor", true, state, Map.of("unacknowledged_losses", 0.0));
    here.beside("ingestor", "standby");
    assertThat(here.examine(Part.LOG))
        .filteredOn(finding -> finding.name().equals("ingestor"))
        .extracting(Finding::state)
        .containsExactly(Finding.State.OK);
  }

  @Test
  void aServiceThatSpeaksForTheFirstTimeIsWaitedFor() throws Exception {
    here.forgets("processor");
    here.forgets("feed-api");
    CompletableFuture<Void> later =
        CompletableFuture.runAsync(
            () -> {
              here.says("processor", true, Map.of());
              here.says("feed-api", true, Map.of());
            },
            CompletableFuture.delayedExecutor(2, TimeUnit.SECONDS));
    assertThat(here.examine(Part.LOG))
        .filteredOn(finding -> Set.of("processor", "feed-api").contains(finding.name()))
        .extracting(Finding::state)
        .containsExactly(Finding.State.OK, Finding.State.OK);
    assertThat(later).isCompleted();
  }

  @Test
  void framesMayBeAsOldAsTheIngestorOrTheSettingAllows() throws Exception {
    here.says(
        "ingestor",
        true,
        Map.of("lag_seconds", 3_600.0, "lag_limit_seconds", 7_200.0, "unacknowledged_losses", 0.0));
    assertThat(names(here.examine(Part.LOG), Finding.State.WRONG)).isEmpty();
    here.limits = here.limits.withLate(Optional.of(Duration.ofMinutes(30)));
    assertThat(names(here.examine(Part.LOG), Finding.State.WRONG)).containsExactly("lag");
  }

  @Test
  void dialsNoRelayThatThePipelineDoesNotRead() throws Exception {
    here.cursors("demo");
    long before = here.relay.ledger().opened();
    assertThat(here.examine())
        .filteredOn(finding -> finding.name().equals("relay one"))
        .extracting(Finding::state, Finding::said)
        .containsExactly(
            Tuple.tuple(
                Finding.State.NOT_LOOKED_AT,
                "the pipeline reads 'demo', COURTSIDE_INGESTOR_RELAY names another"));
    assertThat(here.relay.ledger().opened()).isEqualTo(before);

    here.dials = true;
    assertThat(here.examine())
        .filteredOn(finding -> finding.name().equals("relay one"))
        .extracting(Finding::state)
        .containsExactly(Finding.State.OK);
  }

  @Test
  void leavesARelayInOrderAfterOneConnection() throws Exception {
    long before = here.relay.ledger().opened();
    assertThat(names(here.examine(Part.RELAYS), Finding.State.OK)).containsExactly("relay one");
    assertThat(here.relay.ledger().opened()).isEqualTo(before + 1);
    await().untilAsserted(() -> assertThat(here.relay.ledger().open()).isZero());
    assertThat(here.relay.ledger().streams().getLast().ending())
        .isEqualTo(Optional.of(Ending.CLIENT_CLOSED));
  }
}
