package courtside.atproto.token;

/**
 * Why a token is refused, in the order in which it is looked at: the first that holds is the
 * answer. Safe as a metric label.
 */
public enum Refusal {
  /** No token of this form: {@link ServiceToken#parse} refused it. */
  BAD_JWT("BadJwt"),
  /** A token for something else: OAuth's access and refresh tokens and proofs of possession. */
  BAD_JWT_TYPE("BadJwtType"),
  /** Its time is over. */
  JWT_EXPIRED("JwtExpired"),
  /** Made for another service. */
  BAD_JWT_AUDIENCE("BadJwtAudience"),
  /** Made for another method, or for none. */
  BAD_JWT_LEXICON_METHOD("BadJwtLexiconMethod"),
  /** Its issuer is not a DID alone. */
  BAD_JWT_ISS("BadJwtIss"),
  /** Not signed by the issuer's key, or in a way that no key of the protocol signs. */
  BAD_JWT_SIGNATURE("BadJwtSignature");

  private final String errorName;

  Refusal(String errorName) {
    this.errorName = errorName;
  }

  /** How the error of a response names it; its status is 401. */
  public String errorName() {
    return errorName;
  }
}
