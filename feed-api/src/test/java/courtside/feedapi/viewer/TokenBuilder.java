package courtside.feedapi.viewer;

import courtside.atproto.key.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** Makes tokens in which a test changes what it likes; they are signed as they then are. */
final class TokenBuilder {
  private final Map<String, String> header = new LinkedHashMap<>();
  private final Map<String, String> claims = new LinkedHashMap<>();
  private final SigningKey key;
  private UnaryOperator<byte[]> signature = UnaryOperator.identity();

  TokenBuilder(SigningKey key) {
    this.key = key;
    header("typ", "\"JWT\"").header("alg", "\"" + key.curve().algorithm() + "\"");
  }

  /** A member of the header, its value as JSON. */
  TokenBuilder header(String name, String json) {
    header.put(name, json);
    return this;
  }

  /** A claim, its value as JSON. */
  TokenBuilder claim(String name, String json) {
    claims.put(name, json);
    return this;
  }

  TokenBuilder without(String name) {
    header.remove(name);
    claims.remove(name);
    return this;
  }

  /** What becomes of the signature. */
  TokenBuilder signature(UnaryOperator<byte[]> change) {
    signature = change;
    return this;
  }

  /** What is signed. */
  String signed() {
    return encode(json(header)) + "." + encode(json(claims));
  }

  String build() {
    byte[] bytes = signature.apply(key.sign(signed().getBytes(StandardCharsets.US_ASCII)));
    return signed() + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  static String encode(String json) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(json.getBytes(StandardCharsets.UTF_8));
  }

  private static String json(Map<String, String> members) {
    return members.entrySet().stream()
        .map(member -> "\"" + member.getKey() + "\":" + member.getValue())
        .collect(Collectors.joining(",", "{", "}"));
  }
}
