package courtside.atproto.cid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.SharedFiles;
import courtside.atproto.cbor.DagCborReader;
import java.io.IOException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CidTest {
  private static final String EMPTY_TREE =
      "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm";

  @Test
  void hashesABlock() throws MalformedDataException {
    byte[] emptyTree = HexFormat.of().parseHex("a2616580616cf6");
    Cid cid = Cid.ofDagCbor(emptyTree, 0, emptyTree.length);
    assertThat(cid).hasToString(EMPTY_TREE).isEqualTo(Cid.parse(EMPTY_TREE));
    assertThat(cid.matches(emptyTree, 0, emptyTree.length)).isTrue();
    assertThat(cid.matches(emptyTree, 0, emptyTree.length - 1)).isFalse();
    assertThat(Cid.read(cid.toBytes(), 0, Cid.LENGTH)).isEqualTo(cid);
  }

  @Test
  void dataModelFixturesHashToTheirCids() throws IOException, MalformedDataException {
    JsonNode fixtures =
        JsonMapper.builder()
            .build()
            .readTree(
                SharedFiles.bytes(
                    "vectors/atproto-interop-tests/data-model/data-model-fixtures.json"));
    assertThat(fixtures).hasSize(3);
    for (JsonNode fixture : fixtures) {
      byte[] cbor = Base64.getDecoder().decode(fixture.path("cbor_base64").asText());
      DagCborReader.validate(cbor, 0, cbor.length);
      assertThat(Cid.ofDagCbor(cbor, 0, cbor.length)).hasToString(fixture.path("cid").asText());
    }
  }

  /** The list is of CIDs of any form; the protocol's own are of one. */
  @Test
  void interoperabilityLists() throws IOException, MalformedDataException {
    List<String> valid = SharedFiles.cases("cid_syntax_valid.txt");
    assertThat(valid).isNotEmpty();
    for (String text : valid) {
      if (text.startsWith("bafyrei") || text.startsWith("bafkrei")) {
        assertThat(Cid.parse(text)).hasToString(text);
      } else {
        assertBad(text);
      }
    }
    for (String text : SharedFiles.cases("cid_syntax_invalid.txt")) {
      assertBad(text);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "b",
        "zdj7WWeQ43G6JJvLWQWZpyHuAMq6uYWRjkBXFad11vE2LHhQ7",
        "BAFYREIE5737GDXLW5I64VZICHCALBA3Z2V5N6ICIFVX5XYTVSKE7MR3HPM",
        "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hp", // one short
        "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpmm", // one long
        "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hp1", // no digit
        "bafyreie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpn", // bits beyond the end
        "bafybeie5737gdxlw5i64vzichcalba3z2v5n6icifvx5xytvske7mr3hpm" // dag-pb
      })
  void refusesOtherForms(String text) {
    assertBad(text);
  }

  @Test
  void ordersByUnsignedBytes() throws MalformedDataException {
    byte[] low = Cid.parse(EMPTY_TREE).toBytes();
    byte[] high = low.clone();
    low[4] = 0x7f;
    high[4] = (byte) 0x80;
    assertThat(Cid.read(low, 0, Cid.LENGTH)).isLessThan(Cid.read(high, 0, Cid.LENGTH));
  }

  private static void assertBad(String text) {
    assertThatThrownBy(() -> Cid.parse(text))
        .as(text)
        .isInstanceOfSatisfying(
            MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_CID));
  }
}
