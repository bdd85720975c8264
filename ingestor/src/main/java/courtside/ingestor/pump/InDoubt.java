package courtside.ingestor.pump;

import courtside.atproto.Bytes;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.firehose.Observations;
import courtside.eventlog.topic.Topics;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a killed broker has left in doubt. One that is killed between deciding on a commit and
 * marking it on every partition may forget the marks that are missing: part of one transaction is
 * then committed, and part stays open. Nobody can commit that part any more, and a cursor may cover
 * it; so before it is aborted the cursor is set back to before it, in an epoch of its own, and all
 * of it is read again.
 *
 * @param frames those that stay open
 * @param committed the last frames that are committed; of a log without a cursor only where that is
 *     in doubt itself
 */
record InDoubt(List<FrameHeaders> frames, List<FrameHeaders> committed) {
  private static final Logger LOG = LoggerFactory.getLogger(InDoubt.class);

  /** Copies the lists. */
  InDoubt {
    frames = List.copyOf(frames);
    committed = List.copyOf(committed);
  }

  /**
   * Sets the cursor back where that is needed. Done again after any interruption it does what is
   * left to do, as long as nothing was aborted meanwhile.
   *
   * @param open partitions of frames and cursors on which a transaction stays open, and from where
   * @param between run after every step that may have taken up to two seconds
   * @throws KafkaException if the broker does not answer in time
   */
  static void settle(
      Map<TopicPartition, Long> open,
      Writer writer,
      Map<String, Object> client,
      LongSupplier nanoTime,
      InstantSource clock,
      Runnable between) {
    if (open.isEmpty()) {
      return;
    }
    Map<TopicPartition, Long> frames = new HashMap<>(open);
    boolean cursorToo = frames.keySet().removeIf(p -> p.topic().equals(Topics.CURSORS.name()));
    InDoubt found;
    Optional<Cursor> newest;
    try (CursorReader committed = new CursorReader(client, nanoTime, between);
        CursorReader all = CursorReader.uncommitted(client, nanoTime, between)) {
      Optional<Cursor> had = newest(committed.cursors());
      newest = had;
      found =
          new InDoubt(
              all.framesFrom(frames),
              cursorToo || had.isPresent()
                  ? committed.lastFrames(frame -> wasThereBefore(frame, had))
                  : List.of());
    }
    Optional<Cursor> back = found.backTo(newest, clock.instant());
    LOG.atWarn()
        .addKeyValue("partitions", open.size())
        .addKeyValue("frames", found.frames().size())
        .addKeyValue("back_to", back.map(Cursor::seq).map(String::valueOf).orElse("nowhere"))
        .log("a broker left a transaction in doubt");
    if (back.isPresent()) {
      Cursor cursor = back.get();
      writer.begin();
      writer.incident(
          new Incident(
              Incident.Kind.EPOCH,
              cursor.relay(),
              clock.instant(),
              OptionalLong.of(cursor.seq()),
              newest.map(had -> OptionalLong.of(had.seq())).orElse(OptionalLong.empty()),
              "a broker was killed while it committed, and did not finish",
              "began epoch " + cursor.epoch() + " after sequence " + cursor.seq()));
      writer.cursor(cursor);
      between.run();
      writer.commit();
      between.run();
    }
  }

  /** Numberings of a relay follow each other, and so do the numbers of each in a partition. */
  private static boolean wasThereBefore(FrameHeaders frame, Optional<Cursor> newest) {
    return newest
        .filter(cursor -> cursor.relay().equals(frame.relay()))
        .filter(cursor ->
            frame.epoch() < cursor.epoch()
                || (frame.epoch() == cursor.epoch() && frame.seq() <= cursor.seq()))
        .isPresent();
  }

  private static Optional<Cursor> newest(Map<String, byte[]> cursors) {
    Optional<Cursor> newest = Optional.empty();
    for (Map.Entry<String, byte[]> entry : cursors.entrySet()) {
      if (!Observations.isKey(entry.getKey())) {
        newest = Optional.of(Cursor.decode(entry.getValue()));
      }
    }
    return newest;
  }

  /**
   * The cursor that has to be written before what is open is aborted.
   *
   * @param newest of those that are committed
   * @return empty where the cursor covers nothing that is open, and all that is committed
   */
  Optional<Cursor> backTo(Optional<Cursor> newest, Instant now) {
    if (newest.isEmpty()) {
      // The very first transaction: where its cursor is in doubt, whatever is committed has none.
      return committed.isEmpty()
          ? Optional.empty()
          : Optional.of(
              back(
                  committed.getFirst(),
                  lowest(Stream.concat(frames.stream(), committed.stream())) - 1,
                  Optional.empty(),
                  Optional.empty(),
                  now));
    }
    Cursor had = newest.get();
    FrameHeaders at = new FrameHeaders(had.relay(), had.epoch(), had.seq());
    Predicate<FrameHeaders> sameNumbering =
        frame -> frame.relay().equals(at.relay()) && frame.epoch() == at.epoch();
    Predicate<FrameHeaders> covered = sameNumbering.and(frame -> frame.seq() <= at.seq());
    if (frames.stream().anyMatch(covered)) {
      return Optional.of(
          back(
              at,
              lowest(frames.stream().filter(covered)) - 1,
              had.frameTime(),
              had.rewindId(),
              now));
    }
    return committed.stream().anyMatch(sameNumbering.and(frame -> frame.seq() > at.seq()))
        ? Optional.of(back(at, at.seq(), had.frameTime(), had.rewindId(), now))
        : Optional.empty();
  }

  private static long lowest(Stream<FrameHeaders> some) {
    return some.mapToLong(FrameHeaders::seq).min().orElseThrow();
  }

  /**
   * A cursor of which nothing is had.
   *
   * @param made about when its frame was made: without that a gap behind it could not be told
   */
  private static Cursor back(
      FrameHeaders numbering,
      long seq,
      Optional<Instant> made,
      Optional<String> rewindId,
      Instant now) {
    return new Cursor(
        numbering.relay(), numbering.epoch() + 1, seq, made, now, Bytes.of(new byte[0]), rewindId);
  }
}
