package courtside.atproto.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import courtside.atproto.Bytes;
import courtside.atproto.MalformedDataException;
import courtside.atproto.SharedFiles;
import courtside.atproto.cbor.CborTree;
import courtside.atproto.cbor.DagCborWriter;
import courtside.atproto.cid.Cid;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.FrameKind;
import courtside.atproto.firehose.FrameScan;
import courtside.atproto.firehose.RepoOperation;
import courtside.atproto.syntax.Nsid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Records of real servers, as other implementations read them, in the fields of the lexicons. */
final class RecordedRecordsTest {
  private static final String MODELS =
      "vectors/MarshalX-atproto/tests/test_atproto_client/models/test_data/";

  /** The reference decoder drops a leading U+FEFF, which the bytes of this frame have. */
  private static final long BYTE_ORDER_MARK_SEQ = 257;

  private static final JsonMapper JSON = JsonMapper.builder().build();

  private final Lexicons lexicons = new Lexicons();
  private final Map<String, Integer> known = new TreeMap<>();

  @Test
  void haveEveryFieldThatTheReferenceImplementationReads()
      throws IOException, MalformedDataException {
    List<byte[]> frames =
        frames(SharedFiles.bytes("recordings/pds.frames.gz"), ByteOrder.BIG_ENDIAN);
    List<String> expected = SharedFiles.gzipLines("recordings/pds.decoded.jsonl.gz");
    for (int i = 0; i < frames.size(); i++) {
      if (FrameScan.of(frames.get(i)).kind() == FrameKind.COMMIT) {
        CommitMessage commit = CommitMessage.read(frames.get(i));
        JsonNode operations = JSON.readTree(expected.get(i)).path("ops");
        for (int n = 0; n < operations.size(); n++) {
          RepoOperation operation = commit.operations().get(n);
          if (operation.cid().isPresent()) {
            Map<String, @Nullable Object> record = fields(operations.path(n).path("record"));
            if (commit.seq() == BYTE_ORDER_MARK_SEQ) {
              record.put("text", "\ufeff" + record.get("text"));
            }
            assertRecord(
                operation.collection(), commit.record(operation).of(commit.frame()), record);
          }
        }
      }
    }
    assertThat(known)
        .containsOnly(
            Map.entry(Post.TYPE, 4151),
            Map.entry(Like.TYPE, 1816),
            Map.entry(Repost.TYPE, 502),
            Map.entry(Follow.TYPE, 474));
  }

  @Test
  void haveEveryFieldThatJetstreamReads() throws IOException, MalformedDataException {
    Map<String, JsonNode> records = new HashMap<>();
    String events = "vectors/jetstream/internal/corpus/testdata/expected_v1.jsonl";
    for (String line :
        new String(SharedFiles.bytes(events), StandardCharsets.UTF_8).lines().toList()) {
      JsonNode event = JSON.readTree(line);
      JsonNode commit = event.path("commit");
      String path = commit.path("collection").asText() + "/" + commit.path("rkey").asText();
      records.put(event.path("did").asText() + "/" + path, commit.path("record"));
    }
    for (byte[] frame :
        frames(
            SharedFiles.bytes("vectors/derived/jetstream-frames.bin.gz"),
            ByteOrder.LITTLE_ENDIAN)) {
      if (FrameScan.of(frame).kind() == FrameKind.COMMIT) {
        CommitMessage commit = CommitMessage.read(frame);
        for (RepoOperation operation : commit.operations()) {
          if (operation.cid().isPresent()) {
            String path = operation.collection() + "/" + operation.rkey();
            assertRecord(
                operation.collection(),
                commit.record(operation).of(frame),
                fields(Objects.requireNonNull(records.get(commit.repo() + "/" + path), path)));
          }
        }
      }
    }
    assertThat(known)
        .containsOnly(
            Map.entry(Post.TYPE, 17),
            Map.entry(Like.TYPE, 105),
            Map.entry(Repost.TYPE, 15),
            Map.entry(Follow.TYPE, 6));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "vectors/indigo/atproto/atdata/testdata/feedpost_record.cbor",
        "vectors/indigo/testing/testdata/feedpost_record.cbor",
        "vectors/indigo/testing/testdata/post_richtext_link.cbor",
      })
  void haveEveryFieldOfTheirBytes(String file) throws IOException, MalformedDataException {
    byte[] record = SharedFiles.bytes(file);
    assertRecord(
        Nsid.POST, Bytes.of(record), (Map<?, ?>) Objects.requireNonNull(CborTree.read(record)));
    assertThat(known).containsOnly(Map.entry(Post.TYPE, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "post_record.json, app.bsky.feed.post",
    "extended_post_record.json, app.bsky.feed.post",
    "like_record.json, app.bsky.feed.like",
    "extended_like_record.json, app.bsky.feed.like",
    "feed_record.json, app.bsky.feed.generator",
    "custom_record.json, app.bsky.feed.pythonSdkCustomRecordPost",
  })
  void haveEveryFieldOfTheirJson(String file, String type)
      throws IOException, MalformedDataException {
    Map<String, @Nullable Object> record =
        fields(JSON.readTree(SharedFiles.bytes(MODELS + file)).path("value"));
    assertRecord(new Nsid(type), Bytes.of(DagCborWriter.write(record)), record);
  }

  @Test
  void haveTheFieldsThatAreRightWhereOthersAreOdd() throws IOException {
    SharedFiles.find("vectors/atproto/lexicons");
    for (Map<String, ?> record : Samples.records()) {
      Nsid collection = new Nsid(Objects.toString(record.get("$type")));
      Samples.forEachOddity(
          record,
          odd -> {
            if (collection.value().equals(odd.get("$type"))) {
              try {
                assertRecord(collection, Bytes.of(DagCborWriter.write(odd)), odd);
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              } catch (MalformedDataException e) {
                throw new AssertionError("refused: " + odd, e);
              }
            }
          });
    }
    assertThat(known).hasSize(5);
    assertThat(known.get(Post.TYPE)).isGreaterThan(2_000);
  }

  private void assertRecord(Nsid collection, Bytes dagCbor, Map<?, ?> expected)
      throws IOException, MalformedDataException {
    RecordValue value = RecordValue.read(collection, dagCbor);
    assertThat(value.bytes()).isEqualTo(dagCbor);
    if (!(value instanceof RecordValue.Unknown)) {
      assertThat(Normal.of(Rendering.of(value)))
          .as("%s", expected)
          .isEqualTo(Normal.of(lexicons.prune(value.type(), expected)));
      known.merge(value.type(), 1, Integer::sum);
    }
  }

  private static Map<String, @Nullable Object> fields(JsonNode json) throws MalformedDataException {
    Map<String, @Nullable Object> fields = new TreeMap<>();
    for (Map.Entry<String, JsonNode> field : json.properties()) {
      fields.put(field.getKey(), value(field.getValue()));
    }
    return fields;
  }

  /** A value of the data model, from its JSON. */
  private static @Nullable Object value(JsonNode json) throws MalformedDataException {
    return switch (json.getNodeType()) {
      case STRING -> json.textValue();
      case NUMBER -> json.longValue();
      case BOOLEAN -> json.booleanValue();
      case ARRAY -> {
        List<@Nullable Object> items = new ArrayList<>();
        for (JsonNode item : json) {
          items.add(value(item));
        }
        yield items;
      }
      case OBJECT -> {
        if (json.size() == 1 && json.has("$link")) {
          yield Cid.parse(json.path("$link").textValue());
        }
        if (json.size() == 1 && json.has("$bytes")) {
          yield Bytes.of(Base64.getDecoder().decode(json.path("$bytes").textValue()));
        }
        yield fields(json);
      }
      default -> null;
    };
  }

  private static List<byte[]> frames(byte[] file, ByteOrder order) {
    ByteBuffer in = ByteBuffer.wrap(file).order(order);
    List<byte[]> frames = new ArrayList<>();
    while (in.hasRemaining()) {
      byte[] frame = new byte[in.getInt()];
      in.get(frame);
      frames.add(frame);
    }
    return frames;
  }
}
