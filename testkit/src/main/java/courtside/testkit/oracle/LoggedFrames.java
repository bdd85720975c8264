package courtside.testkit.oracle;

import courtside.atproto.Bytes;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.Topics;
import courtside.testkit.recording.RecordedFrame;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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

  /** A frame as a relay had it: it may have given a number to one frame, and later to another. */
  private record Shown(long seq, Bytes bytes) {}

  /** Reads the whole of {@code firehose.frames} and compares. */
  public static LoggedFrames compare(CommittedRecords records, List<RecordedFrame> expected) {
    Set<Shown> relay = new HashSet<>();
    expected.forEach(frame -> relay.add(new Shown(frame.seq(), frame.bytes())));
    Set<Shown> missing = new HashSet<>(relay);
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
      Shown shown = new Shown(place.seq(), Bytes.of(record.value()));
      missing.remove(shown);
      if (!relay.contains(shown)) {
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
        missing.stream().map(Shown::seq).sorted().toList(), doubled, altered, outOfOrder);
  }
}
