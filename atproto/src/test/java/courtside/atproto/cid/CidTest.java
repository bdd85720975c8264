package courtside.atproto.cid;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.SharedFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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
  void hashesRawBytes() throws MalformedDataException {
    byte[] words = "hello world".getBytes(StandardCharsets.US_ASCII);
    Cid cid = Cid.ofRaw(words, 0, words.length);
    assertThat(cid)
        .isEqualTo(Cid.parse("bafkreifzjut3te2nhyekklss27nh3k72ysco7y32koao5eei66wof36n5e"));
    assertThat(cid.isDagCbor()).isFalse();
    assertThat(cid.matches(words, 0, words.length)).isTrue();
  }

  /**
   * The list is of CIDs of any form, in any base. The protocol's own links are of one, and each of
   * these is of another.
   */
  @Test
  void refusesTheCidsOfOtherFormsInTheInteroperabilityList() throws IOException {
    Map<String, Integer> refused = new TreeMap<>();
    for (String text : SharedFiles.cases("cid_syntax_valid.txt")) {
      String why =
          switch (text.charAt(0)) {
            case 'b' -> text.startsWith("bafybei") ? "codec dag-pb" : "none known";
            case '7' -> "base 8";
            case 'f' -> "base 16";
            case 'm' -> "base 64";
            case 'z' -> "base 58";
            default -> "none known";
          };
      var _ = refused.merge(why, 1, Integer::sum);
      assertBad(text);
    }
    assertThat(refused)
        .isEqualTo(
            Map.of("codec dag-pb", 2, "base 8", 1, "base 16", 1, "base 58", 3, "base 64", 1));
  }

  @Test
  void refusesWhatIsNoCid() throws IOException {
    List<String> invalid = SharedFiles.cases("cid_syntax_invalid.txt");
    assertThat(invalid).hasSize(10);
    invalid.forEach(CidTest::assertBad);
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
