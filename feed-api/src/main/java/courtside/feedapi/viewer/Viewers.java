package courtside.feedapi.viewer;

import courtside.atproto.MalformedDataException;
import courtside.atproto.key.VerifyingKey;
import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.Nsid;
import courtside.atproto.token.Refusal;
import courtside.atproto.token.ServiceToken;
import courtside.feedapi.identity.KeyAnswer;
import courtside.feedapi.identity.KeyFailure;
import courtside.feedapi.identity.SigningKeys;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells who asks from a request's token. Whatever can be said of it without a key is said first, so
 * that nobody is asked for a key because of a token that is worth none; the signature is looked at
 * last. A token is taken once; one without {@code jti} cannot be told from its repetition, and is
 * taken until it ends, which must be soon. Nothing of a token gets into a log. Thread-safe.
 *
 * @see <a href="https://atproto.com/specs/xrpc#inter-service-authentication-jwt">Inter-service
 *     authentication</a>
 */
public final class Viewers {
  private static final Pattern BEARER =
      Pattern.compile("bearer +([^ ].*)", Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** How far ahead a token may end that cannot be told from its repetition. */
  private static final Duration WITHOUT_NONCE = Duration.ofMinutes(2);

  /** The scheme and the spaces after it; what is longer than this and a token is no header. */
  private static final int SCHEME_LENGTH = 64;

  private final ViewerSettings settings;
  private final SigningKeys keys;
  private final InstantSource clock;
  private final UsedTokens used;
  private final Map<Verdict, Counter> verdicts = new EnumMap<>(Verdict.class);

  /** Nobody has asked so far. */
  public Viewers(
      ViewerSettings settings, SigningKeys keys, InstantSource clock, MeterRegistry metrics) {
    this.settings = settings;
    this.keys = keys;
    this.clock = clock;
    this.used = new UsedTokens(settings.remembered());
    for (Verdict verdict : Verdict.values()) {
      verdicts.put(
          verdict,
          Counter.builder("courtside.feed.api.viewers")
              .description("requests, by what their token says about who asks")
              .tag("verdict", verdict.label())
              .register(metrics));
    }
    Gauge.builder("courtside.feed.api.tokens.used", used, UsedTokens::size)
        .description("used tokens that are remembered")
        .register(metrics);
    FunctionCounter.builder("courtside.feed.api.tokens.forgotten", used, UsedTokens::forgotten)
        .description("used tokens that were forgotten before they ended, as there were too many")
        .register(metrics);
  }

  /**
   * Who asks.
   *
   * @param authorization the request's header of that name, if it has one
   * @param method the method that is called
   * @param client who sent the request, as clients are told apart
   */
  public Asker identify(Optional<String> authorization, Nsid method, String client) {
    Judged judged =
        authorization.map(header -> judge(header, method, client)).orElse(Judged.ANONYMOUS);
    Counter counter = verdicts.get(judged.verdict());
    if (counter == null) {
      throw new IllegalStateException("every verdict has its counter, but not " + judged.verdict());
    }
    counter.increment();
    return judged.asker();
  }

  private record Judged(Verdict verdict, Asker asker) {
    static final Judged ANONYMOUS = new Judged(Verdict.ANONYMOUS, new Asker.Anonymous());

    static Judged refused(Verdict verdict, Refusal refusal, String message) {
      return new Judged(verdict, new Asker.Refused(refusal.errorName(), message));
    }
  }

  private Judged judge(String header, Nsid method, String client) {
    if (header.length() > ServiceToken.MAX_LENGTH + SCHEME_LENGTH) {
      return Judged.refused(
          Verdict.BAD_JWT,
          Refusal.BAD_JWT,
          "expected a token of at most " + ServiceToken.MAX_LENGTH + " characters");
    }
    Matcher bearer = BEARER.matcher(header);
    if (!bearer.matches()) {
      return new Judged(
          Verdict.NOT_BEARER,
          new Asker.Refused("AuthenticationRequired", "expected Bearer and a service token"));
    }
    ServiceToken token;
    try {
      token = ServiceToken.parse(bearer.group(1));
    } catch (MalformedDataException e) {
      return Judged.refused(Verdict.BAD_JWT, Refusal.BAD_JWT, String.valueOf(e.getMessage()));
    }
    Instant now = clock.instant();
    return withoutKey(token, method, now).orElseGet(() -> withKey(token, client));
  }

  private Optional<Judged> withoutKey(ServiceToken token, Nsid method, Instant now) {
    Optional<Refusal> refusal = token.check(now, settings.audiences(), method, settings.leeway());
    if (refusal.isPresent()) {
      return Optional.of(
          Judged.refused(Verdict.of(refusal.get()), refusal.get(), message(refusal.get(), method)));
    }
    if (token.expiresAt().isAfter(now.plus(settings.longest()).plus(settings.leeway()))) {
      return Optional.of(
          Judged.refused(
              Verdict.TOO_LONG,
              Refusal.BAD_JWT,
              "expected a token that ends within " + settings.longest().toSeconds() + " seconds"));
    }
    if (token.nonce().isEmpty()
        && token.expiresAt().isAfter(now.plus(WITHOUT_NONCE).plus(settings.leeway()))) {
      return Optional.of(
          Judged.refused(
              Verdict.TOO_LONG,
              Refusal.BAD_JWT,
              "expected a token without jti to end within "
                  + WITHOUT_NONCE.toSeconds()
                  + " seconds"));
    }
    if (token.issuedAt().filter(issued -> issued.isAfter(token.expiresAt())).isPresent()) {
      return Optional.of(
          Judged.refused(
              Verdict.BAD_JWT, Refusal.BAD_JWT, "expected a token that begins before it ends"));
    }
    Did issuer = issuer(token);
    if (token.nonce().filter(nonce -> used.holds(issuer, nonce, now)).isPresent()) {
      return Optional.of(replayed());
    }
    return Optional.empty();
  }

  private String message(Refusal refusal, Nsid method) {
    return switch (refusal) {
      case BAD_JWT -> "expected a service token";
      case BAD_JWT_TYPE -> "expected a service token, found one for something else";
      case JWT_EXPIRED -> "the token has ended";
      case BAD_JWT_AUDIENCE -> "expected this service as aud, found another";
      case BAD_JWT_LEXICON_METHOD ->
          "expected " + method.value() + " as lxm, found another or none";
      case BAD_JWT_ISS -> "expected a DID alone as iss, found something else";
      case BAD_JWT_SIGNATURE -> "expected a signature of the account, found another";
    };
  }

  private static Judged replayed() {
    return Judged.refused(
        Verdict.REPLAYED,
        Refusal.BAD_JWT,
        "the token was used before; each is good for one request");
  }

  private Judged withKey(ServiceToken token, String client) {
    Did issuer = issuer(token);
    return switch (keys.find(issuer, client)) {
      case KeyAnswer.Found(VerifyingKey key) -> bySignature(token, issuer, key, client);
      case KeyAnswer.Failed(KeyFailure reason) when reason.isTemporary() ->
          new Judged(
              Verdict.KEY_NOT_REACHED,
              new Asker.Unknown("the account's signing key is not to be had just now"));
      case KeyAnswer.Failed _ ->
          Judged.refused(
              Verdict.NO_KEY, Refusal.BAD_JWT_ISS, "the account's DID leads to no signing key");
    };
  }

  private Judged bySignature(ServiceToken token, Did issuer, VerifyingKey key, String client) {
    if (!token.verify(key) && keys.otherThan(issuer, key, client).filter(token::verify).isEmpty()) {
      return Judged.refused(
          Verdict.BAD_JWT_SIGNATURE,
          Refusal.BAD_JWT_SIGNATURE,
          "expected a signature of the account, found another");
    }
    Instant until = token.expiresAt().plus(settings.leeway());
    Instant now = clock.instant();
    if (now.isAfter(until)) {
      return Judged.refused(
          Verdict.JWT_EXPIRED,
          Refusal.JWT_EXPIRED,
          "the token has ended while its key was asked for");
    }
    // Of all that came to here at once with the same token, one goes on.
    if (token.nonce().filter(nonce -> !used.use(issuer, nonce, until, now)).isPresent()) {
      return replayed();
    }
    return new Judged(Verdict.VIEWER, new Asker.Viewer(issuer));
  }

  /** Of a token that was checked. */
  private static Did issuer(ServiceToken token) {
    return token
        .issuer()
        .orElseThrow(() -> new IllegalStateException("a token that was checked has an issuer"));
  }
}
