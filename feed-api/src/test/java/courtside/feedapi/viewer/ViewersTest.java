package courtside.feedapi.viewer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import courtside.atproto.key.Curve;
import courtside.atproto.key.SigningKey;
import courtside.atproto.key.VerifyingKey;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.token.ServiceToken;
import courtside.feedapi.ManualClock;
import courtside.feedapi.ManualNanos;
import courtside.feedapi.identity.KeyAnswer;
import courtside.feedapi.identity.KeyAnswer.Failed;
import courtside.feedapi.identity.KeyAnswer.Found;
import courtside.feedapi.identity.KeyFailure;
import courtside.feedapi.identity.KeySettings;
import courtside.feedapi.identity.ScriptedSource;
import courtside.feedapi.identity.SigningKeys;
import courtside.feedapi.viewer.Asker.Anonymous;
import courtside.feedapi.viewer.Asker.Refused;
import courtside.feedapi.viewer.Asker.Unknown;
import courtside.feedapi.viewer.Asker.Viewer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

@Timeout(120)
final class ViewersTest {
  private static final long SEED = 20_261_127L;
  private static final Did ALICE = new Did("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final String SERVICE = "did:web:feed.example";
  private static final Nsid METHOD = new Nsid("app.bsky.feed.getFeedSkeleton");
  private static final long NOW_SECONDS = 1_800_000_000L;
  private static final Instant NOW = Instant.ofEpochSecond(NOW_SECONDS);
  private static final SigningKey K256 = SigningKey.generate(Curve.K256, new Random(SEED));
  private static final SigningKey P256 = SigningKey.generate(Curve.P256, new Random(SEED));
  private static final int CROWD = 1_000;

  private final ManualClock clock = new ManualClock(NOW);
  private final ManualNanos nanos = new ManualNanos();
  private final ScriptedSource source = new ScriptedSource(new Found(K256.verifyingKey()));
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private final SigningKeys keys =
      new SigningKeys(source, KeySettings.DEFAULT, nanos, new Random(SEED), metrics);
  private final Viewers viewers = viewers(ViewerSettings.of(SERVICE));

  private Viewers viewers(ViewerSettings settings) {
    return new Viewers(settings, keys, clock, metrics);
  }

  private Asker ask(String token) {
    return viewers.identify(Optional.of("Bearer " + token), METHOD, "192.0.2.1");
  }

  private static TokenBuilder good() {
    return by(K256);
  }

  private static TokenBuilder by(SigningKey key) {
    return new TokenBuilder(key)
        .claim("iat", "" + NOW_SECONDS)
        .claim("iss", "\"" + ALICE + "\"")
        .claim("aud", "\"" + SERVICE + "\"")
        .claim("exp", "" + (NOW_SECONDS + 60))
        .claim("lxm", "\"" + METHOD + "\"")
        .claim("jti", "\"0123456789abcdef\"");
  }

  private double counted(Verdict verdict) {
    return metrics
        .get("courtside.feed.api.viewers")
        .tag("verdict", verdict.label())
        .counter()
        .count();
  }

  @Test
  void whoSaysNothingIsAnonymous() {
    assertThat(viewers.identify(Optional.empty(), METHOD, "192.0.2.1")).isEqualTo(new Anonymous());
    assertThat(counted(Verdict.ANONYMOUS)).isOne();
    assertThat(source.asked()).isEmpty();
  }

  static Stream<Arguments> accepted() {
    return Stream.of(
        accepted("as it is", good()),
        accepted("by the other curve", by(P256)),
        accepted("high s", good().signature(bytes -> highTwin(Curve.K256, bytes))),
        accepted("high s of the other", by(P256).signature(bytes -> highTwin(Curve.P256, bytes))),
        accepted("aud with the fragment", good().claim("aud", "\"" + SERVICE + "#bsky_fg\"")),
        accepted("iat in seconds to come", good().claim("iat", "" + (NOW_SECONDS + 4))),
        accepted("iat as late as exp", good().claim("iat", "" + (NOW_SECONDS + 60))),
        accepted("iat of last year", good().claim("iat", "" + (NOW_SECONDS - 31_536_000))),
        accepted("exp now", good().without("iat").claim("exp", "" + NOW_SECONDS)),
        accepted("exp within leeway", good().without("iat").claim("exp", "" + (NOW_SECONDS - 5))),
        accepted("exp in an hour", good().claim("exp", "" + (NOW_SECONDS + 3_600))),
        accepted("exp in an hour by its clock", good().claim("exp", "" + (NOW_SECONDS + 3_605))),
        accepted("no jti", good().without("jti")),
        accepted("jti empty", good().claim("jti", "\"\"")),
        accepted("no iat", good().without("iat")),
        accepted("no typ", good().without("typ")),
        accepted("typ in lower case", good().header("typ", "\"jwt\"")),
        accepted("kid", good().header("kid", "\"#atproto\"")),
        accepted("other claims", good().claim("scope", "{\"a\":[1]}").claim("nbf", "0")),
        accepted("exp with a fraction", good().claim("exp", (NOW_SECONDS + 60) + ".5")),
        accepted("long claims", good().claim("x", "\"" + "x".repeat(5_000) + "\"")));
  }

  private static Arguments accepted(String name, TokenBuilder token) {
    return Arguments.of(name, token.build());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("accepted")
  void believes(String name, String token) {
    if (name.contains("other curve") || name.contains("of the other")) {
      source.answer(new Found(P256.verifyingKey()));
    }
    assertThat(ask(token)).as(name).isEqualTo(new Viewer(ALICE));
    assertThat(counted(Verdict.VIEWER)).isOne();
    assertThat(source.asked()).containsExactly(ALICE);
  }

  @Test
  void believesWhatServicesSign() {
    String token =
        ServiceToken.sign(K256, ALICE, SERVICE, METHOD, NOW, Duration.ofSeconds(60), "nonce");
    assertThat(ask(token)).isEqualTo(new Viewer(ALICE));
  }

  @Test
  void theSchemeIsReadWhateverItsCase() {
    int jti = 0;
    for (String scheme : List.of("Bearer ", "bearer ", "BEARER ", "Bearer   ")) {
      String token = good().claim("jti", "\"" + jti++ + "\"").build();
      assertThat(viewers.identify(Optional.of(scheme + token), METHOD, "192.0.2.1"))
          .as(scheme)
          .isEqualTo(new Viewer(ALICE));
    }
  }

  @Test
  void anotherSchemeIsNotRead() {
    String token = good().build();
    for (String header :
        List.of(
            "",
            " ",
            "Bearer",
            "Bearer ",
            "Bearer    ",
            "Basic YTpi",
            "DPoP " + token,
            "Bearer\t" + token,
            "Bearer" + token,
            " Bearer " + token,
            "Bearer: " + token,
            token)) {
      assertThat(viewers.identify(Optional.of(header), METHOD, "192.0.2.1"))
          .as(header)
          .isInstanceOfSatisfying(
              Refused.class,
              refused -> assertThat(refused.error()).isEqualTo("AuthenticationRequired"));
    }
    assertThat(counted(Verdict.NOT_BEARER)).isEqualTo(12);
    assertThat(source.asked()).isEmpty();
  }

  static Stream<Arguments> refusedWithoutKey() {
    String good = good().build();
    String[] parts = good.split("\\.", -1);
    return Stream.of(
        // Its form.
        refused("dots", "..", Verdict.BAD_JWT),
        refused("one part", parts[0], Verdict.BAD_JWT),
        refused("two parts", parts[0] + "." + parts[1], Verdict.BAD_JWT),
        refused("four parts", good + "." + parts[2], Verdict.BAD_JWT),
        refused("five parts", good + ".a.b", Verdict.BAD_JWT),
        refused("padded", good + "==", Verdict.BAD_JWT),
        refused("not ASCII", parts[0] + "." + parts[1] + ".é" + parts[2], Verdict.BAD_JWT),
        refused("not base64url", parts[0] + "." + parts[1] + ".+/", Verdict.BAD_JWT),
        refused("a space behind", good + " ", Verdict.BAD_JWT),
        refused(
            "a line break inside", parts[0] + ".\n" + parts[1] + "." + parts[2], Verdict.BAD_JWT),
        refused("two tokens", good + ", " + good, Verdict.BAD_JWT),
        refused("the scheme twice", "Bearer " + good, Verdict.BAD_JWT),
        refused("a megabyte", "a".repeat(1 << 20), Verdict.BAD_JWT),
        refused(
            "a megabyte of claims",
            parts[0] + "." + "A".repeat(1 << 20) + "." + parts[2],
            Verdict.BAD_JWT),
        refused("a megabyte of dots", ".".repeat(1 << 20), Verdict.BAD_JWT),
        refused(
            "deep claims",
            good().claim("x", "[".repeat(1_000) + "]".repeat(1_000)),
            Verdict.BAD_JWT),
        refused("aud twice", good().claim("\\u0061ud", "\"" + SERVICE + "\""), Verdict.BAD_JWT),
        refused("alg twice", good().header("\\u0061lg", "\"ES256K\""), Verdict.BAD_JWT),
        refused("no alg", good().without("alg"), Verdict.BAD_JWT),
        refused("alg a list", good().header("alg", "[\"ES256K\"]"), Verdict.BAD_JWT),
        refused("crit", good().header("crit", "[\"b64\"]"), Verdict.BAD_JWT),
        refused("kid of another key", good().header("kid", "\"#atproto_label\""), Verdict.BAD_JWT),
        refused("kid a path", good().header("kid", "\"../../key\""), Verdict.BAD_JWT),
        refused("kid in full", good().header("kid", "\"" + ALICE + "#atproto\""), Verdict.BAD_JWT),
        refused("no iss", good().without("iss"), Verdict.BAD_JWT),
        refused("no aud", good().without("aud"), Verdict.BAD_JWT),
        refused("no exp", good().without("exp"), Verdict.BAD_JWT),
        refused("aud a list", good().claim("aud", "[\"" + SERVICE + "\"]"), Verdict.BAD_JWT),
        refused("exp text", good().claim("exp", "\"" + NOW_SECONDS + "\""), Verdict.BAD_JWT),
        refused("exp beyond all", good().claim("exp", "1e400"), Verdict.BAD_JWT),
        refused("exp negative", good().claim("exp", "-1"), Verdict.BAD_JWT),
        refused("jti a number", good().claim("jti", "1"), Verdict.BAD_JWT),
        // Its type.
        refused("an access token", good().header("typ", "\"at+jwt\""), Verdict.BAD_JWT_TYPE),
        refused("in capitals", good().header("typ", "\"AT+JWT\""), Verdict.BAD_JWT_TYPE),
        refused("in full", good().header("typ", "\"application/at+jwt\""), Verdict.BAD_JWT_TYPE),
        refused("a proof", good().header("typ", "\"DPoP+jwt\""), Verdict.BAD_JWT_TYPE),
        refused("a refresh token", good().header("typ", "\"Refresh+JWT\""), Verdict.BAD_JWT_TYPE),
        // Its time.
        refused("exp 6 s ago", good().claim("exp", "" + (NOW_SECONDS - 6)), Verdict.JWT_EXPIRED),
        refused("exp 0", good().claim("exp", "0"), Verdict.JWT_EXPIRED),
        refused(
            "exp in a little more than an hour",
            good().claim("exp", "" + (NOW_SECONDS + 3_606)),
            Verdict.TOO_LONG),
        refused(
            "exp in a year",
            good().claim("exp", "" + (NOW_SECONDS + 31_536_000)),
            Verdict.TOO_LONG),
        refused("exp in 9999", good().claim("exp", "253402300799"), Verdict.TOO_LONG),
        refused("iat behind exp", good().claim("iat", "" + (NOW_SECONDS + 61)), Verdict.BAD_JWT),
        // For whom, for what, and by whom.
        refused(
            "for the AppView",
            good().claim("aud", "\"did:web:api.bsky.app\""),
            Verdict.BAD_JWT_AUDIENCE),
        refused(
            "for the AppView's service",
            good().claim("aud", "\"did:web:api.bsky.app#bsky_appview\""),
            Verdict.BAD_JWT_AUDIENCE),
        refused(
            "for another service of ours",
            good().claim("aud", "\"" + SERVICE + "#bsky_appview\""),
            Verdict.BAD_JWT_AUDIENCE),
        refused("for nobody", good().claim("aud", "\"\""), Verdict.BAD_JWT_AUDIENCE),
        refused("no lxm", good().without("lxm"), Verdict.BAD_JWT_LEXICON_METHOD),
        refused(
            "another method",
            good().claim("lxm", "\"app.bsky.feed.getFeed\""),
            Verdict.BAD_JWT_LEXICON_METHOD),
        refused("any method", good().claim("lxm", "\"*\""), Verdict.BAD_JWT_LEXICON_METHOD),
        refused(
            "iss with a fragment",
            good().claim("iss", "\"" + ALICE + "#atproto\""),
            Verdict.BAD_JWT_ISS),
        refused("iss a handle", good().claim("iss", "\"alice.example\""), Verdict.BAD_JWT_ISS),
        refused("iss a place", good().claim("iss", "\"http://127.0.0.1/\""), Verdict.BAD_JWT_ISS),
        refused("iss of another method", good().claim("iss", "\"did:example:a\""), Verdict.NO_KEY),
        // Its signature.
        refused("alg none", good().header("alg", "\"none\""), Verdict.BAD_JWT_SIGNATURE),
        refused(
            "alg none and unsigned",
            good().header("alg", "\"none\"").signature(_ -> new byte[0]),
            Verdict.BAD_JWT_SIGNATURE),
        refused("alg nOnE", good().header("alg", "\"nOnE\""), Verdict.BAD_JWT_SIGNATURE),
        refused("alg in lower case", good().header("alg", "\"es256k\""), Verdict.BAD_JWT_SIGNATURE),
        refused("alg ES384", good().header("alg", "\"ES384\""), Verdict.BAD_JWT_SIGNATURE),
        refused("HS256 with the public key", hs256(), Verdict.BAD_JWT_SIGNATURE),
        refused("unsigned", good().signature(_ -> new byte[0]), Verdict.BAD_JWT_SIGNATURE),
        refused("63 bytes", good().signature(b -> Arrays.copyOf(b, 63)), Verdict.BAD_JWT_SIGNATURE),
        refused(
            "65 bytes", good().signature(b -> Arrays.copyOf(b, 65)), Verdict.BAD_JWT_SIGNATURE));
  }

  private static Arguments refused(String name, TokenBuilder token, Verdict verdict) {
    return refused(name, token.build(), verdict);
  }

  private static Arguments refused(String name, String token, Verdict verdict) {
    return Arguments.of(name, token, verdict);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusedWithoutKey")
  void refusesWithoutAskingForAKey(String name, String token, Verdict verdict) {
    assertRefused(name, ask(token), verdict);
    assertThat(source.asked()).as(name).isEmpty();
  }

  static Stream<Arguments> refusedByKey() {
    String[] parts = good().build().split("\\.", -1);
    String[] other = good().claim("jti", "\"other\"").build().split("\\.", -1);
    return Stream.of(
        refused(
            "alg of the other curve", good().header("alg", "\"ES256\""), Verdict.BAD_JWT_SIGNATURE),
        refused("signed on the other curve", by(P256), Verdict.BAD_JWT_SIGNATURE),
        refused(
            "signed on the other curve, the right one named",
            by(P256).header("alg", "\"ES256K\""),
            Verdict.BAD_JWT_SIGNATURE),
        refused(
            "signed by another",
            by(SigningKey.generate(Curve.K256, new Random(1))),
            Verdict.BAD_JWT_SIGNATURE),
        refused("zeros", good().signature(_ -> new byte[64]), Verdict.BAD_JWT_SIGNATURE),
        refused(
            "other claims than signed",
            parts[0] + "." + other[1] + "." + parts[2],
            Verdict.BAD_JWT_SIGNATURE),
        refused(
            "another header than signed",
            TokenBuilder.encode("{\"alg\":\"ES256K\"}") + "." + parts[1] + "." + parts[2],
            Verdict.BAD_JWT_SIGNATURE),
        refused(
            "the signature of another",
            parts[0] + "." + parts[1] + "." + other[2],
            Verdict.BAD_JWT_SIGNATURE),
        refused(
            "r and s in the other order",
            good().signature(ViewersTest::swapped),
            Verdict.BAD_JWT_SIGNATURE));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refusedByKey")
  void refusesWhatTheKeyDidNotSign(String name, String token, Verdict verdict) {
    assertRefused(name, ask(token), verdict);
    assertThat(source.asked()).as(name).containsExactly(ALICE);
    assertThat(ask(good().build())).as("and it used up nothing").isEqualTo(new Viewer(ALICE));
  }

  private void assertRefused(String name, Asker asker, Verdict verdict) {
    String error =
        switch (verdict) {
          case BAD_JWT, TOO_LONG, REPLAYED -> "BadJwt";
          case BAD_JWT_TYPE -> "BadJwtType";
          case JWT_EXPIRED -> "JwtExpired";
          case BAD_JWT_AUDIENCE -> "BadJwtAudience";
          case BAD_JWT_LEXICON_METHOD -> "BadJwtLexiconMethod";
          case BAD_JWT_ISS, NO_KEY -> "BadJwtIss";
          case BAD_JWT_SIGNATURE -> "BadJwtSignature";
          case ANONYMOUS, VIEWER, NOT_BEARER, KEY_NOT_REACHED ->
              throw new IllegalArgumentException("no refusal: " + verdict);
        };
    assertThat(asker)
        .as(name)
        .isInstanceOfSatisfying(
            Refused.class,
            refused -> {
              assertThat(refused.error()).as(name).isEqualTo(error);
              assertThat(refused.message()).as(name).hasSizeBetween(10, 200);
            });
    assertThat(counted(verdict)).as("%s counted as %s", name, verdict).isOne();
  }

  @ParameterizedTest
  @EnumSource
  void tellsNoKeyFromNoAnswer(KeyFailure reason) {
    source.answer(new Failed(reason));
    Asker asker = ask(good().build());
    if (reason.isTemporary()) {
      assertThat(asker).isInstanceOf(Unknown.class);
      assertThat(counted(Verdict.KEY_NOT_REACHED)).isOne();
    } else {
      assertRefused(reason.toString(), asker, Verdict.NO_KEY);
    }
  }

  @Test
  void thePublishedTokensAreJudgedAsTheyAre() throws IOException {
    Path file =
        Path.of(
            System.getProperty("courtside.root", "."),
            "../shared/vectors/derived/service-jwt-fixtures.json");
    if (!Files.exists(file)) {
      System.out.println("skipped: needs " + file + ", which is not here");
    }
    assumeTrue(Files.exists(file), "needs the published tokens");
    JsonNode fixtures = JsonMapper.builder().build().readTree(Files.readAllBytes(file));
    assertThat(fixtures).hasSizeGreaterThanOrEqualTo(5);
    for (JsonNode fixture : fixtures) {
      Instant exp = Instant.ofEpochSecond(fixture.path("exp").longValue());
      ViewerSettings settings = ViewerSettings.of(fixture.path("aud").textValue());
      String header = "Bearer " + fixture.path("jwt").textValue();
      String name = fixture.path("name").textValue();
      // They are from before the method was named, and are refused for that while they hold.
      assertThat(asked(settings, exp, header)).as(name).isEqualTo("BadJwtLexiconMethod");
      assertThat(asked(settings, exp.plusSeconds(6), header)).as(name).isEqualTo("JwtExpired");
      assertThat(asked(ViewerSettings.of(SERVICE), exp, header))
          .as(name)
          .isEqualTo("BadJwtAudience");
    }
    assertThat(source.asked()).isEmpty();
  }

  private String asked(ViewerSettings settings, Instant now, String header) {
    Asker asker =
        new Viewers(settings, keys, new ManualClock(now), new SimpleMeterRegistry())
            .identify(Optional.of(header), METHOD, "192.0.2.1");
    return asker instanceof Refused refused ? refused.error() : asker.toString();
  }

  @Test
  void aTokenIsTakenOnce() {
    String token = good().build();
    assertThat(ask(token)).isEqualTo(new Viewer(ALICE));
    assertRefused("again", ask(token), Verdict.REPLAYED);
    String twin = good().signature(bytes -> highTwin(Curve.K256, bytes)).build();
    assertThat(ask(twin))
        .as("its twin by the other s")
        .isInstanceOfSatisfying(
            Refused.class, refused -> assertThat(refused.message()).contains("used before"));
    assertThat(ask(good().claim("jti", "\"another\"").build())).isEqualTo(new Viewer(ALICE));
    assertThat(source.asked()).hasSize(1);
  }

  @Test
  void aTokenIsTakenOnceUntilItHoldsNoLonger() {
    String token = good().build();
    ask(token);
    clock.advance(Duration.ofSeconds(65));
    assertRefused("in its last moment", ask(token), Verdict.REPLAYED);
    clock.advance(Duration.ofMillis(1));
    assertRefused("after it", ask(token), Verdict.JWT_EXPIRED);
  }

  @Test
  void theSameNonceOfAnotherAccountIsAnother() {
    assertThat(ask(good().build())).isEqualTo(new Viewer(ALICE));
    Did bob = new Did("did:plc:aaaaaaaaaaaaaaaaaaaaaaaa");
    assertThat(ask(good().claim("iss", "\"" + bob + "\"").build())).isEqualTo(new Viewer(bob));
  }

  @Test
  void aTokenThatWasRefusedIsNotUsedUp() {
    String token = good().build();
    source.answer(new Failed(KeyFailure.UNREACHABLE));
    assertThat(ask(token)).isInstanceOf(Unknown.class);
    nanos.advance(KeySettings.DEFAULT.retry());
    source.answer(new Found(K256.verifyingKey()));
    assertThat(ask(token)).isEqualTo(new Viewer(ALICE));
  }

  @Test
  void withoutNonceItIsTakenAgain() {
    String token = good().without("jti").build();
    assertThat(ask(token)).isEqualTo(new Viewer(ALICE));
    assertThat(ask(token)).isEqualTo(new Viewer(ALICE));
  }

  @Test
  void ofManyAtOnceOneUsesAToken() throws Exception {
    CompletableFuture<KeyAnswer> slow = new CompletableFuture<>();
    source.answer(_ -> slow);
    String token = good().build();
    CountDownLatch begun = new CountDownLatch(CROWD);
    List<Future<Asker>> all = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < CROWD; i++) {
        all.add(
            threads.submit(() -> {
              begun.countDown();
              return ask(token);
            }));
      }
      begun.await();
      slow.complete(new Found(K256.verifyingKey()));
      int viewers = 0;
      for (Future<Asker> one : all) {
        viewers += one.get().equals(new Viewer(ALICE)) ? 1 : 0;
      }
      assertThat(viewers).isOne();
    }
    assertThat(counted(Verdict.REPLAYED)).isEqualTo(CROWD - 1);
    assertThat(source.asked()).hasSize(1);
  }

  @Test
  void aTokenThatEndsWhileItsKeyIsAskedForHasEnded() {
    source.answer(_ -> {
      clock.advance(Duration.ofSeconds(66));
      return CompletableFuture.completedFuture(new Found(K256.verifyingKey()));
    });
    assertRefused("too late", ask(good().build()), Verdict.JWT_EXPIRED);
  }

  @Test
  void aRotatedKeyIsTakenAtOnce() {
    assertThat(ask(good().build())).isEqualTo(new Viewer(ALICE));
    SigningKey next = SigningKey.generate(Curve.P256, new Random(2));
    source.answer(new Found(next.verifyingKey()));
    nanos.advance(Duration.ofSeconds(10));
    assertThat(ask(by(next).claim("jti", "\"next\"").build())).isEqualTo(new Viewer(ALICE));
    assertThat(source.asked()).hasSize(2);
    assertRefused(
        "by the key of before",
        ask(good().claim("jti", "\"late\"").build()),
        Verdict.BAD_JWT_SIGNATURE);
  }

  @Test
  void aStormOfBadSignaturesAsksOnceAMinute() {
    ask(good().build());
    nanos.advance(Duration.ofSeconds(10));
    SigningKey forger = SigningKey.generate(Curve.K256, new Random(1));
    for (int i = 0; i < CROWD; i++) {
      Asker asker = ask(by(forger).claim("jti", "\"" + i + "\"").build());
      assertThat(asker).isInstanceOf(Refused.class);
      nanos.advance(Duration.ofMillis(59));
    }
    // 59 seconds.
    assertThat(source.asked()).hasSize(2);
    assertThat(counted(Verdict.BAD_JWT_SIGNATURE)).isEqualTo(CROWD);
  }

  @Test
  void nothingOfATokenGetsIntoALog() {
    Logger root = (Logger) LoggerFactory.getLogger("courtside");
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    Level before = root.getLevel();
    root.addAppender(log);
    root.setLevel(Level.TRACE);
    try {
      LoggerFactory.getLogger("courtside.feedapi.viewer").debug("the log is read");
      List<String> tokens =
          Stream.of(accepted(), refusedWithoutKey(), refusedByKey())
              .flatMap(all -> all)
              .map(arguments -> (String) arguments.get()[1])
              .toList();
      for (String token : tokens) {
        ask(token);
      }
      assertThat(log.list).isNotEmpty();
      for (ILoggingEvent event : log.list) {
        assertThat(event.getFormattedMessage() + event.getKeyValuePairs())
            .doesNotContain("eyJ")
            .doesNotContain("0123456789abcdef");
      }
    } finally {
      root.setLevel(before);
      root.detachAppender(log);
    }
  }

  /** The classic: the public key, which all know, as the secret of a symmetric algorithm. */
  private static String hs256() {
    String signed = good().header("alg", "\"HS256\"").signed();
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      byte[] secret = K256.verifyingKey().multikey().getBytes(StandardCharsets.US_ASCII);
      mac.init(new SecretKeySpec(secret, "HmacSHA256"));
      byte[] code = mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(code);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] swapped(byte[] raw) {
    byte[] swapped = new byte[VerifyingKey.SIGNATURE_LENGTH];
    System.arraycopy(raw, 0, swapped, 32, 32);
    System.arraycopy(raw, 32, swapped, 0, 32);
    return swapped;
  }

  private static byte[] highTwin(Curve curve, byte[] raw) {
    BigInteger s = new BigInteger(1, Arrays.copyOfRange(raw, 32, 64));
    byte[] high = curve.order().subtract(s).toByteArray();
    byte[] twin = raw.clone();
    System.arraycopy(high, high.length - 32, twin, 32, 32);
    return twin;
  }

  @Test
  void settingsAreChecked() {
    assertThat(ViewerSettings.of(SERVICE).audiences())
        .isEqualTo(Set.of(SERVICE, SERVICE + "#bsky_fg"));
  }
}
