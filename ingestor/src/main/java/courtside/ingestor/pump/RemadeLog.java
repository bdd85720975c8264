package courtside.ingestor.pump;

import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.FrameEnds;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.firehose.Observations;
import courtside.eventlog.topic.Topics;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames that were deleted together with their topic. Whoever starts next makes the topic anew, and
 * the cursor, which is still there, says that all is had: so it is said here that it is not.
 */
final class RemadeLog {
  private static final Logger LOG = LoggerFactory.getLogger(RemadeLog.class);

  /** Before the first number. */
  private static final OptionalLong NOTHING = OptionalLong.of(0);

  private RemadeLog() {}

  /**
   * Says it for each relay that has a cursor, where it is so: the cursors know of another topic,
   * or, where they are older than such knowledge, some partition was never written to, which every
   * writer does before anything else. Called before the cleansing abort: said again after an
   * interruption rather than not at all.
   *
   * @param topic the id of {@code firehose.frames}
   * @param neverWritten whether some partition of it was never written to
   * @param reader which has read the cursors
   * @param between run after every step that may have taken up to two seconds
   * @throws org.apache.kafka.common.KafkaException if the broker does not answer in time
   */
  static void tell(
      Uuid topic,
      boolean neverWritten,
      CursorReader reader,
      Map<String, byte[]> cursors,
      Writer writer,
      InstantSource clock,
      Runnable between) {
    boolean remade = reader.known().map(known -> !known.topic().equals(topic)).orElse(neverWritten);
    List<Cursor> beside = remade ? readable(cursors) : List.of();
    if (beside.isEmpty()) {
      return;
    }
    writer.beginBehind(FrameEnds.unknown(topic, Topics.FRAMES.partitions()));
    // Who wrote while that was done may have gone on before it showed.
    List<FrameHeaders> since = reader.lastFrames(_ -> false);
    writer.begin();
    for (Cursor cursor : beside) {
      long last =
          since.stream()
                  .filter(frame -> frame.relay().equals(cursor.relay()))
                  .filter(frame -> frame.epoch() == cursor.epoch())
                  .mapToLong(FrameHeaders::seq)
                  .min()
                  .orElse(cursor.seq() + 1)
              - 1;
      LOG.atWarn()
          .addKeyValue("relay", cursor.relay())
          .addKeyValue("seq", last)
          .log("firehose.frames was deleted and made anew");
      writer.incident(
          new Incident(
              Incident.Kind.LOSS,
              cursor.relay(),
              clock.instant(),
              NOTHING,
              OptionalLong.of(last),
              "firehose.frames was deleted and made anew, with all frames up to sequence "
                  + last
                  + " of epoch "
                  + cursor.epoch(),
              "went on at the cursor; a rewind reads again what the relay still has"));
      between.run();
      // The same once more, as it knows of the topic that there is: so it is said once.
      writer.cursor(cursor);
      between.run();
    }
    writer.commit();
    between.run();
  }

  /** In the order in which they were written. */
  private static List<Cursor> readable(Map<String, byte[]> records) {
    List<Cursor> cursors = new ArrayList<>();
    for (Map.Entry<String, byte[]> entry : records.entrySet()) {
      if (!Observations.isKey(entry.getKey())) {
        try {
          cursors.add(Cursor.decode(entry.getValue()));
        } catch (SerializationException e) {
          LOG.atWarn()
              .addKeyValue("relay", entry.getKey())
              .addKeyValue("reason", e.getMessage())
              .log("a cursor cannot be read");
        }
      }
    }
    return cursors;
  }
}
