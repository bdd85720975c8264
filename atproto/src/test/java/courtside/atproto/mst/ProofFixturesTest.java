package courtside.atproto.mst;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.SharedFiles;
import courtside.atproto.cid.Cid;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The interoperability vectors of inversion. */
final class ProofFixturesTest {
  private final List<Change> changes = new ArrayList<>();

  @Test
  void areInvertedFromTheirBlocksAlone() throws IOException, MalformedDataException {
    JsonNode cases =
        JsonMapper.builder()
            .build()
            .readTree(
                SharedFiles.bytes(
                    "vectors/atproto-interop-tests/firehose/commit-proof-fixtures.json"));
    assertThat(cases).hasSize(6);
    for (JsonNode one : cases) {
      assertCase(one, one.path("comment").asText());
    }
  }

  private void assertCase(JsonNode one, String name) throws MalformedDataException {
    // Given
    Cid value = Cid.parse(one.path("leafValue").asText());
    Cid rootBefore = Cid.parse(one.path("rootBeforeCommit").asText());
    Cid rootAfter = Cid.parse(one.path("rootAfterCommit").asText());
    RecordTree before = RecordTree.empty();
    for (JsonNode key : one.path("keys")) {
      before = before.with(TreeKey.of(key.asText()), value);
    }
    changes.clear();
    RecordTree after = before;
    for (JsonNode key : one.path("adds")) {
      changes.add(Change.created(TreeKey.of(key.asText()), value));
      after = after.with(TreeKey.of(key.asText()), value);
    }
    for (JsonNode key : one.path("dels")) {
      changes.add(Change.deleted(TreeKey.of(key.asText()), value));
      after = after.without(TreeKey.of(key.asText()));
    }
    assertThat(before.root()).as(name).isEqualTo(rootBefore);
    assertThat(after.root()).as(name).isEqualTo(rootAfter);

    // When
    Map<Cid, Bytes> all = after.blocks();
    Map<Cid, Bytes> proof = new HashMap<>();
    for (JsonNode cid : one.path("blocksInProof")) {
      Cid node = Cid.parse(cid.asText());
      assertThat(all).as(name).containsKey(node);
      proof.put(node, all.getOrDefault(node, Bytes.of(new byte[0])));
    }

    // Then
    assertThat(Inversion.of(cid -> Optional.ofNullable(proof.get(cid)), rootAfter, changes))
        .as(name)
        .isEqualTo(new Inversion.Inverted(rootBefore));
    assertThat(CoveringProof.of(before, after, changes).keySet())
        .as(name)
        .containsExactlyInAnyOrderElementsOf(proof.keySet());
  }
}
