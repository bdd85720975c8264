package courtside.ingestor.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Of a budget of 1,000 on disks of 10,000. */
final class DiskAlarmTest {
  private final DiskAlarm alarm = new DiskAlarm(1_000);

  private void look(long usable, long held) {
    alarm.look(List.of(new Room(10_000, 9_000, 0), new Room(10_000, usable, held)));
  }

  @Test
  void saysNothingWhileADiskIsNotLow() {
    look(1_500, 0);
    assertThat(alarm.isLow()).isFalse();
    assertThat(alarm.lack()).isEmpty();
    assertThat(alarm.tightest()).hasValue(new Room(10_000, 1_500, 0));
  }

  @Test
  void isLowAndLacksNothingWhereTheLogFitsAllTheSame() {
    look(1_400, 0);
    assertThat(alarm.isLow()).isTrue();
    assertThat(alarm.lack()).isEmpty();
    look(100, 1_000);
    assertThat(alarm.lack()).isEmpty();
    look(100, 2_000);
    assertThat(alarm.lack()).as("more than its budget").isEmpty();
  }

  @Test
  void lacksRoomWhereTheLogMayGrowByMoreThanThereIs() {
    look(500, 400);
    assertThat(alarm.lack().orElseThrow())
        .contains("500 of 10000 bytes left", "grow by 600", "lower COURTSIDE_DISK");
    look(40, 1_000);
    assertThat(alarm.lack()).as("less than retention may be late").isPresent();
    look(40, 2_000);
    assertThat(alarm.lack().orElseThrow()).as("beyond its budget").contains("grow by 0:");
  }

  @Test
  void namesTheDiskThatLacksRoomAndNotOneThatIsOnlyTighter() {
    alarm.look(List.of(new Room(10_000, 100, 1_000), new Room(10_000, 600, 0)));
    assertThat(alarm.tightest()).hasValue(new Room(10_000, 100, 1_000));
    assertThat(alarm.lack().orElseThrow()).contains("600 of 10000 bytes left", "grow by 1000");
  }

  @Test
  void doesNotComeAndGo() {
    DiskAlarm small = new DiskAlarm(5_000);
    small.look(List.of(new Room(10_000, 1_499, 0)));
    small.look(List.of(new Room(10_000, 1_700, 0)));
    assertThat(small.isLow()).isTrue();
    assertThat(small.lack()).isPresent();
    small.look(List.of(new Room(10_000, 1_800, 0)));
    assertThat(small.isLow()).isFalse();
    assertThat(small.lack()).isEmpty();
    small.look(List.of(new Room(10_000, 1_700, 0)));
    assertThat(small.isLow()).isFalse();
    look(649, 400);
    look(690, 400);
    assertThat(alarm.lack()).as("a little more").isPresent();
    look(700, 400);
    assertThat(alarm.lack()).isEmpty();
  }

  @Test
  void knowsNothingWhereNothingIsSaid() {
    look(100, 0);
    alarm.look(List.of());
    assertThat(alarm.isLow()).isFalse();
    assertThat(alarm.lack()).isEmpty();
    assertThat(alarm.tightest()).isEmpty();
  }
}
