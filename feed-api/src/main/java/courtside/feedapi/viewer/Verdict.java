package courtside.feedapi.viewer;

import courtside.atproto.token.Refusal;
import java.util.Locale;

/** What came of a request's token, as it is counted. */
enum Verdict {
  ANONYMOUS,
  VIEWER,
  NOT_BEARER,
  BAD_JWT,
  TOO_LONG,
  REPLAYED,
  BAD_JWT_TYPE,
  JWT_EXPIRED,
  BAD_JWT_AUDIENCE,
  BAD_JWT_LEXICON_METHOD,
  BAD_JWT_ISS,
  NO_KEY,
  BAD_JWT_SIGNATURE,
  KEY_NOT_REACHED;

  static Verdict of(Refusal refusal) {
    return switch (refusal) {
      case BAD_JWT -> BAD_JWT;
      case BAD_JWT_TYPE -> BAD_JWT_TYPE;
      case JWT_EXPIRED -> JWT_EXPIRED;
      case BAD_JWT_AUDIENCE -> BAD_JWT_AUDIENCE;
      case BAD_JWT_LEXICON_METHOD -> BAD_JWT_LEXICON_METHOD;
      case BAD_JWT_ISS -> BAD_JWT_ISS;
      case BAD_JWT_SIGNATURE -> BAD_JWT_SIGNATURE;
    };
  }

  /** The name as a metric label. */
  String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
