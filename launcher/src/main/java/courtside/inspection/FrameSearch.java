package courtside.inspection;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import courtside.eventlog.firehose.FrameHeaders;
import courtside.screen.VisibleText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Looks for the frames of one sequence number: relays number each on their own, and a relay may
 * begin anew. Holds the newest frame, and where up to a hundred others stand. Confined to one
 * thread.
 */
public final class FrameSearch {
  private static final int MOST = 100;

  private final long seq;
  private final Optional<String> relay;
  private final OptionalLong epoch;
  private final List<Place> places = new ArrayList<>();

  /** The first and last number that was passed, by relay and epoch. */
  private final Map<String, long[]> passed = new TreeMap<>();

  private @Nullable ConsumerRecord<byte[], byte[]> newest;

  /**
   * A frame of this number.
   *
   * @param from whose number it is
   */
  public record Place(FrameHeaders from, Instant seenAt, int partition, long offset) {
    /** The options that name it, and when it was seen. */
    @Override
    public String toString() {
      return VisibleText.line(
          " --relay " + from.relay() + " --epoch " + from.epoch() + "  (seen " + seenAt + ")");
    }

    /** As JSON. */
    public ObjectNode toJson() {
      return JsonNodeFactory.instance
          .objectNode()
          .put("relay", from.relay())
          .put("epoch", from.epoch())
          .put("seen_at", seenAt.toString())
          .put("partition", partition)
          .put("offset", offset);
    }
  }

  /** What was found. */
  public record Found(SeenFrame newest, List<Place> others) {
    /** Copies the list. */
    public Found {
      others = List.copyOf(others);
    }
  }

  /** Looks for a number, of any relay and epoch where none is given. */
  public FrameSearch(long seq, Optional<String> relay, OptionalLong epoch) {
    this.seq = seq;
    this.relay = relay;
    this.epoch = epoch;
  }

  /** Looks at a record. */
  public void look(ConsumerRecord<byte[], byte[]> record) {
    Optional<FrameHeaders> headers = SeenFrame.place(record);
    if (headers.isEmpty() || headers.get().seq() == 0) {
      return;
    }
    FrameHeaders from = headers.get();
    pass(from);
    if (from.seq() != seq
        || relay.filter(name -> !name.equals(from.relay())).isPresent()
        || (epoch.isPresent() && epoch.getAsLong() != from.epoch())) {
      return;
    }
    if (places.size() < MOST) {
      places.add(
          new Place(
              from, Instant.ofEpochMilli(record.timestamp()), record.partition(), record.offset()));
    }
    ConsumerRecord<byte[], byte[]> before = newest;
    if (before == null || record.timestamp() >= before.timestamp()) {
      newest = record;
    }
  }

  private void pass(FrameHeaders from) {
    String name = from.relay() + ", epoch " + from.epoch();
    long[] range = passed.get(name);
    if (range != null) {
      range[0] = Math.min(range[0], from.seq());
      range[1] = Math.max(range[1], from.seq());
    } else if (passed.size() < MOST) {
      passed.put(name, new long[] {from.seq(), from.seq()});
    }
  }

  /** Whether no other can be there: each number is there once in an epoch of a relay. */
  public boolean isOver() {
    return newest != null && relay.isPresent() && epoch.isPresent();
  }

  /** What was found; the other places are those that are not the newest's. */
  public Optional<Found> found() {
    ConsumerRecord<byte[], byte[]> record = newest;
    if (record == null) {
      return Optional.empty();
    }
    return Optional.of(
        new Found(
            SeenFrame.of(record),
            places.stream()
                .filter(place ->
                    place.partition() != record.partition() || place.offset() != record.offset())
                .sorted(Comparator.comparing(Place::seenAt).reversed())
                .toList()));
  }

  /** That nothing was found, what there is, and what to do. */
  public String nothing() {
    String there =
        passed.entrySet().stream()
            .map(range ->
                "  " + range.getKey() + ": " + range.getValue()[0] + " to " + range.getValue()[1])
            .collect(Collectors.joining("\n"));
    return VisibleText.lines(
        "expected a frame of sequence "
            + seq
            + relay.map(name -> " of " + name).orElse("")
            + (epoch.isPresent() ? " in epoch " + epoch.getAsLong() : "")
            + ", found none"
            + (there.isEmpty()
                ? ": there are no frames; a longer --since looks further back"
                : ". Relays leave numbers out, and old frames are deleted; there is:\n" + there));
  }
}
