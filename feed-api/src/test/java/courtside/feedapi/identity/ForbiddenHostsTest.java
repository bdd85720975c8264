package courtside.feedapi.identity;

import static org.assertj.core.api.Assertions.assertThat;

import courtside.atproto.syntax.Did;
import courtside.feedapi.identity.KeyAnswer.Failed;
import courtside.feedapi.identity.KeyAnswer.Found;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hosts that a stranger names to have this service reach where the stranger cannot. Whatever is
 * dialled by mistake, at any address, is led to listeners that count; that they can be reached is
 * shown by the same means.
 */
@Timeout(300)
final class ForbiddenHostsTest {
  private static final String HOST = "host.example";
  private static final Did DID = new Did("did:web:" + HOST);
  private static final String GOOD = "8.8.8.8";
  private static Certificate certificate;

  @TempDir static Path directory;

  private final Map<String, List<String>> addresses = new ConcurrentHashMap<>();
  private final List<String> lookedUp = new CopyOnWriteArrayList<>();
  private final List<InetSocketAddress> dialled = new CopyOnWriteArrayList<>();
  private DocumentHost host;
  private DocumentHost inside;
  private DocumentFetcher fetcher;

  @BeforeAll
  static void makeCertificate() throws Exception {
    certificate = Certificate.make(directory, HOST);
  }

  @BeforeEach
  void start() throws Exception {
    host =
        DocumentHost.secured(
            certificate.shown(), DocumentHost.says("200 OK", Documents.of(DID.value())));
    inside = DocumentHost.plain(DocumentHost.says("200 OK", Documents.of(DID.value())));
    fetcher = start(this::lookUp);
  }

  @AfterEach
  void stop() throws Exception {
    fetcher.close();
    host.close();
    inside.close();
  }

  private DocumentFetcher start(Names names) throws Exception {
    return DocumentFetcher.start(
        FetchSettings.DEFAULT.withDeadline(Duration.ofSeconds(20)),
        new Dialling(names, PublicAddresses::isPublic, this::route),
        certificate.trusted(),
        System::nanoTime);
  }

  private List<InetAddress> lookUp(String name) throws UnknownHostException {
    lookedUp.add(name);
    List<String> found = addresses.get(name);
    if (found == null) {
      throw new UnknownHostException(name);
    }
    return found.stream().map(InetAddress::ofLiteral).toList();
  }

  private InetSocketAddress route(InetSocketAddress address) {
    dialled.add(address);
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), host.port());
  }

  private KeyAnswer fetch(String did) {
    return fetcher.fetch(new Did(did)).join();
  }

  @Test
  void aGoodHostIsReachedByThisPath() {
    addresses.put(HOST, List.of(GOOD));
    assertThat(fetch(DID.value())).isEqualTo(new Found(Documents.KEY));
    assertThat(host.accepted()).isOne();
    assertThat(dialled).containsExactly(new InetSocketAddress(InetAddress.ofLiteral(GOOD), 443));
    assertThat(host.requests().getFirst())
        .contains("GET /.well-known/did.json HTTP/1.1", "Host: " + HOST);
  }

  /** Names with a dot, whatever they look like, that lead to a bad address. */
  static Stream<Map.Entry<String, List<String>>> leading() {
    return Map.ofEntries(
        Map.entry("127.0.0.1.nip.io", List.of("127.0.0.1")),
        Map.entry("169.254.169.254.nip.io", List.of("169.254.169.254")),
        Map.entry("7f000001.nip.io", List.of("127.0.0.1")),
        Map.entry("10-0-0-1.sslip.io", List.of("10.0.0.1")),
        Map.entry("localtest.me", List.of("127.0.0.1")),
        Map.entry("kafka.localhost", List.of("127.0.0.1", "::1")),
        Map.entry("metadata.google.internal", List.of("169.254.169.254")),
        Map.entry("broker.kafka.svc.cluster.local", List.of("10.96.0.10")),
        Map.entry("private-a.example", List.of("10.1.2.3")),
        Map.entry("private-b.example", List.of("172.16.0.1")),
        Map.entry("private-b-end.example", List.of("172.31.255.254")),
        Map.entry("private-c.example", List.of("192.168.1.1")),
        Map.entry("shared.example", List.of("100.64.0.1")),
        Map.entry("alibaba-metadata.example", List.of("100.100.100.200")),
        Map.entry("oracle-metadata.example", List.of("192.0.0.192")),
        Map.entry("this-network.example", List.of("0.0.0.0")),
        Map.entry("this-network-too.example", List.of("0.1.2.3")),
        Map.entry("loopback-far.example", List.of("127.255.255.254")),
        Map.entry("documentation.example", List.of("203.0.113.7")),
        Map.entry("benchmark.example", List.of("198.18.0.1")),
        Map.entry("multicast.example", List.of("224.0.0.1")),
        Map.entry("reserved.example", List.of("240.0.0.1")),
        Map.entry("broadcast.example", List.of("255.255.255.255")),
        Map.entry("six-loopback.example", List.of("::1")),
        Map.entry("six-unspecified.example", List.of("::")),
        Map.entry("six-local.example", List.of("fe80::1")),
        Map.entry("six-site.example", List.of("fec0::1")),
        Map.entry("six-unique.example", List.of("fd00:ec2::254")),
        Map.entry("six-multicast.example", List.of("ff02::1")),
        Map.entry("six-mapped.example", List.of("::ffff:127.0.0.1")),
        Map.entry("six-compatible.example", List.of("::127.0.0.1")),
        Map.entry("six-translated.example", List.of("64:ff9b::7f00:1")),
        Map.entry("six-translated-metadata.example", List.of("64:ff9b::a9fe:a9fe")),
        Map.entry("six-translated-locally.example", List.of("64:ff9b:1::a00:1")),
        Map.entry("six-to-four.example", List.of("2002:7f00:1::")),
        Map.entry("teredo.example", List.of("2001:0:7f00:1::1")),
        Map.entry("six-documentation.example", List.of("2001:db8::1")),
        Map.entry("six-discard.example", List.of("100::1")),
        Map.entry("last-of-many.example", List.of(GOOD, "1.1.1.1", "9.9.9.9", "127.0.0.1")),
        Map.entry(
            "behind-those-dialled.example", List.of(GOOD, GOOD, GOOD, GOOD, GOOD, "10.0.0.1")),
        Map.entry("first-of-many.example", List.of("127.0.0.1", GOOD)),
        Map.entry("one-of-the-other-kind.example", List.of(GOOD, "::1")))
        .entrySet()
        .stream();
  }

  @Test
  void noNameLeadsInside() {
    List<Map.Entry<String, List<String>>> all = leading().toList();
    assertThat(all).hasSizeGreaterThan(40);
    for (Map.Entry<String, List<String>> one : all) {
      addresses.put(one.getKey(), one.getValue());
      assertThat(fetch("did:web:" + one.getKey()))
          .as(one.getKey())
          .isEqualTo(new Failed(KeyFailure.FORBIDDEN_ADDRESS));
      assertThat(lookedUp).as("or it was refused for another reason").contains(one.getKey());
    }
    assertNothingReached();
  }

  /** What is no name of a host with a dot, and so is nobody's. */
  private List<String> nobodys() {
    return List.of(
        "did:web:127.0.0.1",
        "did:web:127.1",
        "did:web:0.0.0.0",
        "did:web:2130706433",
        "did:web:0x7f000001",
        "did:web:0x7f.1",
        "did:web:0177.0.0.1",
        "did:web:169.254.169.254",
        "did:web:127.0.0.1%3A" + inside.port(),
        "did:web:::1",
        "did:web:%5B::1%5D",
        "did:web:%5B%3A%3A1%5D",
        "did:web:%5B%3A%3Affff%3A127.0.0.1%5D",
        "did:web:localhost",
        "did:web:localhost%3A" + inside.port(),
        "did:web:localhost%3a" + inside.port(),
        "did:web:LOCALHOST",
        "did:web:LocalHost%3A" + inside.port(),
        "did:web:localhost%2E",
        "did:web:localhost.",
        "did:web:kafka",
        "did:web:host.example%3A443",
        "did:web:host.example%3A9092",
        "did:web:host.example:443",
        "did:web:host.example:path",
        "did:web:host.example:..:admin",
        "did:web:host.example%2Fadmin",
        "did:web:host.example%3Fx",
        "did:web:host.example%23x",
        "did:web:host.example%5C",
        "did:web:host.example%00.example",
        "did:web:host.example%0D%0Ax.example",
        "did:web:user%40host.example",
        "did:web:user%3Apassword%40host.example",
        "did:web:127.0.0.1%40host.example",
        "did:web:host.example%40127.0.0.1",
        "did:web:host..example",
        "did:web:.host.example",
        "did:web:-host.example",
        "did:web:host_name.example",
        "did:web:host%2Eexample",
        "did:web:host.example.1",
        "did:web:%31%32%37.0.0.1",
        "did:web:" + "a".repeat(64) + ".example",
        "did:web:" + "a.".repeat(130) + "example",
        "did:key:zQ3shscXNYZQZSPwegiv7uQZZV5kzATLBRtgJhs7uRY7pfSk4",
        "did:http:host.example",
        "did:plc:127.0.0.1");
  }

  @Test
  void whatIsNoNameIsNotEvenLookedUp() {
    addresses.put(HOST, List.of(GOOD));
    int tried = 0;
    for (String text : nobodys()) {
      if (Did.isValid(text)) {
        tried++;
        assertThat(fetcher.refuses(new Did(text))).as(text).isPresent();
        assertThat(fetch(text))
            .as(text)
            .isIn(
                new Failed(KeyFailure.UNSUPPORTED_METHOD),
                new Failed(KeyFailure.FORBIDDEN_ADDRESS));
      }
    }
    assertThat(tried).as("the others are no DIDs").isGreaterThan(40);
    assertThat(lookedUp).isEmpty();
    assertNothingReached();
  }

  private void assertNothingReached() {
    assertThat(dialled).isEmpty();
    assertThat(host.accepted()).isZero();
    assertThat(inside.accepted()).isZero();
  }

  @Test
  void aNameThatMeansSomethingElseTheNextMomentLeadsNowhereElse() throws Exception {
    List<List<String>> turns = new ArrayList<>(List.of(List.of(GOOD), List.of("127.0.0.1")));
    List<String> looks = new CopyOnWriteArrayList<>();
    try (DocumentFetcher rebinding =
        start(name -> {
          looks.add(name);
          return turns.removeFirst().stream().map(InetAddress::ofLiteral).toList();
        })) {
      assertThat(rebinding.fetch(DID).join()).isEqualTo(new Found(Documents.KEY));
      assertThat(looks).as("what was judged is what was dialled").hasSize(1);
      assertThat(dialled).containsExactly(new InetSocketAddress(InetAddress.ofLiteral(GOOD), 443));
      assertThat(rebinding.fetch(DID).join()).isEqualTo(new Failed(KeyFailure.FORBIDDEN_ADDRESS));
      assertThat(looks).hasSize(2);
      assertThat(dialled).hasSize(1);
      assertThat(host.accepted()).isOne();
    }
  }

  @Test
  void nobodySendsItOn() throws IOException {
    addresses.put(HOST, List.of(GOOD));
    int asked = 0;
    for (String target :
        List.of(
            "http://127.0.0.1:" + inside.port() + "/",
            "http://localhost:" + inside.port() + "/",
            "//127.0.0.1:" + inside.port() + "/",
            "https://" + HOST + "/elsewhere",
            "/elsewhere")) {
      for (String status : List.of("301 x", "302 x", "303 x", "307 x", "308 x", "300 x", "304 x")) {
        host.answer(
            DocumentHost.says(
                status, List.of("Location: " + target, "Refresh: 0; url=" + target), new byte[0]));
        asked++;
        assertThat(fetch(DID.value()))
            .as("%s to %s", status, target)
            .isEqualTo(new Failed(KeyFailure.REDIRECTED));
      }
    }
    assertThat(host.requests()).hasSize(asked);
    assertThat(inside.accepted()).isZero();
  }

  @Test
  void nothingElseThatAHostSaysBringsAnotherRequest() {
    addresses.put(HOST, List.of(GOOD));
    int asked = 0;
    for (String status :
        List.of("401 x", "407 x", "101 x", "103 x", "102 x", "100 x", "421 x", "503 x", "206 x")) {
      host.answer((request, out) -> {
        out.write(
            DocumentHost.head(
                status,
                List.of(
                    "WWW-Authenticate: Basic realm=x",
                    "Proxy-Authenticate: Basic realm=x",
                    "Upgrade: x",
                    "Connection: close",
                    "Retry-After: 0",
                    "Link: <http://127.0.0.1:" + inside.port() + "/>; rel=preload",
                    "Content-Length: 0")));
        out.flush();
        throw new IOException("the connection ends");
      });
      asked++;
      assertThat(fetch(DID.value())).as(status).isInstanceOf(Failed.class);
    }
    assertThat(host.requests()).hasSize(asked);
    assertThat(inside.accepted()).isZero();
  }

  @Test
  void noProxyIsAsked() {
    addresses.put(HOST, List.of(GOOD));
    Map<String, String> proxies =
        Map.of(
            "https.proxyHost",
            "127.0.0.1",
            "https.proxyPort",
            "" + inside.port(),
            "http.proxyHost",
            "127.0.0.1",
            "http.proxyPort",
            "" + inside.port(),
            "socksProxyHost",
            "127.0.0.1",
            "socksProxyPort",
            "" + inside.port());
    proxies.forEach(System::setProperty);
    try {
      assertThat(fetch(DID.value())).isEqualTo(new Found(Documents.KEY));
    } finally {
      proxies.keySet().forEach(System::clearProperty);
    }
    assertThat(inside.accepted()).isZero();
  }

  @Test
  void whoShowsTheCertificateOfAnotherIsNotAsked() {
    addresses.put("other.example", List.of(GOOD));
    assertThat(fetch("did:web:other.example")).isEqualTo(new Failed(KeyFailure.UNREACHABLE));
    assertThat(host.accepted()).isOne();
    assertThat(host.requests()).isEmpty();
  }

  @Test
  void thisMachineIsAskedWhereTheOperatorSaysSoAndNoOther() throws Exception {
    Did local = new Did("did:web:localhost%3A" + inside.port());
    inside.answer(DocumentHost.says("200 OK", Documents.of(local.value())));
    FetchSettings settings = FetchSettings.DEFAULT.withLocal(true);
    Dialling dialling = Dialling.of(this::lookUp);
    try (DocumentFetcher developing =
        DocumentFetcher.start(settings, dialling, certificate.trusted(), System::nanoTime)) {
      addresses.put("localhost", List.of("127.0.0.1"));
      assertThat(developing.refuses(local)).isEmpty();
      assertThat(developing.fetch(local).join()).isEqualTo(new Found(Documents.KEY));
      addresses.put("localhost", List.of("10.0.0.1"));
      assertThat(developing.fetch(local).join())
          .isEqualTo(new Failed(KeyFailure.FORBIDDEN_ADDRESS));
      // It opens no way for others.
      addresses.put(HOST, List.of("127.0.0.1"));
      assertThat(developing.fetch(DID).join()).isEqualTo(new Failed(KeyFailure.FORBIDDEN_ADDRESS));
    }
  }
}
