package courtside.ingestor.pump;

import courtside.eventlog.firehose.Cursor;
import courtside.eventlog.firehose.Observations;
import courtside.ingestor.relay.RelayAddress;
import courtside.ingestor.sequence.Position;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import org.apache.kafka.common.errors.SerializationException;

/**
 * Where to go on, as the committed cursors say. Immutable.
 *
 * @param relay the relay whose cursor was written last; the first of the list where there is none
 * @param position the last frame that is had of it
 * @param committedAt when that was committed; empty where there is no cursor
 * @param start what to ask for while nothing of the epoch is had
 * @param had the last frame that is had of each relay of the list
 * @param epochs the newest epoch of each relay that has a cursor
 * @param observations what is known of the relays that were not read
 * @param rewindId the last rewind that was carried out
 * @param beginsAnew why frames are there and the cursor is not, where a person has said to go on
 */
record Resume(
    RelayAddress relay,
    Position position,
    Optional<Instant> committedAt,
    OptionalLong start,
    Map<String, Position> had,
    Map<String, Long> epochs,
    Map<String, Observations> observations,
    Optional<String> rewindId,
    Optional<String> beginsAnew) {

  /** A cursor that cannot be read. */
  private record Damage(String relay, SerializationException why) {}

  /** No epoch that was counted is as high as the seconds since 1970. */
  private static long epochBeyondAll(InstantSource clock) {
    return clock.instant().getEpochSecond();
  }

  static Resume from(
      List<RelayAddress> relays, Start start, CursorReader reader, InstantSource clock) {
    // In the order in which they were written.
    Map<String, byte[]> records = reader.cursors();
    Map<String, RelayAddress> byName = new HashMap<>();
    relays.forEach(relay -> byName.put(relay.name(), relay));
    Map<String, Position> had = new HashMap<>();
    Map<String, Long> epochs = new HashMap<>();
    Map<String, Observations> observations = new HashMap<>();
    Optional<Cursor> newest = Optional.empty();
    Optional<Damage> damage = Optional.empty();
    TreeSet<String> others = new TreeSet<>();
    for (Map.Entry<String, byte[]> entry : records.entrySet()) {
      String key = entry.getKey();
      try {
        if (Observations.isKey(key)) {
          Observations known = Observations.decode(entry.getValue());
          observations.put(known.relay(), known);
          continue;
        }
        Cursor cursor = Cursor.decode(entry.getValue());
        epochs.put(cursor.relay(), cursor.epoch());
        if (byName.containsKey(key)) {
          newest = Optional.of(cursor);
          had.put(key, Position.of(cursor));
        } else {
          others.add(key);
        }
      } catch (SerializationException e) {
        if (byName.containsKey(key)) {
          damage = Optional.of(new Damage(key, e));
          // How often its numbering began is lost with it.
          epochs.put(key, epochBeyondAll(clock));
        }
      }
    }
    if (damage.isPresent() && !start.whateverWasWritten()) {
      throw new CursorMissingException(
          "the newest one of " + damage.get().relay() + " is damaged",
          reader.lastFrame(),
          damage.get().why());
    }
    if (newest.isPresent()) {
      Cursor cursor = newest.get();
      RelayAddress relay = byName.get(cursor.relay());
      if (relay == null) {
        throw new IllegalStateException(
            "a cursor of " + cursor.relay() + ", which was not looked for");
      }
      return new Resume(
          relay,
          Position.of(cursor),
          Optional.of(cursor.committedAt()),
          // An earlier version wrote cursors of which nothing was had yet.
          cursor.epoch() == 1 && cursor.hash().length() == 0
              ? start.cursorToAsk()
              : OptionalLong.of(cursor.seq()),
          had,
          epochs,
          observations,
          cursor.rewindId(),
          Optional.empty());
    }
    return anew(relays.getFirst(), start, reader, clock, epochs, observations, others);
  }

  private static Resume anew(
      RelayAddress relay,
      Start start,
      CursorReader reader,
      InstantSource clock,
      Map<String, Long> epochs,
      Map<String, Observations> observations,
      TreeSet<String> others) {
    Optional<Instant> lastFrame = reader.lastFrame();
    boolean written = lastFrame.isPresent() || !others.isEmpty();
    String found = others.isEmpty() ? "there is none" : "there are cursors of " + others;
    if (start.mode() == Start.Mode.CURSOR || (written && !start.whateverWasWritten())) {
      throw new CursorMissingException(found, lastFrame, null);
    }
    long epoch = written ? epochBeyondAll(clock) : 1;
    return new Resume(
        relay,
        Position.before(relay.name(), epoch, start.cursorToAsk().orElse(0), Optional.empty()),
        Optional.empty(),
        start.cursorToAsk(),
        Map.of(),
        epochs,
        observations,
        Optional.empty(),
        written
            ? Optional.of("frames are in the log, but no cursor of " + relay.name() + ": " + found)
            : Optional.empty());
  }
}
