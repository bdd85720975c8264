package courtside.feedapi.identity;

import courtside.atproto.key.Curve;
import courtside.atproto.key.SigningKey;
import courtside.atproto.key.VerifyingKey;
import java.util.Random;

/** Documents of DIDs. */
public final class Documents {
  /** The key in them, if a test says no other. */
  static final VerifyingKey KEY = SigningKey.generate(Curve.K256, new Random(3)).verifyingKey();

  private Documents() {}

  static String of(String did) {
    return of(did, KEY);
  }

  /** As the directory has them. */
  public static String of(String did, VerifyingKey key) {
    return """
    {"@context":["https://www.w3.org/ns/did/v1"],"id":"%1$s","alsoKnownAs":[],\
    "verificationMethod":[{"id":"%1$s#atproto","type":"Multikey","controller":"%1$s",\
    "publicKeyMultibase":"%2$s"}],"service":[]}\
    """
        .formatted(did, key.multikey());
  }

  /** One of that many bytes. */
  static String ofLength(String did, int bytes) {
    String document = of(did);
    return document + " ".repeat(bytes - document.length());
  }
}
