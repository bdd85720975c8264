package courtside.testkit.oracle;

import courtside.atproto.Bytes;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.Topics;
import courtside.testkit.recording.RecordedFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The frames that are in the log, against those that a relay had. <em>Doubled</em> means: twice
 * with the same relay, epoch and sequence. Immutable.
 *
 * @param lost sequence numbers that the relay had and the log has not
 * @param doubled places that the log has more than once
 * @param altered sequence numbers whose bytes are not the relay's
 * @param outOfOrder places that come after a later one of the same account
 */
public record LoggedFrames(
    List<Long> lost,
    List<FrameHeaders> doubled,
    List<Long> altered,
    List<FrameHeaders> outOfOrder) {

  /** Reads the whole of {@code firehose.frames} and compares. */
  public static LoggedFrames compare(CommittedRecords records, List<RecordedFrame> expected) {
    Map<Long, Bytes> missing = new HashMap<>();
    Map<Long, Bytes> relay = new HashMap<>();
    expected.forEach(frame -> missing.put(frame.seq(), frame.bytes()));
    relay.putAll(missing);
    Map<FrameHeaders, Integer> seen = new HashMap<>();
    Map<String, FrameHeaders> newest = new HashMap<>();
    List<FrameHeaders> doubled = new ArrayList<>();
    List<Long> altered = new ArrayList<>();
    List<FrameHeaders> outOfOrder = new ArrayList<>();
    for (var record : records.readAll(Topics.FRAMES.name(), Topics.FRAMES.partitions())) {
      FrameHeaders place = FrameHeaders.read(record.headers());
      if (place.seq() == 0) {
        continue;
      }
      if (seen.merge(place, 1, Integer::sum) > 1) {
        doubled.add(place);
      }
      missing.remove(place.seq());
      if (!Objects.equals(relay.get(place.seq()), Bytes.of(record.value()))) {
        altered.add(place.seq());
      }
      String account = new String(record.key(), java.nio.charset.StandardCharsets.UTF_8);
      FrameHeaders before = newest.get(account);
      if (before != null && before.epoch() == place.epoch() && before.seq() > place.seq()) {
        outOfOrder.add(place);
      } else {
        newest.put(account, place);
      }
    }
    return new LoggedFrames(
        missing.keySet().stream().sorted().toList(), doubled, altered, outOfOrder);
  }
}
