package courtside.inspection;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import courtside.atproto.MalformedDataException;
import courtside.atproto.cbor.DagCborIndex;
import courtside.atproto.cbor.DagCborReader.Range;
import courtside.atproto.firehose.CommitMessage;
import courtside.atproto.firehose.RepoOperation;
import courtside.atproto.json.DataModelJson;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The records of a commit as JSON: links are {@code {"$link": …}} and bytes {@code {"$bytes": …}}.
 *
 * @see <a href="https://atproto.com/specs/data-model#json-representation">JSON representation</a>
 */
final class Records {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Records() {}

  /**
   * The record of an operation that has one.
   *
   * @throws MalformedDataException if it is not there, or there is no JSON of it
   */
  static JsonNode of(CommitMessage commit, RepoOperation operation) throws MalformedDataException {
    Range range = commit.record(operation);
    Object record = DagCborIndex.of(commit.frame(), range.offset(), range.end()).toObject();
    if (!(record instanceof Map<?, ?> map)) {
      throw new MalformedDataException(
          MalformedDataException.Kind.WRONG_TYPE, range.offset(), "expected a map as a record");
    }
    Map<String, @Nullable Object> object = new LinkedHashMap<>();
    map.forEach((key, entry) -> object.put(String.valueOf(key), entry));
    try {
      return JSON.readTree(DataModelJson.write(object));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("JSON of its own making", e);
    }
  }
}
