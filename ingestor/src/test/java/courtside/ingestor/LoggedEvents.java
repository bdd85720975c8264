package courtside.ingestor;

import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.topic.Topics;
import courtside.testkit.oracle.CommittedRecords;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;

/**
 * The events that are in the log, where two relays number the same ones differently: an event is
 * had where the frame of either is.
 *
 * @param lost events of which neither frame is there
 * @param doubled frames that are there twice with the same relay, epoch and sequence
 * @param frames how many there are
 */
record LoggedEvents(int lost, int doubled, int frames) {
  /**
   * Reads the whole of {@code firehose.frames} and compares.
   *
   * @param events the first relay has numbered them from 1 to this
   * @param second the other relay
   * @param ahead by how much its numbers are higher
   */
  static LoggedEvents compare(CommittedRecords records, long events, String second, long ahead) {
    BitSet missing = new BitSet();
    missing.set(1, Math.toIntExact(events) + 1);
    Set<FrameHeaders> places = new HashSet<>();
    int doubled = 0;
    int frames = 0;
    for (var record : records.readAll(Topics.FRAMES.name(), Topics.FRAMES.partitions())) {
      FrameHeaders place = FrameHeaders.read(record.headers());
      doubled += places.add(place) ? 0 : 1;
      frames++;
      missing.clear(
          Math.toIntExact(place.relay().equals(second) ? place.seq() - ahead : place.seq()));
    }
    return new LoggedEvents(missing.cardinality(), doubled, frames);
  }
}
