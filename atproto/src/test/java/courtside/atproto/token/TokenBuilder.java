package courtside.atproto.token;

import courtside.atproto.key.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes tokens that are good but for what a test changes in them. */
final class TokenBuilder {
  private final Map<String, String> header = new LinkedHashMap<>();
  private final Map<String, String> claims = new LinkedHashMap<>();
  private final SigningKey key;
  private @Nullable String headerJson;
  private @Nullable String claimsJson;
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

  TokenBuilder claim(String name, String json) {
    claims.put(name, json);
    return this;
  }

  TokenBuilder without(String name) {
    header.remove(name);
    claims.remove(name);
    return this;
  }

  /** Whatever stands there instead of the header. */
  TokenBuilder headerJson(String json) {
    headerJson = json;
    return this;
  }

  TokenBuilder claimsJson(String json) {
    claimsJson = json;
    return this;
  }

  /** What becomes of the signature. */
  TokenBuilder signature(UnaryOperator<byte[]> change) {
    signature = change;
    return this;
  }

  String header() {
    return headerJson == null ? json(header) : headerJson;
  }

  String claims() {
    return claimsJson == null ? json(claims) : claimsJson;
  }

  /** The token, its signature over what stands in it. */
  String build() {
    return sign(encode(header()) + "." + encode(claims()));
  }

  /** A token of these two parts. */
  String sign(String signed) {
    byte[] bytes = signature.apply(key.sign(signed.getBytes(StandardCharsets.UTF_8)));
    return signed + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
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
