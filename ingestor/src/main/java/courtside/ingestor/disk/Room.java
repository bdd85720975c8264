package courtside.ingestor.disk;

import courtside.eventlog.topic.Topic;
import courtside.eventlog.topic.Topics;
import courtside.service.kafka.LogDirectories;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.LogDirDescription;

/**
 * The disk that a directory of a broker's log lies on. Immutable.
 *
 * @param total bytes of the disk
 * @param usable bytes of it that may still be written
 * @param held bytes of Courtside's own topics in that directory, their records alone: others may
 *     use the broker too
 */
record Room(long total, long usable, long held) {
  private static final Set<String> OWN =
      Topics.ALL.stream().map(Topic::name).collect(Collectors.toUnmodifiableSet());

  /**
   * Asks every broker; what is not said, as by brokers before 3.3, is left out.
   *
   * @throws ExecutionException if a broker does not answer, or its operator does not allow the
   *     question
   */
  static List<Room> ask(Admin admin) throws InterruptedException, ExecutionException {
    List<Room> rooms = new ArrayList<>();
    for (LogDirDescription directory : LogDirectories.ask(admin)) {
      if (directory.totalBytes().orElse(0) > 0 && directory.usableBytes().isPresent()) {
        rooms.add(
            new Room(
                directory.totalBytes().getAsLong(),
                directory.usableBytes().getAsLong(),
                held(directory)));
      }
    }
    return rooms;
  }

  private static long held(LogDirDescription directory) {
    return directory.replicaInfos().entrySet().stream()
        .filter(replica -> OWN.contains(replica.getKey().topic()))
        .mapToLong(replica -> replica.getValue().size())
        .sum();
  }

  /** The part of the disk that may still be written, 0 to 1. */
  double share() {
    return (double) usable / total;
  }
}
