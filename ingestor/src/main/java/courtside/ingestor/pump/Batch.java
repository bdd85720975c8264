package courtside.ingestor.pump;

import courtside.atproto.syntax.Did;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.DeadLetter;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.firehose.Observations;
import courtside.ingestor.queue.Arrival;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One transaction after the other, each begun by the first thing that is written. Things are
 * counted, and said for good, once they are committed. Confined to the pump's thread.
 */
final class Batch implements AutoCloseable {
  private final Writer writer;
  private final PumpMetrics metrics;
  private final Runnable turned;

  private boolean open;
  private int frames;
  private final List<Incident> incidents = new ArrayList<>();
  private final List<Incident> notices = new ArrayList<>();
  private final List<String> letters = new ArrayList<>();

  /**
   * Nothing is written yet.
   *
   * @param turned run before every step in which a broker that is away may hold this up for two
   *     seconds: several of them together are no hang
   */
  Batch(Writer writer, PumpMetrics metrics, Runnable turned) {
    this.writer = writer;
    this.metrics = metrics;
    this.turned = turned;
  }

  void frame(FrameHeaders headers, Optional<Did> repo, Arrival.Frame frame) {
    begin();
    writer.frame(headers, repo, frame.bytes(), frame.seenAt());
    frames++;
  }

  void deadLetter(DeadLetter letter) {
    begin();
    letters.add(letter.reason());
    writer.deadLetter(letter);
  }

  /** Something about a frame: if it is not committed, the frame comes again, and this with it. */
  void incident(Incident incident) {
    begin();
    incidents.add(incident);
    writer.incident(incident);
  }

  /** Something about a connection, which nothing will bring again. */
  void notice(Incident notice) {
    // First, so that it is still to be said if the writer fails.
    notices.add(notice);
    begin();
    writer.incident(notice);
  }

  void observations(Observations observations, Instant at) {
    begin();
    writer.observations(observations, at);
  }

  /** Whether anything waits to be committed. */
  boolean isOpen() {
    return open;
  }

  /**
   * Commits, with this cursor.
   *
   * @return how many frames there were
   */
  int commit(Optional<Cursor> cursor) {
    begin();
    cursor.ifPresent(writer::cursor);
    turned.run();
    writer.commit();
    turned.run();
    int committed = frames;
    metrics.written(committed);
    incidents.forEach(incident -> metrics.incident(incident.kind()));
    notices.forEach(notice -> metrics.incident(notice.kind()));
    letters.forEach(metrics::deadLetter);
    open = false;
    frames = 0;
    incidents.clear();
    notices.clear();
    letters.clear();
    return committed;
  }

  /**
   * To be called between transactions.
   *
   * @throws org.apache.kafka.common.KafkaException if what is written goes into other topics than
   *     before
   */
  void requireSameTopics() {
    writer.requireSameTopics();
  }

  /** Notices that are in no transaction that was committed. */
  List<Incident> unsaid() {
    return List.copyOf(notices);
  }

  /** Before each thing that is written. */
  private void begin() {
    turned.run();
    if (!open) {
      open = true;
      writer.begin();
    }
  }

  /** Lets go of the writer; what was not committed is not there. */
  @Override
  public void close() {
    writer.close();
  }
}
