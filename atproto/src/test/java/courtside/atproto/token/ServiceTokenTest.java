package courtside.atproto.token;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.SharedFiles;
import courtside.atproto.key.Curve;
import courtside.atproto.key.SigningKey;
import courtside.atproto.key.VerifyingKey;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class ServiceTokenTest {
  private static final long FIRST_SEED = 20_261_125L;
  private static final Did ALICE = new Did("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final String SERVICE = "did:web:feed.example";
  private static final Set<String> AUDIENCES = Set.of(SERVICE, SERVICE + "#bsky_fg");
  private static final Nsid METHOD = new Nsid("app.bsky.feed.getFeedSkeleton");
  private static final long NOW_SECONDS = 1_800_000_000L;
  private static final Instant NOW = Instant.ofEpochSecond(NOW_SECONDS);
  private static final SigningKey K256 = SigningKey.generate(Curve.K256, new Random(FIRST_SEED));
  private static final SigningKey P256 = SigningKey.generate(Curve.P256, new Random(FIRST_SEED));

  @Test
  void tokensOfOthersAreVerifiedAsTheFixturesSay() throws IOException, MalformedDataException {
    JsonNode fixtures =
        JsonMapper.builder()
            .build()
            .readTree(SharedFiles.bytes("vectors/derived/service-jwt-fixtures.json"));
    assertThat(fixtures).hasSize(5);
    int highS = 0;
    for (JsonNode fixture : fixtures) {
      String name = fixture.path("name").textValue();
      VerifyingKey key = VerifyingKey.ofDidKey(fixture.path("publicKeyDid").textValue());
      ServiceToken token = ServiceToken.parse(fixture.path("jwt").textValue());
      boolean valid = fixture.path("signatureValid").booleanValue();
      assertThat(token.verify(key)).as(name).isEqualTo(valid);
      highS += valid && !fixture.path("lowS").booleanValue() ? 1 : 0;
      assertThat(token.issuer()).as(name).contains(new Did(fixture.path("iss").textValue()));
      assertThat(token.audience()).as(name).isEqualTo(fixture.path("aud").textValue());
      Instant exp = Instant.ofEpochSecond(fixture.path("exp").longValue());
      assertThat(token.expiresAt()).as(name).isEqualTo(exp);
      Set<String> audiences = Set.of(token.audience());
      // They are from before the method was named.
      assertThat(token.check(exp, audiences, METHOD, Duration.ZERO))
          .as(name)
          .contains(Refusal.BAD_JWT_LEXICON_METHOD);
      assertThat(token.check(exp.plusSeconds(1), audiences, METHOD, Duration.ZERO))
          .as(name)
          .contains(Refusal.JWT_EXPIRED);
    }
    assertThat(highS).as("or the one with the high s is missing").isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void whatIsSignedIsVerified(Curve curve) throws MalformedDataException {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 30; seed++) {
      SigningKey key = SigningKey.generate(curve, new Random(seed));
      String text =
          ServiceToken.sign(
              key, ALICE, SERVICE + "#bsky_fg", METHOD, NOW, Duration.ofSeconds(60), "n" + seed);
      ServiceToken token = ServiceToken.parse(text);
      assertThat(token.issuer()).contains(ALICE);
      assertThat(token.audience()).isEqualTo(SERVICE + "#bsky_fg");
      assertThat(token.issuedAt()).contains(NOW);
      assertThat(token.expiresAt()).isEqualTo(NOW.plusSeconds(60));
      assertThat(token.nonce()).contains("n" + seed);
      assertThat(token.method()).contains(METHOD.value());
      assertThat(token.algorithm()).isEqualTo(curve.algorithm());
      assertThat(token.check(NOW, AUDIENCES, METHOD, Duration.ZERO)).isEmpty();
      assertThat(token.verify(key.verifyingKey())).as("seed %d", seed).isTrue();
      assertThat(token.verify(SigningKey.generate(curve, new Random(-seed)).verifyingKey()))
          .as("seed %d", seed)
          .isFalse();
    }
  }

  static Stream<Arguments> accepted() {
    return Stream.of(
        accepted("as it is", good()),
        accepted("a fragment that is listed", good().claim("aud", "\"" + SERVICE + "#bsky_fg\"")),
        accepted("kid", good().header("kid", "\"#atproto\"")),
        accepted("no typ", good().without("typ")),
        accepted("typ in lower case", good().header("typ", "\"jwt\"")),
        accepted("no jti", good().without("jti")),
        accepted("no iat", good().without("iat")),
        accepted("iat of tomorrow", good().claim("iat", "" + (NOW_SECONDS + 86_400))),
        accepted("exp now", good().claim("exp", "" + NOW_SECONDS)),
        accepted("exp in the last second of all", good().claim("exp", "253402300799")),
        accepted("exp with an exponent", good().claim("exp", "1.8000001e9")),
        accepted("exp with a fraction", good().claim("exp", NOW_SECONDS + ".5")),
        accepted("other claims", good().claim("scope", "{\"a\":[1,2,{}]}")),
        accepted("escaped name", good().without("aud").claim("\\u0061ud", "\"" + SERVICE + "\"")),
        accepted("long claims", good().claim("x", "\"" + "x".repeat(5000) + "\"")),
        accepted("spaces in the JSON", good().claim("x", " \n1 ")),
        accepted("high s", good().signature(bytes -> highTwin(Curve.K256, bytes))));
  }

  private static Arguments accepted(String name, TokenBuilder token) {
    return Arguments.of(name, token.build());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("accepted")
  void accepts(String name, String token) {
    assertThat(judge(token, K256.verifyingKey())).as(name).isEmpty();
  }

  static Stream<Arguments> refused() {
    String good = good().build();
    String[] parts = good.split("\\.", -1);
    return Stream.of(
        // Its form.
        refused("empty", "", Refusal.BAD_JWT),
        refused("dots", "..", Refusal.BAD_JWT),
        refused("one part", parts[0], Refusal.BAD_JWT),
        refused("two parts", parts[0] + "." + parts[1], Refusal.BAD_JWT),
        refused("four parts", good + ".", Refusal.BAD_JWT),
        refused("a dot before", "." + good, Refusal.BAD_JWT),
        refused("five parts, as if encrypted", good + ".a.b", Refusal.BAD_JWT),
        refused("a space before", " " + good, Refusal.BAD_JWT),
        refused("a line break behind", good + "\n", Refusal.BAD_JWT),
        refused("a space inside", parts[0] + ". " + parts[1] + "." + parts[2], Refusal.BAD_JWT),
        refused("the scheme before", "Bearer " + good, Refusal.BAD_JWT),
        refused("padded signature", good + "==", Refusal.BAD_JWT),
        refused("padded header", pad(parts[0]) + "." + parts[1] + "." + parts[2], Refusal.BAD_JWT),
        refused("bits beyond the signature", withSpareBit(good), Refusal.BAD_JWT),
        refused(
            "the alphabet of base64",
            good().sign(parts[0] + "." + parts[1] + "+/"),
            Refusal.BAD_JWT),
        refused("one character of base64", parts[0] + "." + parts[1] + ".A", Refusal.BAD_JWT),
        refused("not ASCII", parts[0] + "." + parts[1] + ".é" + parts[2], Refusal.BAD_JWT),
        refused("half a surrogate pair", good.replace('.', '\uD83C'), Refusal.BAD_JWT),
        refused("too long", good().claim("x", "\"" + "x".repeat(7000) + "\""), Refusal.BAD_JWT),
        refused("millions of dots", ".".repeat(5_000_000), Refusal.BAD_JWT),
        // Its JSON.
        refused("header a list", good().headerJson("[]"), Refusal.BAD_JWT),
        refused("header text", good().headerJson("\"JWT\""), Refusal.BAD_JWT),
        refused("header empty", good().headerJson(""), Refusal.BAD_JWT),
        refused("header cut", good().headerJson("{\"alg\":\"ES256K\""), Refusal.BAD_JWT),
        refused("header and more", good().headerJson("{\"alg\":\"ES256K\"}{}"), Refusal.BAD_JWT),
        refused("claims null", good().claimsJson("null"), Refusal.BAD_JWT),
        refused("claims a list", good().claimsJson("[" + good().claims() + "]"), Refusal.BAD_JWT),
        refused("claims in UTF-16", utf16(), Refusal.BAD_JWT),
        refused(
            "deep claims", good().claim("x", "[".repeat(1000) + "]".repeat(1000)), Refusal.BAD_JWT),
        refused("deep header", good().header("x", "[".repeat(3000)), Refusal.BAD_JWT),
        refused(
            "a number of thousands of digits",
            good().claim("exp", "1".repeat(4000)),
            Refusal.BAD_JWT),
        refused(
            "aud twice", good().claim("\\u0061ud", "\"did:web:other.example\""), Refusal.BAD_JWT),
        refused(
            "iss twice",
            good().claimsJson(good().claims().replace("}", ",\"iss\":\"" + ALICE + "\"}")),
            Refusal.BAD_JWT),
        refused(
            "alg twice",
            good().headerJson("{\"alg\":\"none\",\"alg\":\"ES256K\"}"),
            Refusal.BAD_JWT),
        // Its types.
        refused("no alg", good().without("alg"), Refusal.BAD_JWT),
        refused("alg null", good().header("alg", "null"), Refusal.BAD_JWT),
        refused("alg a list", good().header("alg", "[\"ES256K\"]"), Refusal.BAD_JWT),
        refused("typ a number", good().header("typ", "1"), Refusal.BAD_JWT),
        refused("kid of another key", good().header("kid", "\"#atproto_label\""), Refusal.BAD_JWT),
        refused("kid without its sign", good().header("kid", "\"atproto\""), Refusal.BAD_JWT),
        refused(
            "kid with the DID", good().header("kid", "\"" + ALICE + "#atproto\""), Refusal.BAD_JWT),
        refused("kid empty", good().header("kid", "\"\""), Refusal.BAD_JWT),
        refused("kid null", good().header("kid", "null"), Refusal.BAD_JWT),
        refused("crit", good().header("crit", "[\"b64\"]").header("b64", "false"), Refusal.BAD_JWT),
        refused("no iss", good().without("iss"), Refusal.BAD_JWT),
        refused("iss a number", good().claim("iss", "1"), Refusal.BAD_JWT),
        refused("no aud", good().without("aud"), Refusal.BAD_JWT),
        refused("aud a list", good().claim("aud", "[\"" + SERVICE + "\"]"), Refusal.BAD_JWT),
        refused("no exp", good().without("exp"), Refusal.BAD_JWT),
        refused(
            "exp as text", good().claim("exp", "\"" + (NOW_SECONDS + 60) + "\""), Refusal.BAD_JWT),
        refused("exp null", good().claim("exp", "null"), Refusal.BAD_JWT),
        refused("exp true", good().claim("exp", "true"), Refusal.BAD_JWT),
        refused("exp before 1970", good().claim("exp", "-1"), Refusal.BAD_JWT),
        refused("exp in the year 10000", good().claim("exp", "253402300800"), Refusal.BAD_JWT),
        refused("exp beyond a long", good().claim("exp", "1" + "0".repeat(30)), Refusal.BAD_JWT),
        refused("exp beyond a double", good().claim("exp", "1e400"), Refusal.BAD_JWT),
        refused("exp so far beyond", good().claim("exp", "1e999999999"), Refusal.BAD_JWT),
        refused("iat as text", good().claim("iat", "\"1\""), Refusal.BAD_JWT),
        refused("jti a number", good().claim("jti", "1"), Refusal.BAD_JWT),
        refused("lxm null", good().claim("lxm", "null"), Refusal.BAD_JWT),
        refused("lxm a list", good().claim("lxm", "[\"" + METHOD + "\"]"), Refusal.BAD_JWT),
        // Its values.
        refused("an access token", good().header("typ", "\"at+jwt\""), Refusal.BAD_JWT_TYPE),
        refused("a refresh token", good().header("typ", "\"refresh+jwt\""), Refusal.BAD_JWT_TYPE),
        refused("a proof", good().header("typ", "\"dpop+jwt\""), Refusal.BAD_JWT_TYPE),
        refused(
            "an access token in capitals",
            good().header("typ", "\"AT+JWT\""),
            Refusal.BAD_JWT_TYPE),
        refused(
            "an access token in full",
            good().header("typ", "\"application/at+jwt\""),
            Refusal.BAD_JWT_TYPE),
        refused(
            "exp a second ago", good().claim("exp", "" + (NOW_SECONDS - 1)), Refusal.JWT_EXPIRED),
        refused("exp 0", good().claim("exp", "0"), Refusal.JWT_EXPIRED),
        refused("exp minus 0", good().claim("exp", "-0"), Refusal.JWT_EXPIRED),
        refused(
            "another audience",
            good().claim("aud", "\"did:web:api.bsky.app\""),
            Refusal.BAD_JWT_AUDIENCE),
        refused(
            "another fragment",
            good().claim("aud", "\"" + SERVICE + "#bsky_appview\""),
            Refusal.BAD_JWT_AUDIENCE),
        refused(
            "audience with a space",
            good().claim("aud", "\"" + SERVICE + " \""),
            Refusal.BAD_JWT_AUDIENCE),
        refused(
            "audience in capitals",
            good().claim("aud", "\"did:web:FEED.example\""),
            Refusal.BAD_JWT_AUDIENCE),
        refused("audience empty", good().claim("aud", "\"\""), Refusal.BAD_JWT_AUDIENCE),
        refused("no lxm", good().without("lxm"), Refusal.BAD_JWT_LEXICON_METHOD),
        refused(
            "another method",
            good().claim("lxm", "\"app.bsky.feed.getFeed\""),
            Refusal.BAD_JWT_LEXICON_METHOD),
        refused("any method", good().claim("lxm", "\"*\""), Refusal.BAD_JWT_LEXICON_METHOD),
        refused(
            "issuer with a fragment",
            good().claim("iss", "\"" + ALICE + "#atproto\""),
            Refusal.BAD_JWT_ISS),
        refused("issuer a handle", good().claim("iss", "\"alice.example\""), Refusal.BAD_JWT_ISS),
        refused("issuer empty", good().claim("iss", "\"\""), Refusal.BAD_JWT_ISS),
        refused(
            "issuer with a line break",
            good().claim("iss", "\"" + ALICE + "\\n\""),
            Refusal.BAD_JWT_ISS),
        // Its signature.
        refused("alg none", good().header("alg", "\"none\""), Refusal.BAD_JWT_SIGNATURE),
        refused(
            "alg none, unsigned",
            good().header("alg", "\"none\"").signature(bytes -> new byte[0]),
            Refusal.BAD_JWT_SIGNATURE),
        refused("alg None", good().header("alg", "\"None\""), Refusal.BAD_JWT_SIGNATURE),
        refused("alg empty", good().header("alg", "\"\""), Refusal.BAD_JWT_SIGNATURE),
        refused("alg in lower case", good().header("alg", "\"es256k\""), Refusal.BAD_JWT_SIGNATURE),
        refused(
            "alg of the other curve", good().header("alg", "\"ES256\""), Refusal.BAD_JWT_SIGNATURE),
        refused("alg ES384", good().header("alg", "\"ES384\""), Refusal.BAD_JWT_SIGNATURE),
        refused("HS256 with the public key", hs256(), Refusal.BAD_JWT_SIGNATURE),
        refused("unsigned", good().signature(bytes -> new byte[0]), Refusal.BAD_JWT_SIGNATURE),
        refused("in DER", good().signature(ServiceTokenTest::der), Refusal.BAD_JWT_SIGNATURE),
        refused(
            "63 bytes",
            good().signature(bytes -> Arrays.copyOf(bytes, 63)),
            Refusal.BAD_JWT_SIGNATURE),
        refused(
            "65 bytes",
            good().signature(bytes -> Arrays.copyOf(bytes, 65)),
            Refusal.BAD_JWT_SIGNATURE),
        refused("zeros", good().signature(bytes -> new byte[64]), Refusal.BAD_JWT_SIGNATURE),
        refused(
            "r and s in the other order",
            good().signature(ServiceTokenTest::swapped),
            Refusal.BAD_JWT_SIGNATURE),
        refused(
            "other claims than signed",
            parts[0]
                + "."
                + TokenBuilder.encode(good().claim("jti", "\"x\"").claims())
                + "."
                + parts[2],
            Refusal.BAD_JWT_SIGNATURE),
        refused(
            "another header than signed",
            TokenBuilder.encode(good().without("typ").header()) + "." + parts[1] + "." + parts[2],
            Refusal.BAD_JWT_SIGNATURE),
        refused(
            "signed by a key of the other curve",
            alice(new TokenBuilder(P256)),
            Refusal.BAD_JWT_SIGNATURE),
        refused(
            "signed on the other curve, this one named",
            alice(new TokenBuilder(P256)).header("alg", "\"ES256K\""),
            Refusal.BAD_JWT_SIGNATURE),
        refused(
            "signed by another",
            alice(new TokenBuilder(SigningKey.generate(Curve.K256, new Random(1)))),
            Refusal.BAD_JWT_SIGNATURE),
        // Which comes first.
        refused(
            "other type and expired",
            good().header("typ", "\"at+jwt\"").claim("exp", "0"),
            Refusal.BAD_JWT_TYPE),
        refused(
            "expired and for another",
            good().claim("exp", "0").claim("aud", "\"x\""),
            Refusal.JWT_EXPIRED),
        refused(
            "for another and without method",
            good().claim("aud", "\"x\"").without("lxm"),
            Refusal.BAD_JWT_AUDIENCE),
        refused(
            "without method and issuer",
            good().without("lxm").claim("iss", "\"x\""),
            Refusal.BAD_JWT_LEXICON_METHOD),
        refused(
            "bad issuer and alg none",
            good().claim("iss", "\"x\"").header("alg", "\"none\""),
            Refusal.BAD_JWT_ISS));
  }

  private static Arguments refused(String name, TokenBuilder token, Refusal reason) {
    return refused(name, token.build(), reason);
  }

  private static Arguments refused(String name, String token, Refusal reason) {
    return Arguments.of(name, token, reason);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void refuses(String name, String token, Refusal reason) {
    assertThat(judge(token, K256.verifyingKey())).as(name).contains(reason);
  }

  @Test
  void theKeysCurveDecides() throws MalformedDataException {
    ServiceToken k256 = ServiceToken.parse(alice(new TokenBuilder(K256)).build());
    ServiceToken p256 = ServiceToken.parse(alice(new TokenBuilder(P256)).build());
    assertThat(k256.verify(K256.verifyingKey())).isTrue();
    assertThat(k256.verify(P256.verifyingKey())).isFalse();
    assertThat(p256.verify(P256.verifyingKey())).isTrue();
    assertThat(p256.verify(K256.verifyingKey())).isFalse();
  }

  @Test
  void noKeyIsAskedForWhereNoneCouldHaveSigned() throws MalformedDataException {
    for (TokenBuilder token :
        new TokenBuilder[] {
          good().header("alg", "\"none\""),
          good().header("alg", "\"HS256\""),
          good().signature(bytes -> new byte[0]),
          good().signature(ServiceTokenTest::der)
        }) {
      assertThat(ServiceToken.parse(token.build()).check(NOW, AUDIENCES, METHOD, Duration.ZERO))
          .contains(Refusal.BAD_JWT_SIGNATURE);
    }
  }

  @Test
  void leewayIsForClocksThatDiffer() throws MalformedDataException {
    ServiceToken token = ServiceToken.parse(good().claim("exp", "" + NOW_SECONDS).build());
    Duration leeway = Duration.ofSeconds(5);
    assertThat(token.check(NOW.plusSeconds(5), AUDIENCES, METHOD, leeway)).isEmpty();
    assertThat(token.check(NOW.plusSeconds(5).plusNanos(1), AUDIENCES, METHOD, leeway))
        .contains(Refusal.JWT_EXPIRED);
    assertThat(token.check(NOW.plusNanos(1), AUDIENCES, METHOD, Duration.ZERO))
        .contains(Refusal.JWT_EXPIRED);
  }

  @Test
  void aFragmentCountsOnlyWhereListed() throws MalformedDataException {
    ServiceToken token =
        ServiceToken.parse(good().claim("aud", "\"" + SERVICE + "#bsky_fg\"").build());
    assertThat(token.check(NOW, Set.of(SERVICE), METHOD, Duration.ZERO))
        .contains(Refusal.BAD_JWT_AUDIENCE);
    assertThat(token.check(NOW, Set.of(SERVICE + "#bsky_fg"), METHOD, Duration.ZERO)).isEmpty();
    assertThat(token.check(NOW, Set.of(), METHOD, Duration.ZERO))
        .contains(Refusal.BAD_JWT_AUDIENCE);
  }

  @Test
  void anyOtherTextIsRefused() {
    String good = good().build();
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.= ";
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 1500; seed++) {
      Random random = new Random(seed);
      StringBuilder mutant = new StringBuilder(good);
      int at = random.nextInt(good.length());
      switch (random.nextInt(3)) {
        case 0 -> mutant.setCharAt(at, alphabet.charAt(random.nextInt(alphabet.length())));
        case 1 -> mutant.insert(at, alphabet.charAt(random.nextInt(alphabet.length())));
        default -> mutant.deleteCharAt(at);
      }
      if (!mutant.toString().equals(good)) {
        assertThat(judge(mutant.toString(), K256.verifyingKey())).as("seed %d", seed).isPresent();
      }
    }
  }

  @Test
  void saysWhatWasExpectedAndQuotesNothing() throws MalformedDataException {
    String token = good().claim("exp", "\"secret\"").build();
    assertThatThrownBy(() -> ServiceToken.parse(token))
        .hasMessage("expected seconds since 1970, before the year 10000, as exp, found STRING");
    String encrypted = good().build() + ".a.b";
    assertThatThrownBy(() -> ServiceToken.parse(encrypted))
        .hasMessage("expected three parts with a dot between, found more or fewer");
    assertThat(ServiceToken.parse(good().build()).toString())
        .doesNotContain(ALICE.value())
        .doesNotContain(SERVICE);
  }

  @Test
  void reasonsHaveTheNamesOfTheReference() {
    assertThat(Refusal.values())
        .extracting(Refusal::errorName)
        .containsExactly(
            "BadJwt",
            "BadJwtType",
            "JwtExpired",
            "BadJwtAudience",
            "BadJwtLexiconMethod",
            "BadJwtIss",
            "BadJwtSignature");
  }

  /** As a service does it: parse, check, verify. */
  private static Optional<Refusal> judge(String text, VerifyingKey key) {
    ServiceToken token;
    try {
      token = ServiceToken.parse(text);
    } catch (MalformedDataException e) {
      assertThat(e.kind()).isEqualTo(Kind.BAD_TOKEN);
      assertThat(e.getMessage()).hasSizeLessThan(200);
      return Optional.of(Refusal.BAD_JWT);
    }
    Optional<Refusal> refusal = token.check(NOW, AUDIENCES, METHOD, Duration.ZERO);
    if (refusal.isPresent()) {
      return refusal;
    }
    return token.verify(key) ? Optional.empty() : Optional.of(Refusal.BAD_JWT_SIGNATURE);
  }

  private static TokenBuilder good() {
    return alice(new TokenBuilder(K256));
  }

  private static TokenBuilder alice(TokenBuilder token) {
    return token
        .claim("iat", "" + NOW_SECONDS)
        .claim("iss", "\"" + ALICE + "\"")
        .claim("aud", "\"" + SERVICE + "\"")
        .claim("exp", "" + (NOW_SECONDS + 60))
        .claim("lxm", "\"" + METHOD + "\"")
        .claim("jti", "\"0123456789abcdef\"");
  }

  private static String pad(String base64) {
    return base64
        + "=".repeat((4 - base64.length() % 4) % 4)
        + (base64.length() % 4 == 0 ? "====" : "");
  }

  /** The last character of 64 bytes holds two bits of them and four of nothing. */
  private static String withSpareBit(String token) {
    String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    int last = token.length() - 1;
    return token.substring(0, last) + alphabet.charAt(alphabet.indexOf(token.charAt(last)) + 1);
  }

  private static String utf16() {
    byte[] claims = good().claims().getBytes(StandardCharsets.UTF_16BE);
    return good()
        .sign(
            TokenBuilder.encode(good().header())
                + "."
                + Base64.getUrlEncoder().withoutPadding().encodeToString(claims));
  }

  /** The classic: the public key, which all know, as the secret of a symmetric algorithm. */
  private static String hs256() {
    TokenBuilder token = good().header("alg", "\"HS256\"");
    String signed = TokenBuilder.encode(token.header()) + "." + TokenBuilder.encode(token.claims());
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(
          new SecretKeySpec(
              K256.verifyingKey().multikey().getBytes(StandardCharsets.US_ASCII), "HmacSHA256"));
      byte[] code = mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
      return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(code);
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] der(byte[] raw) {
    try {
      return StandardDSAEncoding.INSTANCE.encode(
          Curve.K256.order(),
          new BigInteger(1, Arrays.copyOf(raw, 32)),
          new BigInteger(1, Arrays.copyOfRange(raw, 32, 64)));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] swapped(byte[] raw) {
    byte[] swapped = new byte[64];
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
}
