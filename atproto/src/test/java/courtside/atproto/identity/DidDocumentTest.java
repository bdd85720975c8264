package courtside.atproto.identity;

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
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class DidDocumentTest {
  private static final long FIRST_SEED = 20_261_125L;
  private static final Did DID = new Did("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
  private static final VerifyingKey KEY = key(1);
  private static final VerifyingKey OTHER = key(2);

  @Test
  void realDocumentsSayWhoTheAccountsAre() throws IOException, MalformedDataException {
    JsonNode documents =
        json(SharedFiles.bytes("vectors/jetstream/internal/corpus/testdata/did_docs.json"));
    Map<String, String[]> expected = new HashMap<>();
    new String(SharedFiles.bytes("vectors/derived/jetstream-did-keys.tsv"), StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.split("\t", -1))
        .forEach(parts -> expected.put(parts[0], parts));
    assertThat(documents).hasSize(148);
    for (Map.Entry<String, JsonNode> entry : documents.properties()) {
      JsonNode raw =
          entry.getValue().isTextual()
              ? json(bytes(entry.getValue().textValue()))
              : entry.getValue();
      DidDocument document = DidDocument.read(bytes(raw.toString()), Did.parse(entry.getKey()));
      String[] parts = Objects.requireNonNull(expected.get(entry.getKey()));
      assertThat(document.signingKey().map(VerifyingKey::multikey)).contains(parts[1]);
      assertThat(document.pds()).contains(parts[2]);
      assertThat(document.services()).hasSize(1);
      assertThat(document.spoilt()).isEmpty();
      assertThat("at://" + document.handle().orElseThrow())
          .isEqualToIgnoringCase(raw.path("alsoKnownAs").path(0).textValue());
    }
  }

  @Test
  void readsTheDocumentsOfOthers() throws IOException, MalformedDataException {
    String indigo = "vectors/indigo/atproto/identity/testdata/";
    Did atproto = new Did("did:plc:ewvi7nxzyoun6zhxrhs64oiz");
    DidDocument multikey =
        DidDocument.read(SharedFiles.bytes(indigo + "did_plc_doc.json"), atproto);
    assertThat(multikey.handle()).contains("atproto.com");
    assertThat(multikey.signingKey().map(VerifyingKey::multikey))
        .contains("zQ3shXjHeiBuRCKmM36cuYnm7YEMzhGnCmCyW92sRJ9pribSF");
    assertThat(multikey.pds()).contains("https://bsky.social");

    // The same account in the older form has the same key.
    assertThat(DidDocument.read(SharedFiles.bytes(indigo + "did_plc_doc_legacy.json"), atproto))
        .isEqualTo(multikey);

    DidDocument service =
        DidDocument.read(
            SharedFiles.bytes(indigo + "did_web_doc.json"),
            new Did("did:web:discover.bsky.social"));
    assertThat(service.handle()).isEmpty();
    assertThat(service.signingKey()).isEmpty();
    assertThat(service.pds()).isEmpty();
    assertThat(service.endpoint("#bsky_fg", "BskyFeedGenerator"))
        .contains("https://discover.bsky.social");
    assertThat(service.spoilt()).isEmpty();

    JsonNode session =
        json(
            SharedFiles.bytes(
                "vectors/MarshalX-atproto/tests/test_atproto_client/models/test_data/did_doc.json"));
    DidDocument marshal =
        DidDocument.read(
            bytes(session.path("didDoc").toString()), new Did(session.path("did").textValue()));
    assertThat(marshal.handle()).contains("test.marshal.dev");
    assertThat(marshal.pds()).contains("https://shimeji.us-east.host.bsky.network");
    assertThat(marshal.signingKey()).isPresent();
  }

  @Test
  void isOfTheDidItWasAskedFor() {
    for (String id :
        new String[] {
          "\"did:plc:ewvi7nxzyoun6zhxrhs64oia\"",
          "\"DID:plc:ewvi7nxzyoun6zhxrhs64oiz\"",
          "null",
          "7",
          "[]"
        }) {
      assertRefused("{\"id\":" + id + "}", Kind.BAD_IDENTIFIER);
    }
    assertRefused("{}", Kind.BAD_IDENTIFIER);
    assertRefused("{\"id\":\"" + "x".repeat(100_000) + "\"}", Kind.BAD_IDENTIFIER);
  }

  @Test
  void takesAnEmptyDocument() throws MalformedDataException {
    for (String members :
        new String[] {"", ",\"alsoKnownAs\":null,\"verificationMethod\":[],\"service\":null"}) {
      DidDocument document = read(members);
      assertThat(document.handle()).isEmpty();
      assertThat(document.signingKey()).isEmpty();
      assertThat(document.services()).isEmpty();
      assertThat(document.spoilt()).isEmpty();
    }
  }

  @Test
  void refusesWhatIsTooLargeOrNoJson() {
    assertRefused(
        "{\"id\":\"" + DID + "\"" + " ".repeat(DidDocument.MAX_BYTES) + "}", Kind.TOO_LARGE);
    assertRefused("{\"id\":\"" + DID + "\",\"id\":\"" + DID + "\"}", Kind.BAD_JSON);
    assertRefused("[".repeat(100_000), Kind.BAD_JSON);
    assertRefused("", Kind.BAD_JSON);
  }

  @Test
  void theFirstHandleCountsInLowerCase() throws MalformedDataException {
    DidDocument document =
        read(
            ",\"alsoKnownAs\":[7,\"https://a.example\",\"at://\",\"at://no\",\"at://a.example/x\",\"at://1.2.3.4\","
                + "\"at://Alice.Example\",\"at://bob.example\",{}]");
    assertThat(document.handle()).contains("alice.example");
    assertThat(document.spoilt())
        .containsExactly(
            "alsoKnownAs[0]: expected text, found number",
            "alsoKnownAs[2]: expected at:// and a handle, found 'at://'",
            "alsoKnownAs[3]: expected at:// and a handle, found 'at://no'",
            "alsoKnownAs[4]: expected at:// and a handle, found 'at://a.example/x'",
            "alsoKnownAs[5]: expected at:// and a handle, found 'at://1.2.3.4'");
  }

  @Test
  void theFirstGoodKeyCounts() throws MalformedDataException {
    String broken = method("#atproto", DID.value(), "Multikey", "zQ3sh");
    String ofAnother = method("#other", DID.value(), "Multikey", OTHER.multikey());
    String good = method(DID + "#atproto", DID.value(), "Multikey", KEY.multikey());
    String second = method("#atproto", DID.value(), "Multikey", OTHER.multikey());
    DidDocument document =
        read(
            ",\"verificationMethod\":[7,[],%s,%s,%s,%s]"
                .formatted(broken, ofAnother, good, second));
    assertThat(document.signingKey()).contains(KEY);
    assertThat(document.spoilt())
        .hasSize(3)
        .element(2)
        .asString()
        .startsWith("verificationMethod[2]: expected ")
        .contains("zQ3sh");
  }

  @Test
  void aBareIdCountsLikeTheFullOne() throws MalformedDataException {
    for (String id : new String[] {"#atproto", DID + "#atproto"}) {
      assertThat(
              read(",\"verificationMethod\":["
                      + method(id, DID.value(), "Multikey", KEY.multikey())
                      + "]")
                  .signingKey())
          .as(id)
          .contains(KEY);
    }
    for (String id :
        new String[] {
          "atproto",
          "",
          "#",
          DID.value(),
          DID + "atproto",
          DID + DID.value() + "#atproto",
          "did:plc:x#atproto",
          "#atproto2",
          " #atproto",
          "#ATPROTO"
        }) {
      assertThat(
              read(",\"verificationMethod\":["
                      + method(id, DID.value(), "Multikey", KEY.multikey())
                      + "]")
                  .signingKey())
          .as(id)
          .isEmpty();
    }
  }

  @Test
  void aKeyIsItsControllersAndOfAKnownType() throws MalformedDataException {
    for (String method :
        new String[] {
          method("#atproto", "did:plc:ewvi7nxzyoun6zhxrhs64oia", "Multikey", KEY.multikey()),
          method("#atproto", DID.value(), "JsonWebKey2020", KEY.multikey()),
          method("#atproto", DID.value(), "EcdsaSecp256k1VerificationKey2019", KEY.multikey()),
          method("#atproto", DID.value(), "Multikey", KEY.didKey()),
          "{\"id\":\"#atproto\",\"type\":\"Multikey\",\"publicKeyMultibase\":\""
              + KEY.multikey()
              + "\"}",
          "{\"id\":\"#atproto\",\"type\":\"Multikey\",\"controller\":\"" + DID + "\"}",
          "{\"id\":\"#atproto\",\"type\":[\"Multikey\"],\"controller\":\"%s\",\"publicKeyMultibase\":\"%s\"}"
              .formatted(DID, KEY.multikey()),
          "{\"id\":\"#atproto\",\"type\":\"Multikey\",\"controller\":\"%s\",\"publicKeyMultibase\":[\"%s\"]}"
              .formatted(DID, KEY.multikey())
        }) {
      DidDocument document = read(",\"verificationMethod\":[" + method + "]");
      assertThat(document.signingKey()).as(method).isEmpty();
      assertThat(document.spoilt()).as(method).hasSize(1);
    }
  }

  @Test
  void theFirstServiceOfItsIdAndTypeCounts() throws MalformedDataException {
    DidDocument document =
        read(
            ",\"service\":[null,"
                + service("#atproto_pds", "Other", "\"https://zero.example\"")
                + ","
                + service(
                    "#atproto_pds",
                    "AtprotoPersonalDataServer",
                    "{\"uri\":\"https://one.example\"}")
                + ","
                + service("#atproto_pds", "AtprotoPersonalDataServer", "\"wss://two.example\"")
                + ","
                + service(
                    DID + "#atproto_pds", "AtprotoPersonalDataServer", "\"https://three.example/\"")
                + ","
                + service("#atproto_pds", "AtprotoPersonalDataServer", "\"https://four.example\"")
                + ",{\"id\":\"#x\",\"type\":[\"A\",\"B\"],\"serviceEndpoint\":\"https://five.example\"}]");
    assertThat(document.pds()).contains("https://three.example");
    assertThat(document.endpoint("#atproto_pds", "Other")).contains("https://zero.example");
    assertThat(document.endpoint("#atproto_labeler", "AtprotoLabeler")).isEmpty();
    assertThat(document.services()).hasSize(3);
    assertThat(document.spoilt())
        .containsExactly(
            "service[0]: expected an object, found null",
            "service[3]: expected an http or https origin, found 'wss://two.example'");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://a.example",
        "http://a.example",
        "https://a.example:443",
        "http://localhost:2583",
        "http://127.0.0.1:8080",
        "https://xn--bcher-kva.example",
        "https://A-1.example:65535"
      })
  void originsAreTaken(String origin) throws MalformedDataException {
    assertThat(pds(origin)).contains(origin);
    assertThat(pds(origin + "/")).contains(origin);
    URI uri = URI.create(origin);
    assertThat(uri.getHost()).isNotNull();
    assertThat(uri.getRawPath()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a.example",
        "//a.example",
        "ftp://a.example",
        "HTTPS://a.example",
        "https:a.example",
        "https://",
        "https:///",
        "https://a",
        "https://a.example//",
        "https://a.example/xrpc",
        "https://a.example?",
        "https://a.example?x=y",
        "https://a.example#x",
        "https://user@a.example",
        "https://user:password@a.example",
        "https://a.example:",
        "https://a.example:0",
        "https://a.example:080",
        "https://a.example:65536",
        "https://a.example:999999",
        "https://a_b.example",
        "https://-a.example",
        "https://.a.example",
        "https://a.example.",
        "https://a..example",
        "https://256.1.1.1",
        "https://1.1.1",
        "https://1.1.1.01",
        "https://[::1]",
        "https://a.example\\\\@b.example",
        " https://a.example",
        "https://a.example ",
        "https://a.example\\n",
        "https://é.example"
      })
  void otherEndpointsAreNot(String endpoint) throws MalformedDataException {
    assertThat(pds(endpoint)).isEmpty();
  }

  @Test
  void membersOfOtherTypesAreSpoiltAlone() throws MalformedDataException {
    DidDocument document =
        read(
            ",\"alsoKnownAs\":\"at://a.example\",\"verificationMethod\":{\"0\":{}},\"service\":["
                + service("#atproto_pds", "AtprotoPersonalDataServer", "\"https://a.example\"")
                + "]");
    assertThat(document.pds()).contains("https://a.example");
    assertThat(document.spoilt())
        .containsExactly(
            "alsoKnownAs: expected a list, found 'at://a.example'",
            "verificationMethod: expected a list, found object");
  }

  @Test
  void whatIsKeptIsBounded() throws MalformedDataException {
    String service = service("#a", "A", "\"https://a.example\"");
    assertThat(read(",\"service\":[" + service + ("," + service).repeat(3000) + "]").services())
        .hasSize(DidDocument.MAX_SERVICES);
    DidDocument broken =
        read(
            ",\"alsoKnownAs\":[0"
                + ",0".repeat(100_000)
                + "],\"service\":["
                + service(
                    "#" + "a".repeat(DidDocument.MAX_NAME_LENGTH), "A", "\"https://a.example\"")
                + "]");
    assertThat(broken.spoilt()).hasSize(DidDocument.MAX_SPOILT);
    assertThat(broken.services()).isEmpty();
    assertThat(read(",\"alsoKnownAs\":[\"at://" + "a.".repeat(100_000) + "a\"]").spoilt())
        .singleElement()
        .asString()
        .hasSizeLessThan(200);
  }

  @Test
  void anyBytesAreADocumentOrRefused() {
    byte[] good =
        bytes(
            "{\"id\":\"%s\",\"alsoKnownAs\":[\"at://a.example\"],\"verificationMethod\":[%s],\"service\":[%s]}"
                .formatted(
                    DID,
                    method("#atproto", DID.value(), "Multikey", KEY.multikey()),
                    service("#atproto_pds", "AtprotoPersonalDataServer", "\"https://a.example\"")));
    int read = 0;
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 10_000; seed++) {
      Random random = new Random(seed);
      byte[] mutant = good.clone();
      mutant[random.nextInt(mutant.length)] = (byte) (' ' + random.nextInt(95));
      mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(128);
      try {
        DidDocument document = DidDocument.read(mutant, DID);
        read++;
        document.pds().ifPresent(URI::create);
      } catch (MalformedDataException e) {
        assertThat(e.kind()).as("seed %d", seed).isIn(Kind.BAD_JSON, Kind.BAD_IDENTIFIER);
      }
    }
    assertThat(read).as("or nothing was tried").isGreaterThan(1000);
  }

  private static Optional<String> pds(String endpoint) throws MalformedDataException {
    return read(",\"service\":["
            + service("#atproto_pds", "AtprotoPersonalDataServer", "\"" + endpoint + "\"")
            + "]")
        .pds();
  }

  private static String method(String id, String controller, String type, String key) {
    return "{\"id\":\"%s\",\"controller\":\"%s\",\"type\":\"%s\",\"publicKeyMultibase\":\"%s\"}"
        .formatted(id, controller, type, key);
  }

  private static String service(String id, String type, String endpoint) {
    return "{\"id\":\"%s\",\"type\":\"%s\",\"serviceEndpoint\":%s}".formatted(id, type, endpoint);
  }

  private static VerifyingKey key(long seed) {
    return SigningKey.generate(Curve.K256, new Random(seed)).verifyingKey();
  }

  private static DidDocument read(String members) throws MalformedDataException {
    return DidDocument.read(bytes("{\"id\":\"" + DID + "\"" + members + "}"), DID);
  }

  private static void assertRefused(String json, Kind kind) {
    assertThatThrownBy(() -> DidDocument.read(bytes(json), DID))
        .isInstanceOfSatisfying(
            MalformedDataException.class,
            e -> {
              assertThat(e.kind()).isEqualTo(kind);
              assertThat(e.getMessage()).hasSizeLessThan(250);
            });
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static JsonNode json(byte[] bytes) throws IOException {
    return JsonMapper.builder().build().readTree(bytes);
  }
}
