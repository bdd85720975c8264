package courtside.ingestor.disk;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Says that a broker's disk is nearly full before it is: a broker that cannot write ends. It is
 * <em>low</em> below 15 % of the disk, and no more from 18 % on, so that it does not come and go.
 * That alone is for people to see. It <em>lacks room</em> where besides the log may still grow by
 * more than there is: a large disk that others fill to 90 % holds a small log for good, and a log
 * that has reached its budget grows no more, but for a twentieth of it, which retention may be
 * late. Not thread-safe.
 */
final class DiskAlarm {
  private static final double LOW = 0.15;
  private static final double ENOUGH = 0.18;
  private static final int LATE_PART = 20;

  private final long budget;
  private Optional<Room> tightest = Optional.empty();
  private boolean low;
  private Optional<Room> lacking = Optional.empty();

  /**
   * None yet.
   *
   * @param budget bytes that the log may fill; of several brokers or directories each may have all
   *     of it, for all that can be known here
   */
  DiskAlarm(long budget) {
    this.budget = budget;
  }

  /** Takes what was found; where that is nothing, nothing is known any more. */
  void look(List<Room> rooms) {
    double enough = low ? ENOUGH : LOW;
    tightest = rooms.stream().min(Comparator.comparingDouble(Room::share));
    low = tightest.filter(room -> room.share() < enough).isPresent();
    long beyond = lacking.isPresent() ? 2L * budget / LATE_PART : budget / LATE_PART;
    lacking =
        rooms.stream()
            .filter(room -> room.share() < enough)
            .filter(room -> room.usable() < growth(room) + beyond)
            .min(Comparator.comparingDouble(Room::share));
  }

  private long growth(Room room) {
    return Math.max(0, budget - room.held());
  }

  /** The disk with the least part of it left, where any is known. */
  Optional<Room> tightest() {
    return tightest;
  }

  /** Whether that is low. */
  boolean isLow() {
    return low;
  }

  /** That there is not enough, and what to do, where that is so. */
  Optional<String> lack() {
    return lacking.map(room ->
        "a broker's disk has "
            + room.usable()
            + " of "
            + room.total()
            + " bytes left, and the log may still grow by "
            + growth(room)
            + ": make room on it, or lower COURTSIDE_DISK; a broker whose disk is full ends");
  }
}
