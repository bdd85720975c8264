package courtside.feedapi.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import courtside.atproto.syntax.Did;
import courtside.feedapi.identity.KeyAnswer.Failed;
import courtside.feedapi.identity.KeyAnswer.Found;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What hosts and the directory may answer. Deadlines are scaled, or far away where none counts. */
@Timeout(300)
final class DocumentFetcherTest {
  private static final String HOST = "host.example";
  private static final Did WEB = new Did("did:web:" + HOST);
  private static final Did PLC = new Did("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final int MOST = 64 << 10;
  private static final int FETCHES = 4;
  private static final Duration FAR = Duration.ofSeconds(60);
  private static final Duration NEAR = Duration.ofMillis(500);
  private static Certificate certificate;

  @TempDir static Path directory;

  private final List<InetSocketAddress> dialled = new CopyOnWriteArrayList<>();
  private volatile Names names = _ -> List.of(InetAddress.ofLiteral("8.8.8.8"));
  private DocumentHost host;
  private DocumentHost plc;
  private DocumentFetcher fetcher;

  @BeforeAll
  static void makeCertificate() throws Exception {
    certificate = Certificate.make(directory, HOST, "other.example");
  }

  @BeforeEach
  void start() throws Exception {
    host =
        DocumentHost.secured(
            certificate.shown(), DocumentHost.says("200 OK", Documents.of(WEB.value())));
    plc = DocumentHost.plain(DocumentHost.says("200 OK", Documents.of(PLC.value())));
    fetcher = start(FAR);
  }

  private DocumentFetcher start(Duration deadline) throws Exception {
    FetchSettings settings =
        new FetchSettings(
            URI.create("http://127.0.0.1:" + plc.port()), false, deadline, MOST, FETCHES, 2, 200);
    return DocumentFetcher.start(
        settings,
        new Dialling(name -> names.lookUp(name), PublicAddresses::isPublic, this::route),
        certificate.trusted(),
        System::nanoTime);
  }

  @AfterEach
  void stop() throws Exception {
    fetcher.close();
    host.close();
    plc.close();
  }

  private InetSocketAddress route(InetSocketAddress address) {
    dialled.add(address);
    return address.getPort() == 443
        ? new InetSocketAddress(InetAddress.getLoopbackAddress(), host.port())
        : new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort());
  }

  private KeyAnswer fetch() {
    return fetcher.fetch(WEB).join();
  }

  /** Says that a body of chunks follows. */
  private static void beginChunks(OutputStream out, String... headers) throws IOException {
    List<String> all = new ArrayList<>(List.of(headers));
    all.add("Transfer-Encoding: chunked");
    out.write(DocumentHost.head("200 OK", all));
  }

  private static void chunk(OutputStream out, byte[] bytes) throws IOException {
    out.write((Integer.toHexString(bytes.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
    out.write(bytes);
    out.write("\r\n".getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  @Test
  void asksAsTheProtocolSays() {
    assertThat(fetch()).isEqualTo(new Found(Documents.KEY));
    assertThat(host.requests()).hasSize(1);
    assertThat(host.requests().getFirst())
        .contains("GET /.well-known/did.json HTTP/1.1", "Accept-Encoding: identity")
        .anyMatch(line -> line.startsWith("Accept: application/did+ld+json"))
        .noneMatch(line -> line.contains("gzip"));
    assertThat(fetcher.fetch(PLC).join()).isEqualTo(new Found(Documents.KEY));
    assertThat(plc.requests().getFirst()).contains("GET /" + PLC.value() + " HTTP/1.1");
  }

  @ParameterizedTest
  @CsvSource({
    "404 x,NOT_FOUND",
    "410 x,NOT_FOUND",
    "400 x,UNEXPECTED_STATUS",
    "403 x,UNEXPECTED_STATUS",
    "429 x,UNEXPECTED_STATUS",
    "500 x,UNEXPECTED_STATUS",
    "503 x,UNEXPECTED_STATUS",
    "201 x,UNEXPECTED_STATUS",
    "206 x,UNEXPECTED_STATUS",
    "302 x,REDIRECTED"
  })
  void takesNoAnswerButOne(String status, KeyFailure reason) {
    plc.answer(DocumentHost.says(status, Documents.of(PLC.value())));
    assertThat(fetcher.fetch(PLC).join()).isEqualTo(new Failed(reason));
  }

  @Test
  void readsNoDocumentOfAnotherNorOneWithoutKey() {
    host.answer(DocumentHost.says("200 OK", Documents.of(PLC.value())));
    assertThat(fetch()).isEqualTo(new Failed(KeyFailure.MALFORMED));
    host.answer(DocumentHost.says("200 OK", "<html>"));
    assertThat(fetch()).isEqualTo(new Failed(KeyFailure.MALFORMED));
    host.answer(DocumentHost.says("200 OK", ""));
    assertThat(fetch()).isEqualTo(new Failed(KeyFailure.MALFORMED));
    host.answer(DocumentHost.says("200 OK", "{\"id\":\"" + WEB + "\"}"));
    assertThat(fetch()).isEqualTo(new Failed(KeyFailure.NO_KEY));
  }

  @Test
  void takesTheLargestDocumentAndNotOneByteMore() {
    for (boolean chunks : new boolean[] {false, true}) {
      for (int more : new int[] {0, 1}) {
        byte[] document =
            Documents.ofLength(WEB.value(), MOST + more).getBytes(StandardCharsets.UTF_8);
        host.answer(
            chunks
                ? (request, out) -> {
                  beginChunks(out);
                  chunk(out, document);
                  chunk(out, new byte[0]);
                }
                : DocumentHost.says("200 OK", List.of(), document));
        assertThat(fetch())
            .as("in chunks: %s, %d more", chunks, more)
            .isEqualTo(more == 0 ? new Found(Documents.KEY) : new Failed(KeyFailure.TOO_LARGE));
      }
    }
  }

  @Test
  void anEndlessDocumentIsNotReadToItsEnd() throws Exception {
    AtomicLong sent = new AtomicLong();
    CountDownLatch broken = new CountDownLatch(1);
    host.answer((request, out) -> {
      try {
        beginChunks(out);
        byte[] megabyte = new byte[1 << 20];
        while (true) {
          chunk(out, megabyte);
          sent.addAndGet(megabyte.length);
        }
      } finally {
        broken.countDown();
      }
    });
    assertThat(fetch()).isEqualTo(new Failed(KeyFailure.TOO_LARGE));
    broken.await();
    assertThat(sent.get()).as("bytes that buffers took").isLessThan(64L << 20);
  }

  @Test
  void aGiantIsRefusedByItsName() {
    host.answer((request, out) -> {
      out.write(DocumentHost.head("200 OK", List.of("Content-Length: 1000000000")));
      out.flush();
      // Not a byte of it.
    });
    assertThat(fetch()).isEqualTo(new Failed(KeyFailure.TOO_LARGE));
  }

  @Test
  void aBombStaysPacked() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(Documents.of(WEB.value()).getBytes(StandardCharsets.UTF_8));
      for (int i = 0; i < 64; i++) {
        gzip.write(" ".repeat(1 << 20).getBytes(StandardCharsets.UTF_8));
      }
    }
    // 64 kB for 64 MB.
    for (String encoding : List.of("gzip", "GZIP", "deflate", "br", "identity, gzip", "x")) {
      host.answer(
          DocumentHost.says(
              "200 OK", List.of("Content-Encoding: " + encoding), packed.toByteArray()));
      assertThat(fetch()).as(encoding).isEqualTo(new Failed(KeyFailure.MALFORMED));
    }
    host.answer(DocumentHost.says("200 OK", List.of(), packed.toByteArray()));
    assertThat(fetch())
        .as("not said to be packed")
        .isIn(new Failed(KeyFailure.MALFORMED), new Failed(KeyFailure.TOO_LARGE));
    ByteArrayOutputStream small = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(small)) {
      gzip.write(Documents.of(WEB.value()).getBytes(StandardCharsets.UTF_8));
    }
    host.answer(
        DocumentHost.says("200 OK", List.of("Content-Encoding: gzip"), small.toByteArray()));
    assertThat(fetch()).as("no bomb").isEqualTo(new Failed(KeyFailure.MALFORMED));
  }

  @Test
  void whatIsSaidToBePackedIsNotRead() {
    byte[] document = Documents.of(WEB.value()).getBytes(StandardCharsets.UTF_8);
    host.answer(DocumentHost.says("200 OK", List.of("Content-Encoding: gzip"), document));
    assertThat(fetch()).isEqualTo(new Failed(KeyFailure.MALFORMED));
  }

  @Test
  void whoeverIsSlowIsNotWaitedFor() throws Exception {
    fetcher.close();
    fetcher = start(NEAR);
    byte[] document = Documents.of(WEB.value()).getBytes(StandardCharsets.UTF_8);
    host.answer((request, out) -> {
      out.write(DocumentHost.head("200 OK", List.of("Content-Length: " + document.length)));
      for (byte one : document) {
        out.write(one);
        out.flush();
        Thread.sleep(20);
      }
    });
    assertThat(fetch()).as("byte by byte").isEqualTo(new Failed(KeyFailure.TIMED_OUT));
    host.answer((request, out) -> {
      for (byte one : DocumentHost.head("200 OK", List.of("X: " + "x".repeat(1_000)))) {
        out.write(one);
        out.flush();
        Thread.sleep(20);
      }
    });
    assertThat(fetch()).as("its header byte by byte").isEqualTo(new Failed(KeyFailure.TIMED_OUT));
    host.answer((request, out) -> Thread.sleep(60_000));
    assertThat(fetch()).as("nothing at all").isEqualTo(new Failed(KeyFailure.TIMED_OUT));
    host.answer((request, out) -> {
      while (true) {
        out.write(DocumentHost.head("103 Early Hints", List.of("X: x")));
        out.flush();
        Thread.sleep(20);
      }
    });
    assertThat(fetch()).as("not yet, not yet").isInstanceOf(Failed.class);
  }

  @Test
  void anEndlessHeaderIsNotReadToItsEnd() throws Exception {
    AtomicLong sent = new AtomicLong();
    CountDownLatch broken = new CountDownLatch(1);
    host.answer((request, out) -> {
      try {
        out.write("HTTP/1.1 200 OK\r\n".getBytes(StandardCharsets.US_ASCII));
        while (true) {
          out.write(("X: " + "x".repeat(1_000) + "\r\n").getBytes(StandardCharsets.US_ASCII));
          sent.addAndGet(1_000);
        }
      } finally {
        broken.countDown();
      }
    });
    // Which of the two depends on whether more came before the connection was closed.
    assertThat(fetch()).isIn(new Failed(KeyFailure.MALFORMED), new Failed(KeyFailure.UNREACHABLE));
    broken.await();
    assertThat(sent.get()).as("bytes that buffers took").isLessThan(64L << 20);
  }

  @Test
  void halfADocumentIsNone() {
    host.answer((request, out) -> {
      out.write(DocumentHost.head("200 OK", List.of("Content-Length: 1000")));
      out.write("{\"id\":".getBytes(StandardCharsets.US_ASCII));
      out.flush();
      throw new IOException("the connection ends");
    });
    assertThat(fetch()).isInstanceOf(Failed.class);
  }

  @Test
  void noCookieIsKept() {
    host.answer(
        DocumentHost.says(
            "200 OK",
            List.of("Set-Cookie: a=b; Path=/"),
            Documents.of(WEB.value()).getBytes(StandardCharsets.UTF_8)));
    fetch();
    fetch();
    assertThat(host.requests()).hasSize(2);
    assertThat(host.requests().getLast()).noneMatch(line -> line.startsWith("Cookie"));
  }

  @Test
  void aNameServerThatHoldsANameHoldsNobodyElse() throws Exception {
    fetcher.close();
    fetcher = start(NEAR);
    CountDownLatch slow = new CountDownLatch(1);
    CountDownLatch answered = new CountDownLatch(2 * FETCHES);
    names =
        name -> {
          if (name.endsWith("slow.example")) {
            try {
              slow.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            } finally {
              answered.countDown();
            }
          }
          return List.of(
              InetAddress.ofLiteral(name.endsWith("slow.example") ? "9.9.9.9" : "8.8.8.8"));
        };
    for (int i = 0; i < 2 * FETCHES; i++) {
      assertThat(fetcher.fetch(new Did("did:web:a" + i + ".slow.example")).join())
          .isEqualTo(new Failed(KeyFailure.TIMED_OUT));
    }
    assertThat(fetcher.fetch(new Did("did:web:last.slow.example")).join())
        .as("threads are bounded")
        .isEqualTo(new Failed(KeyFailure.BUSY));
    await("the directory").until(() -> fetcher.fetch(PLC).join().equals(new Found(Documents.KEY)));
    dialled.clear();
    slow.countDown();
    answered.await();
    await().until(() -> fetch().equals(new Found(Documents.KEY)));
    assertThat(dialled)
        .as("nobody is dialled for nobody")
        .doesNotContain(new InetSocketAddress(InetAddress.ofLiteral("9.9.9.9"), 443));
  }

  @Test
  void soManyStrangersAreAskedAtOnceAndOfOneHostFewer() throws Exception {
    CountDownLatch hold = new CountDownLatch(1);
    DocumentHost.Answer answer = DocumentHost.says("404 x", "");
    host.answer((request, out) -> {
      hold.await();
      answer.write(request, out);
    });
    List<CompletableFuture<KeyAnswer>> all = new ArrayList<>();
    for (int i = 0; i < FETCHES; i++) {
      all.add(fetcher.fetch(i == FETCHES - 1 ? new Did("did:web:other.example") : WEB));
    }
    assertThat(fetcher.fetch(WEB).join()).isEqualTo(new Failed(KeyFailure.BUSY));
    assertThat(fetcher.fetch(PLC).join()).as("the directory").isEqualTo(new Found(Documents.KEY));
    await().until(() -> host.requests().size() == 3);
    assertThat(host.mostOpen()).as("two of one host, one of the other").isEqualTo(3);
    hold.countDown();
    for (CompletableFuture<KeyAnswer> one : all) {
      assertThat(one.join()).isEqualTo(new Failed(KeyFailure.NOT_FOUND));
    }
    assertThat(host.requests()).hasSize(FETCHES);
    assertThat(fetch()).as("there is room again").isEqualTo(new Failed(KeyFailure.NOT_FOUND));
  }

  @Test
  void theDirectoryIsAskedOverFewConnections() throws Exception {
    plc.answer((request, out) -> {
      String did = request.getFirst().split(" ", -1)[1].substring(1);
      DocumentHost.says("200 OK", Documents.of(did)).write(request, out);
    });
    List<CompletableFuture<KeyAnswer>> all = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      String number = "" + (char) ('a' + i % 26) + (char) ('a' + i / 26);
      all.add(fetcher.fetch(new Did("did:plc:" + "a".repeat(22) + number)));
    }
    for (CompletableFuture<KeyAnswer> one : all) {
      assertThat(one.join()).isEqualTo(new Found(Documents.KEY));
    }
    assertThat(plc.requests()).hasSize(100);
    assertThat(plc.accepted()).isBetween(1, FETCHES);
  }

  @Test
  void aCrowdAsksTheDirectoryOnce() throws Exception {
    CountDownLatch hold = new CountDownLatch(1);
    plc.answer((request, out) -> {
      hold.await();
      DocumentHost.says("200 OK", Documents.of(PLC.value())).write(request, out);
    });
    KeySettings patient =
        new KeySettings(
            Duration.ofHours(1),
            Duration.ofHours(24),
            Duration.ofMinutes(1),
            Duration.ofSeconds(10),
            Duration.ofMinutes(1),
            Duration.ofMinutes(2),
            100,
            100,
            100);
    SigningKeys keys =
        new SigningKeys(
            fetcher, patient, System::nanoTime, new Random(1), new SimpleMeterRegistry());
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<KeyAnswer>> all = new ArrayList<>();
      for (int i = 0; i < 1_000; i++) {
        all.add(threads.submit(() -> keys.find(PLC, "192.0.2.1")));
      }
      await().until(() -> plc.requests().size() == 1);
      hold.countDown();
      for (Future<KeyAnswer> one : all) {
        assertThat(one.get()).isEqualTo(new Found(Documents.KEY));
      }
    }
    assertThat(plc.requests()).hasSize(1);
  }

  @Test
  void whatIsNoDirectoryIsRefused() {
    for (String text :
        List.of(
            "ftp://plc.example", "https://user@plc.example", "https:/x", "plc", "https://a?b")) {
      assertThat(FetchSettings.isDirectory(URI.create(text))).as(text).isFalse();
    }
    assertThat(FetchSettings.isDirectory(URI.create("http://127.0.0.1:2582/x"))).isTrue();
  }
}
