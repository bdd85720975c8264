package courtside.processor.streams;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * Input that one application has lost, from the moment at which its consumer finds it deleted until
 * the task has it in the transaction that moves the offset past it. What is not committed then is
 * found again, as the consumer goes back to what is; so nothing is kept here beyond a task.
 *
 * <p>A partition is one thread's at a time: whatever is told or asked about it comes from the
 * thread that polls, processes and commits it. Several threads may use this for partitions of
 * theirs.
 */
public final class Overtaking {
  private static final long NOWHERE = -1;

  private final Map<TopicPartition, Place> places = new ConcurrentHashMap<>();
  private volatile @Nullable String output;

  /**
   * Input that is gone.
   *
   * @param expected the first offset that was not read yet, or empty where that is not known any
   *     more
   * @param start the oldest offset that there is, where reading goes on
   */
  public record Loss(TopicPartition partition, OptionalLong expected, long start) {
    /** Whether the partition had ended before what was expected, so that it is another one. */
    public boolean isOfAnotherLog() {
      return expected.isPresent() && expected.getAsLong() >= start;
    }
  }

  /** A loss, and how many records the task was given before it. */
  private record Waiting(Loss loss, long after) {}

  /** One partition. Confined to the thread that made it. */
  private static final class Place {
    private final Thread thread = Thread.currentThread();
    private final Deque<Waiting> losses = new ArrayDeque<>();
    private long given;
    private long processed;

    /** Where the consumer was put, until it has fetched a record from there. */
    private long stands = NOWHERE;

    /** Whether it stands at a beginning that is not committed. */
    private boolean begun;

    private void put(long offset) {
      stands = offset;
      begun = false;
    }
  }

  /**
   * Says where the application leaves a trace of what it has read.
   *
   * @param topic has the input's partitions: whatever comes of a partition is in the same one there
   */
  public void leavesTracesIn(String topic) {
    output = topic;
  }

  /** The topic with the traces. */
  String traces() {
    String known = output;
    if (known == null) {
      throw new IllegalStateException("expected to know where the application leaves traces");
    }
    return known;
  }

  private Place place(TopicPartition partition) {
    return places.compute(
        partition,
        (_, known) ->
            known != null && known.thread == Thread.currentThread() ? known : new Place());
  }

  /** The application begins to read a partition, and stands at its oldest offset. */
  void begins(TopicPartition partition, long start) {
    Place place = place(partition);
    place.losses.clear();
    place.put(start);
    place.begun = true;
  }

  /**
   * What comes next is gone. Where nothing was read since the last time, it is the same loss, which
   * has become longer.
   */
  void lost(TopicPartition partition, OptionalLong expected, long start) {
    Place place = place(partition);
    OptionalLong first = expected;
    if (expected.isEmpty()) {
      place.losses.clear();
    } else if (place.stands == expected.getAsLong()) {
      if (place.begun) {
        // It begins at the oldest, wherever that is.
        begins(partition, start);
        return;
      }
      Waiting last = place.losses.pollLast();
      first = last == null ? expected : last.loss().expected();
    }
    place.losses.add(new Waiting(new Loss(partition, first, start), place.given));
    place.put(start);
  }

  /**
   * The consumer gives the task records, or passes markers alone.
   *
   * @param next the offset after them
   */
  void fetched(TopicPartition partition, int records, long next) {
    Place place = place(partition);
    place.given += records;
    if (records > 0) {
      place.put(NOWHERE);
    } else if (place.stands != NOWHERE) {
      place.stands = next;
    }
  }

  /** The consumer was put back to what is committed, or reads the partition no more. */
  void leaves(TopicPartition partition) {
    places.remove(partition);
  }

  /** A task begins, or begins again; it has been given nothing yet. */
  public void taskBegins(TopicPartition partition) {
    Place place = place(partition);
    place.given = 0;
    place.processed = 0;
    List<Waiting> waiting = new ArrayList<>(place.losses);
    place.losses.clear();
    waiting.forEach(one -> place.losses.add(new Waiting(one.loss(), 0)));
  }

  /**
   * The task processes its next record.
   *
   * @return what was lost before it, to be said in this transaction: its commit moves the offset
   *     past this record
   */
  public List<Loss> nextRecord(TopicPartition partition) {
    Place place = place(partition);
    List<Loss> due = List.of();
    if (!place.losses.isEmpty()) {
      due = new ArrayList<>();
      for (Waiting first = place.losses.peek();
          first != null && first.after() <= place.processed;
          first = place.losses.peek()) {
        due.add(first.loss());
        place.losses.remove();
      }
    }
    place.processed++;
    return due;
  }

  /**
   * Time passes, and perhaps no record.
   *
   * @return what was lost after all records, to be said in this transaction: its commit moves the
   *     offset by {@link #withPlaces}
   */
  public List<Loss> withoutRecord(TopicPartition partition) {
    Place place = place(partition);
    if (place.stands == NOWHERE || place.processed < place.given) {
      return List.of();
    }
    List<Loss> due = place.losses.stream().map(Waiting::loss).toList();
    place.losses.clear();
    return due;
  }

  /**
   * The offsets of a commit of this thread, and those of partitions in which nothing is read since
   * the consumer was put somewhere, of which Streams knows nothing. Where a loss is not said yet
   * nothing changes.
   */
  Map<TopicPartition, OffsetAndMetadata> withPlaces(
      Map<TopicPartition, OffsetAndMetadata> offsets) {
    Map<TopicPartition, OffsetAndMetadata> all = new HashMap<>(offsets);
    places.forEach((partition, place) -> {
      if (place.thread == Thread.currentThread()
          && place.stands != NOWHERE
          && place.losses.isEmpty()) {
        all.put(partition, new OffsetAndMetadata(place.stands));
        place.begun = false;
      }
    });
    return all;
  }
}
