package courtside.atproto.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import courtside.atproto.MalformedDataException;
import courtside.atproto.MalformedDataException.Kind;
import courtside.atproto.SharedFiles;
import courtside.atproto.cbor.CborTree;
import courtside.atproto.cbor.DagCborReader;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import java.io.IOException;
import java.util.Base64;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Every case of the interoperability vectors of the data model. */
final class DataModelVectorsTest {
  private static final JsonMapper MAPPER = JsonMapper.builder().build();

  @Test
  void jsonAndCborAndCidAreOfOneValue() throws IOException, MalformedDataException {
    for (JsonNode fixture : cases("data-model-fixtures.json", 3)) {
      JsonNode json = fixture.path("json");
      byte[] cbor = Base64.getDecoder().decode(fixture.path("cbor_base64").asText());

      // When: from JSON to CBOR
      Map<String, @Nullable Object> value = DataModelJson.read(json.toString());
      byte[] encoded = DagCborWriter.write(value);
      assertThat(encoded).isEqualTo(cbor);
      assertThat(Cid.ofDagCbor(encoded, 0, encoded.length))
          .isEqualTo(Cid.parse(fixture.path("cid").asText()));

      // When: from CBOR to JSON
      DagCborReader.validate(cbor, 0, cbor.length);
      assertThat(CborTree.read(cbor)).isEqualTo(value);
      assertThat(MAPPER.readTree(DataModelJson.write(value))).isEqualTo(json);
    }
  }

  @Test
  void validJsonIsRead() throws IOException, MalformedDataException {
    for (JsonNode valid : cases("data-model-valid.json", 5)) {
      byte[] cbor = DagCborWriter.write(DataModelJson.read(valid.path("json").toString()));
      DagCborReader.validate(cbor, 0, cbor.length);
    }
  }

  @Test
  void invalidJsonIsRefused() throws IOException {
    for (JsonNode invalid : cases("data-model-invalid.json", 12)) {
      assertThatThrownBy(() -> DataModelJson.read(invalid.path("json").toString()))
          .as(invalid.path("note").asText())
          .isInstanceOfSatisfying(
              MalformedDataException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BAD_JSON));
    }
  }

  private static JsonNode cases(String file, int count) throws IOException {
    JsonNode cases =
        MAPPER.readTree(SharedFiles.bytes("vectors/atproto-interop-tests/data-model/" + file));
    assertThat(cases).hasSize(count);
    return cases;
  }
}
