package courtside.atproto.key;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import courtside.atproto.MalformedDataException;
import courtside.atproto.SharedFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What other implementations made. */
final class KeyVectorsTest {
  private static final String INTEROP = "vectors/atproto-interop-tests/crypto/";
  private static final String INDIGO = "vectors/indigo/atproto/atcrypto/testdata/";

  @ParameterizedTest
  @ValueSource(strings = {INTEROP, INDIGO})
  void signaturesAreJudgedAsTheFixturesSay(String directory)
      throws IOException, MalformedDataException {
    JsonNode fixtures = read(directory + "signature-fixtures.json");
    assertThat(fixtures).hasSize(6);
    for (JsonNode fixture : fixtures) {
      String comment = fixture.path("comment").asText();
      byte[] message = Base64.getDecoder().decode(fixture.path("messageBase64").asText());
      byte[] signature = Base64.getDecoder().decode(fixture.path("signatureBase64").asText());
      VerifyingKey key = VerifyingKey.ofDidKey(fixture.path("publicKeyDid").asText());
      assertThat(key.curve().algorithm()).isEqualTo(fixture.path("algorithm").asText());
      assertThat(key.verifies(message, signature))
          .as(comment)
          .isEqualTo(fixture.path("validSignature").asBoolean());
      // A high s is all that is wrong with those.
      assertThat(key.verifiesAnyS(message, signature))
          .as(comment)
          .isEqualTo(!fixture.path("tags").toString().contains("der"));
      assertThat(
              VerifyingKey.ofLegacyMultibase(
                  key.curve(), fixture.path("publicKeyMultibase").asText()))
          .as(comment)
          .isEqualTo(key);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {INTEROP, INDIGO})
  void privateKeysHaveTheirPublicHalves(String directory)
      throws IOException, MalformedDataException {
    JsonNode k256 = read(directory + "w3c_didkey_K256.json");
    assertThat(k256).hasSize(5);
    for (JsonNode fixture : k256) {
      byte[] secret = HexFormat.of().parseHex(fixture.path("privateKeyBytesHex").asText());
      assertPublicHalf(SigningKey.of(Curve.K256, secret), fixture);
    }
    JsonNode p256 = read(directory + "w3c_didkey_P256.json");
    assertThat(p256).hasSize(1);
    for (JsonNode fixture : p256) {
      byte[] secret = Base58.decode(fixture.path("privateKeyBytesBase58").asText(), 0);
      assertPublicHalf(SigningKey.of(Curve.P256, secret), fixture);
    }
  }

  private static void assertPublicHalf(SigningKey key, JsonNode fixture)
      throws MalformedDataException {
    String didKey = fixture.path("publicDidKey").asText();
    assertThat(key.verifyingKey().didKey()).isEqualTo(didKey);
    assertThat(key.verifyingKey()).isEqualTo(VerifyingKey.ofDidKey(didKey));
    byte[] message = didKey.getBytes(StandardCharsets.US_ASCII);
    assertThat(VerifyingKey.ofDidKey(didKey).verifies(message, key.sign(message))).isTrue();
  }

  @Test
  void realAccountsKeysPrintBackTheSame() throws IOException, MalformedDataException {
    List<String> lines =
        new String(
                SharedFiles.bytes("vectors/derived/jetstream-did-keys.tsv"), StandardCharsets.UTF_8)
            .lines()
            .toList();
    assertThat(lines).hasSize(148);
    for (String line : lines) {
      String multikey = line.split("\t", -1)[1];
      VerifyingKey key = VerifyingKey.ofMultikey(multikey);
      assertThat(key.curve()).isEqualTo(Curve.K256);
      assertThat(key.multikey()).isEqualTo(multikey);
      assertThat(VerifyingKey.ofDidKey("did:key:" + multikey))
          .isEqualTo(key)
          .hasSameHashCodeAs(key);
    }
  }

  private static JsonNode read(String name) throws IOException {
    return JsonMapper.builder().build().readTree(SharedFiles.bytes(name));
  }
}
