package courtside.ingestor.pump;

import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.firehose.Observations;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Frames that were deleted together with their topic. Whoever starts next makes the topic anew, and
 * the cursor, which is still there, says that all is had: so it is said here that it is not.
 */
final class RemadeLog {
  private static final Logger LOG = LoggerFactory.getLogger(RemadeLog.class);

  private RemadeLog() {}

  /**
   * Says it for each relay that has a cursor. Called before the cleansing abort, which writes to
   * every partition: said again after an interruption rather than not at all.
   *
   * @param between run after every step that may have taken up to two seconds
   * @throws org.apache.kafka.common.KafkaException if the broker does not answer in time
   */
  static void tell(
      Writer writer,
      Map<String, Object> client,
      LongSupplier nanoTime,
      InstantSource clock,
      Runnable between) {
    List<Cursor> beside = new ArrayList<>();
    try (CursorReader reader = new CursorReader(client, nanoTime, between)) {
      for (Map.Entry<String, byte[]> entry : reader.cursors().entrySet()) {
        if (!Observations.isKey(entry.getKey())) {
          try {
            beside.add(Cursor.decode(entry.getValue()));
          } catch (SerializationException e) {
            LOG.atWarn()
                .addKeyValue("relay", entry.getKey())
                .addKeyValue("reason", e.getMessage())
                .log("frames are gone, and how far they went cannot be read");
          }
        }
      }
    }
    if (beside.isEmpty()) {
      return;
    }
    writer.begin();
    for (Cursor cursor : beside) {
      LOG.atWarn()
          .addKeyValue("relay", cursor.relay())
          .addKeyValue("seq", cursor.seq())
          .log("firehose.frames was deleted and made anew");
      writer.incident(
          new Incident(
              Incident.Kind.LOSS,
              cursor.relay(),
              clock.instant(),
              OptionalLong.empty(),
              OptionalLong.of(cursor.seq()),
              "firehose.frames was deleted and made anew, with all frames up to sequence "
                  + cursor.seq()
                  + " of epoch "
                  + cursor.epoch(),
              "went on at the cursor; a rewind reads again what the relay still has"));
    }
    between.run();
    writer.commit();
    between.run();
  }
}
