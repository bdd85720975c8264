package courtside.atproto.repo;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import courtside.atproto.MalformedDataException;
import courtside.atproto.RecordedCommits;
import courtside.atproto.RecordedCommits.RecordedCommit;
import courtside.atproto.SharedFiles;
import courtside.atproto.key.VerifyingKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Commits of real accounts, with the keys of their DID documents. */
final class RecordedSignaturesTest {
  @Test
  void ofTheNetworkVerify() throws IOException, MalformedDataException {
    Map<String, VerifyingKey> keys = new HashMap<>();
    for (String line :
        new String(
                SharedFiles.bytes("vectors/derived/jetstream-did-keys.tsv"), StandardCharsets.UTF_8)
            .lines()
            .toList()) {
      String[] columns = line.split("\t", -1);
      keys.put(columns[0], VerifyingKey.ofMultikey(columns[1]));
    }
    List<RecordedCommit> recorded = RecordedCommits.ofTheNetwork();
    assertThat(recorded).hasSize(148);
    VerifyingKey other = keys.values().iterator().next();
    for (RecordedCommit one : recorded) {
      Commit commit = read(one);
      VerifyingKey key = keys.getOrDefault(one.repo(), other);
      assertThat(commit.isSignedBy(key)).as("seq %d", one.seq()).isTrue();
      assertThat(key.equals(other) || !commit.isSignedBy(other)).isTrue();
    }
  }

  /** Some of its accounts change their key on the way. */
  @Test
  void ofAServerVerify() throws IOException, MalformedDataException {
    JsonNode keys =
        JsonMapper.builder().build().readTree(SharedFiles.bytes("recordings/pds.keys.json"));
    List<RecordedCommit> recorded = RecordedCommits.ofAServer();
    Map<String, Integer> uses = new HashMap<>();
    // One in ten, which are several of each account.
    for (RecordedCommit one : recorded) {
      if (one.seq() % 10 != 0) {
        continue;
      }
      Commit commit = read(one);
      int signed = -1;
      JsonNode those = keys.path(one.repo());
      for (int i = 0; i < those.size(); i++) {
        if (commit.isSignedBy(VerifyingKey.ofDidKey(those.get(i).asText()))) {
          signed = i;
        }
      }
      assertThat(signed).as("seq %d", one.seq()).isNotNegative();
      // Never back to an earlier one.
      assertThat(signed)
          .as("seq %d", one.seq())
          .isGreaterThanOrEqualTo(uses.getOrDefault(one.repo(), 0));
      uses.put(one.repo(), signed);
    }
    assertThat(uses.values()).contains(0, 1);
  }

  private static Commit read(RecordedCommit recorded) throws MalformedDataException {
    Commit commit = Commit.read(recorded.block().toArray());
    assertThat(commit.did()).hasToString(recorded.repo());
    assertThat(commit.rev()).hasToString(recorded.rev());
    assertThat(commit.cid()).isEqualTo(recorded.cid());
    return commit;
  }
}
