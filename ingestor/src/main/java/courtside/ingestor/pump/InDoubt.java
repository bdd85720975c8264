package courtside.ingestor.pump;

import courtside.atproto.Bytes;
import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.FrameEnds;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.eventlog.firehose.Incident;
import courtside.eventlog.firehose.Observations;
import courtside.eventlog.topic.Topics;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.SerializationException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a broker has left in doubt. One that is killed between deciding on a commit and marking it
 * on every partition may forget the marks that are missing: part of one transaction is then
 * committed, and part stays open. Nobody can commit that part any more, and a cursor may cover it;
 * so before it is aborted the cursor is set back to before it, in an epoch of its own, and all of
 * it is read again. The same is done where a loss of power took the ends of files, each by itself:
 * frames that the cursor covers, or the cursor of frames that are there.
 *
 * @param frames those that stay open
 * @param committed the last frames that are committed; of a log without a cursor only where that is
 *     in doubt itself
 * @param whole of each partition that lacks frames, how far it is whole
 */
record InDoubt(List<FrameHeaders> frames, List<FrameHeaders> committed, List<Whole> whole) {
  private static final Logger LOG = LoggerFactory.getLogger(InDoubt.class);

  /**
   * So many numbers are read again where a partition has nothing left to tell by how far back that
   * has to be: more than come in the half minute that a loss of power takes.
   */
  private static final long AS_FAR_BACK = 1_000_000;

  /**
   * How far the newest cursor's numbering is all there.
   *
   * @param made when the frame of that number was made, where that is known
   */
  record Whole(long seq, Optional<Instant> made) {}

  /** Copies the lists. */
  InDoubt {
    frames = List.copyOf(frames);
    committed = List.copyOf(committed);
    whole = List.copyOf(whole);
  }

  /**
   * Sets the cursor back where that is needed, and tells the writer how far frames have come. Done
   * again after any interruption it does what is left to do, as long as nothing was aborted
   * meanwhile.
   *
   * @param open partitions of frames and cursors on which a transaction stays open, and from where
   * @param topic the id of {@code firehose.frames}
   * @param committed reads what is committed, and has read the cursors
   * @param between run after every step that may have taken up to two seconds
   * @throws KafkaException if the broker does not answer in time
   */
  static void settle(
      Map<TopicPartition, Long> open,
      Uuid topic,
      CursorReader committed,
      Map<String, byte[]> records,
      Writer writer,
      Map<String, Object> client,
      LongSupplier nanoTime,
      InstantSource clock,
      Runnable between) {
    Map<TopicPartition, Long> openFrames = new HashMap<>(open);
    boolean cursorToo = openFrames.keySet().removeIf(p -> p.topic().equals(Topics.CURSORS.name()));
    Map<String, Cursor> cursors = cursors(records, open.isEmpty());
    Optional<Cursor> newest = cursors.values().stream().reduce((_, newer) -> newer);
    FrameEnds known =
        committed
            .known()
            .filter(ends -> ends.topic().equals(topic))
            .orElse(FrameEnds.unknown(topic, Topics.FRAMES.partitions()));
    if (newest.isEmpty() && !cursorToo) {
      writer.beginBehind(FrameEnds.unknown(topic, Topics.FRAMES.partitions()));
      return;
    }
    Map<TopicPartition, List<CursorReader.Logged>> stillOpen = Map.of();
    if (!openFrames.isEmpty()) {
      try (CursorReader all = CursorReader.uncommitted(client, nanoTime, between)) {
        stillOpen = all.framesFrom(openFrames);
      }
    }
    // What is open is there: whether it is to be read again is judged by its numbers.
    Map<Integer, Long> reached = new HashMap<>();
    stillOpen.forEach(
        (partition, frames) -> reached.put(partition.partition(), frames.getLast().offset() + 1));
    Map<Integer, CursorReader.Tail> tails =
        committed.tails(
            partition ->
                reached.getOrDefault(partition, 0L) >= known.end(partition)
                    ? 0
                    : known.end(partition),
            frame -> wasThereBefore(frame, cursors));
    List<Integer> lacking = new ArrayList<>();
    List<Integer> empty = new ArrayList<>();
    List<Whole> whole = new ArrayList<>();
    tails.forEach((partition, tail) -> {
      if (tail.lacks() && newest.isPresent()) {
        Cursor had = newest.get();
        lacking.add(partition);
        Optional<Whole> last = last(tail.frames(), had);
        if (last.isEmpty()) {
          empty.add(partition);
        }
        whole.add(
            last.orElseGet(
                () -> new Whole(Math.max(0, had.seq() - AS_FAR_BACK), Optional.empty())));
      }
    });
    InDoubt found =
        new InDoubt(
            places(stillOpen.values().stream()),
            places(tails.values().stream().map(CursorReader.Tail::frames)),
            whole);
    writer.beginBehind(
        new FrameEnds(
            topic,
            IntStream.range(0, Topics.FRAMES.partitions())
                .mapToObj(partition -> Objects.requireNonNull(tails.get(partition)).end())
                .toList()));
    Optional<Cursor> back = found.backTo(newest, clock.instant());
    if (back.isEmpty()) {
      return;
    }
    Cursor cursor = back.get();
    String what = found.inWords(lacking);
    LOG.atWarn()
        .addKeyValue("partitions", open.size())
        .addKeyValue("frames", found.frames().size())
        .addKeyValue("found", what)
        .addKeyValue("back_to", cursor.seq())
        .log("a broker left the log in doubt");
    OptionalLong to = newest.map(had -> OptionalLong.of(had.seq())).orElse(OptionalLong.empty());
    writer.begin();
    writer.incident(
        new Incident(
            Incident.Kind.EPOCH,
            cursor.relay(),
            clock.instant(),
            OptionalLong.of(cursor.seq()),
            to,
            what,
            "began epoch " + cursor.epoch() + " after sequence " + cursor.seq()));
    between.run();
    if (!empty.isEmpty()) {
      writer.incident(
          new Incident(
              Incident.Kind.LOSS,
              cursor.relay(),
              clock.instant(),
              OptionalLong.of(0),
              to,
              what + "; " + empty + " have nothing left of its numbering to tell by how much",
              "reads again what the relay still has after sequence " + cursor.seq()));
      between.run();
    }
    writer.cursor(cursor);
    between.run();
    writer.commit();
    between.run();
  }

  /** The last frame of the cursor's numbering. */
  private static Optional<Whole> last(List<CursorReader.Logged> frames, Cursor had) {
    return frames.stream()
        .filter(frame -> frame.place().relay().equals(had.relay()))
        .filter(frame -> frame.place().epoch() == had.epoch())
        .reduce((_, later) -> later)
        .map(frame -> new Whole(frame.place().seq(), frame.made().or(had::frameTime)));
  }

  private static List<FrameHeaders> places(Stream<List<CursorReader.Logged>> frames) {
    return frames.flatMap(List::stream).map(CursorReader.Logged::place).toList();
  }

  private String inWords(List<Integer> lacking) {
    if (!lacking.isEmpty()) {
      return "firehose.frames lacks the last frames of partitions "
          + lacking
          + ", as after a loss of power";
    }
    return frames.isEmpty()
        ? "firehose.frames has frames behind the newest cursor, as after a loss of power"
        : "a broker was killed while it committed, and did not finish";
  }

  /** Numberings of a relay follow each other, and so do the numbers of each in a partition. */
  private static boolean wasThereBefore(FrameHeaders frame, Map<String, Cursor> cursors) {
    Cursor cursor = cursors.get(frame.relay());
    return cursor != null
        && (frame.epoch() < cursor.epoch()
            || (frame.epoch() == cursor.epoch() && frame.seq() <= cursor.seq()));
  }

  /**
   * By relay, in the order in which they were written.
   *
   * @param leniently whether one that is damaged is left to whoever begins by it
   */
  private static Map<String, Cursor> cursors(Map<String, byte[]> records, boolean leniently) {
    Map<String, Cursor> cursors = new LinkedHashMap<>();
    for (Map.Entry<String, byte[]> entry : records.entrySet()) {
      if (!Observations.isKey(entry.getKey())) {
        try {
          cursors.put(entry.getKey(), Cursor.decode(entry.getValue()));
        } catch (SerializationException e) {
          if (!leniently) {
            throw e;
          }
          return Map.of();
        }
      }
    }
    return cursors;
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
    Optional<Whole> before =
        Stream.concat(
                frames.stream()
                    .filter(covered)
                    .map(frame -> new Whole(frame.seq() - 1, had.frameTime())),
                whole.stream())
            .min(Comparator.comparingLong(Whole::seq));
    if (before.isPresent()) {
      Whole to = before.get();
      return Optional.of(back(at, Math.min(to.seq(), at.seq()), to.made(), had.rewindId(), now));
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
