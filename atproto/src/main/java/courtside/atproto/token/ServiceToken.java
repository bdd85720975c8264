package courtside.atproto.token;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.json.JsonObjects;
import courtside.atproto.key.Curve;
import courtside.atproto.key.SigningKey;
import courtside.atproto.key.VerifyingKey;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * A service-auth token: an account's word to one service, for one method, for about a minute. A JWT
 * signed by the account's signing key. A parsed one is not yet believed: first {@link #check} it,
 * then get the issuer's key, then {@link #verify} it. Immutable.
 *
 * @see <a href="https://atproto.com/specs/xrpc#inter-service-authentication-jwt">Inter-service
 *     authentication</a>
 */
public final class ServiceToken {
  /** Longest token that is looked at, in characters; two of the longest DIDs fit. */
  public static final int MAX_LENGTH = 8192;

  /** The only key of an issuer's document that signs these. */
  private static final String SIGNING_KEY = "#atproto";

  /** The last second of the year 9999. */
  private static final long MAX_SECONDS = 253_402_300_799L;

  private static final Set<String> OTHER_TYPES = Set.of("at+jwt", "refresh+jwt", "dpop+jwt");

  private final String signed;
  private final byte[] signature;
  private final String algorithm;
  private final Optional<String> type;
  private final String iss;
  private final String aud;
  private final Instant exp;
  private final Optional<Instant> iat;
  private final Optional<String> jti;
  private final Optional<String> lxm;

  private ServiceToken(String signed, byte[] signature, JsonNode header, JsonNode claims)
      throws MalformedDataException {
    this.signed = signed;
    this.signature = signature;
    this.algorithm = required("alg", text(header, "alg"));
    this.type = text(header, "typ");
    this.iss = required("iss", text(claims, "iss"));
    this.aud = required("aud", text(claims, "aud"));
    this.exp = required("exp", time(claims, "exp"));
    this.iat = time(claims, "iat");
    this.jti = text(claims, "jti");
    this.lxm = text(claims, "lxm");
    if (header.has("crit")) {
      throw malformed("expected no extension that must be understood, found crit");
    }
    if (!text(header, "kid").orElse(SIGNING_KEY).equals(SIGNING_KEY)) {
      throw malformed("expected " + SIGNING_KEY + " as kid or none, found another");
    }
  }

  /**
   * Parses the compact form, without the word {@code Bearer} before it. Types and bounds are looked
   * at, values are not: those {@link #check} does. Claims that are not known are passed over.
   *
   * @throws MalformedDataException {@link Kind#BAD_TOKEN} if the text is no such token; to be
   *     answered as {@link Refusal#BAD_JWT}
   */
  public static ServiceToken parse(String text) throws MalformedDataException {
    if (text.length() > MAX_LENGTH) {
      throw malformed("expected at most " + MAX_LENGTH + " characters, found " + text.length());
    }
    int headerEnd = text.indexOf('.');
    int claimsEnd = text.indexOf('.', headerEnd + 1);
    if (headerEnd < 0 || claimsEnd < 0 || text.indexOf('.', claimsEnd + 1) >= 0) {
      throw malformed("expected three parts with a dot between, found more or fewer");
    }
    return new ServiceToken(
        text.substring(0, claimsEnd),
        base64("signature", text.substring(claimsEnd + 1)),
        object("header", text.substring(0, headerEnd)),
        object("claims", text.substring(headerEnd + 1, claimsEnd)));
  }

  /**
   * Makes a token.
   *
   * @param key the issuer's signing key
   * @param audience the service's DID, with or without the fragment of one of its services
   * @param issuedAt to the second; the rest is cut off
   * @param lifetime how long it holds from then on, to the second
   * @param nonce what no other token of this issuer has
   */
  public static String sign(
      SigningKey key,
      Did issuer,
      String audience,
      Nsid method,
      Instant issuedAt,
      Duration lifetime,
      String nonce) {
    ObjectNode header = JsonNodeFactory.instance.objectNode();
    header.put("typ", "JWT").put("alg", key.curve().algorithm());
    ObjectNode claims = JsonNodeFactory.instance.objectNode();
    claims
        .put("iat", issuedAt.getEpochSecond())
        .put("iss", issuer.value())
        .put("aud", audience)
        .put("exp", issuedAt.getEpochSecond() + lifetime.toSeconds())
        .put("lxm", method.value())
        .put("jti", nonce);
    String signed = encode(header) + "." + encode(claims);
    byte[] signature = key.sign(signed.getBytes(StandardCharsets.US_ASCII));
    return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signature);
  }

  private static String encode(ObjectNode object) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(object.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Looks at everything that needs no key, so that nobody's key is asked for in vain. What is empty
   * here is still only a claim, until {@link #verify} says yes.
   *
   * @param audiences what {@code aud} may be, exactly: the service's DID, and that with the
   *     fragment of its service
   * @param leeway how much later than {@code exp} it may be, for clocks that differ
   * @return why it is refused; never {@link Refusal#BAD_JWT}, which {@link #parse} says
   */
  public Optional<Refusal> check(Instant now, Set<String> audiences, Nsid method, Duration leeway) {
    if (type.isPresent() && isOfOtherType(type.get())) {
      return Optional.of(Refusal.BAD_JWT_TYPE);
    }
    if (now.isAfter(exp.plus(leeway))) {
      return Optional.of(Refusal.JWT_EXPIRED);
    }
    if (!audiences.contains(aud)) {
      return Optional.of(Refusal.BAD_JWT_AUDIENCE);
    }
    if (!lxm.equals(Optional.of(method.value()))) {
      return Optional.of(Refusal.BAD_JWT_LEXICON_METHOD);
    }
    if (issuer().isEmpty()) {
      return Optional.of(Refusal.BAD_JWT_ISS);
    }
    if (signature.length != VerifyingKey.SIGNATURE_LENGTH
        || (!algorithm.equals(Curve.K256.algorithm())
            && !algorithm.equals(Curve.P256.algorithm()))) {
      return Optional.of(Refusal.BAD_JWT_SIGNATURE);
    }
    return Optional.empty();
  }

  /** Types are media types: case does not count, nor whether {@code application/} is written. */
  private static boolean isOfOtherType(String type) {
    String name = type.toLowerCase(Locale.ROOT);
    return OTHER_TYPES.contains(
        name.startsWith("application/") ? name.substring("application/".length()) : name);
  }

  /**
   * Whether the key signed it. The key's curve decides how: a token that names another algorithm is
   * refused. Its s may be the high one, as those of some issuers are. If not, {@link
   * Refusal#BAD_JWT_SIGNATURE} is the answer, once it is known that the issuer has no newer key.
   */
  public boolean verify(VerifyingKey key) {
    return algorithm.equals(key.curve().algorithm())
        && key.verifiesAnyS(signed.getBytes(StandardCharsets.US_ASCII), signature);
  }

  /** The account that speaks; empty where the claim is not a DID alone. */
  public Optional<Did> issuer() {
    return Did.isValid(iss) ? Optional.of(new Did(iss)) : Optional.empty();
  }

  /** Claim {@code aud}: the service that is spoken to. */
  public String audience() {
    return aud;
  }

  /** Claim {@code exp}: the last moment at which it holds, to the second. */
  public Instant expiresAt() {
    return exp;
  }

  /** Claim {@code iat}. */
  public Optional<Instant> issuedAt() {
    return iat;
  }

  /** Claim {@code jti}: what no other token of the issuer has. */
  public Optional<String> nonce() {
    return jti;
  }

  /** Claim {@code lxm}: the method that is called. */
  public Optional<String> method() {
    return lxm;
  }

  /** What the header says of itself, {@code alg}. Decides nothing. */
  public String algorithm() {
    return algorithm;
  }

  private static JsonNode object(String part, String base64) throws MalformedDataException {
    try {
      return JsonObjects.read(base64(part, base64), MAX_LENGTH);
    } catch (MalformedDataException e) {
      throw malformed(part + ": " + e.getMessage());
    }
  }

  private static byte[] base64(String part, String text) throws MalformedDataException {
    try {
      byte[] bytes = Base64.getUrlDecoder().decode(text);
      // The decoder lets padding, and bits beyond the last byte, pass.
      if (Base64.getUrlEncoder().withoutPadding().encodeToString(bytes).equals(text)) {
        return bytes;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw malformed(part + ": expected base64url without padding, found another text");
  }

  private static <T> T required(String name, Optional<T> value) throws MalformedDataException {
    if (value.isEmpty()) {
      throw malformed("expected " + name + ", found none");
    }
    return value.get();
  }

  private static Optional<String> text(JsonNode object, String name) throws MalformedDataException {
    JsonNode value = object.path(name);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    if (!value.isTextual()) {
      throw malformed("expected text as " + name + ", found " + value.getNodeType());
    }
    return Optional.of(value.textValue());
  }

  /** A number of seconds; with a fraction, which is cut off, it is one too. */
  private static Optional<Instant> time(JsonNode object, String name)
      throws MalformedDataException {
    JsonNode value = object.path(name);
    if (value.isMissingNode()) {
      return Optional.empty();
    }
    // As a double, which holds every second that is allowed, any number is compared safely.
    double seconds = value.isNumber() ? value.doubleValue() : Double.NaN;
    if (!(seconds >= 0 && seconds <= MAX_SECONDS)) {
      throw malformed(
          "expected seconds since 1970, before the year 10000, as "
              + name
              + ", found "
              + (value.isNumber() ? "another number" : value.getNodeType()));
    }
    return Optional.of(Instant.ofEpochSecond((long) seconds));
  }

  private static MalformedDataException malformed(String message) {
    return new MalformedDataException(Kind.BAD_TOKEN, -1, message);
  }

  /** When it ends. Neither whose it is nor its signature: it may get into a log. */
  @Override
  public String toString() {
    return "ServiceToken[exp=" + exp + "]";
  }
}
