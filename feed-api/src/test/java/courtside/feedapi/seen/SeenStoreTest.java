package courtside.feedapi.seen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.syntax.Did;
import courtside.feedapi.seen.SeenEntries.Report;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SeenStoreTest {
  private static final int MOST = 3;

  @TempDir private Path directory;
  private SeenStore store;

  @BeforeEach
  void open() {
    store = new SeenStore(directory.resolve("seen"), SeenDatabase.WRITE_BUFFER_BYTES);
    store.open();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void keepsWhatItWasGivenOverARestart() {
    store.begin("topic");
    apply(1, 10, 11);
    apply(2, 12);
    store.apply(Map.of(), Map.of(0, 7L, 5, 9L), MOST, 0);
    store.close();

    open();

    assertThat(store.topicId()).contains("topic");
    assertThat(store.offsets()).isEqualTo(Map.of(0, 7L, 5, 9L));
    assertThat(store.viewers()).isEqualTo(2);
    assertThat(store.entries(viewer(1)).after(0).test(uri(11))).isTrue();
    assertThat(store.entries(viewer(1)).after(10).test(uri(10))).isFalse();
    assertThat(store.entries(viewer(3)).isEmpty()).isTrue();
  }

  @Test
  void mergesByTheOrderOfReports() {
    apply(1, 10, 11, 12);
    // The first again, by a clock that is behind: the last report counts.
    store.apply(
        Map.of(
            viewer(1), List.of(new Report(SeenEntries.hash(uri(10)), 9), report(13), report(14))),
        Map.of(),
        MOST,
        0);

    assertThat(seen(1)).containsExactly(10, 13, 14);
    assertThat(store.entries(viewer(1)).after(8).test(uri(10))).isTrue();
    assertThat(store.entries(viewer(1)).after(9).test(uri(10))).isFalse();

    // What is too old goes with the next report, and the viewer with the last.
    store.apply(Map.of(viewer(1), List.of(report(15))), Map.of(), MOST, 13);
    assertThat(seen(1)).containsExactly(14, 15);
    store.apply(Map.of(viewer(1), List.of(report(16))), Map.of(), MOST, 16);
    assertThat(store.viewers()).isZero();
    assertThat(store.all()).isEmpty();
  }

  @Test
  void forgetsBitByBitWhoDoesNotComeBack() {
    IntStream.range(10, 20).forEach(n -> apply(n, n % 2 == 0 ? 5 : 50));

    store.purge(4, 100, 5);
    assertThat(store.viewers()).isEqualTo(8);
    store.purge(4, 100, 5);
    assertThat(store.viewers()).isEqualTo(6);
    // The last two, and from the first again with the next.
    store.purge(4, 100, 5);
    assertThat(store.viewers()).isEqualTo(5);
    store.purge(4, 100, 50);
    assertThat(store.all().keySet()).containsExactly("did:plc:v19");
  }

  @Test
  void forgetsTheStalestOfTooMany() {
    IntStream.range(10, 26).forEach(n -> apply(n, 100 - n));

    // The excess is two; eight are looked at.
    store.purge(1, 14, 0);

    assertThat(store.all().keySet()).doesNotContain("did:plc:v16", "did:plc:v17").hasSize(14);
    assertThat(store.viewers()).isEqualTo(14);

    // However many are too many, a quarter of those looked at.
    store.purge(1, 1, 0);
    assertThat(store.viewers()).isBetween(8L, 13L);
    for (int turns = 0; turns < 40; turns++) {
      store.purge(1, 1, 0);
    }
    assertThat(store.viewers()).isEqualTo(1);
  }

  @Test
  void isNothingWhileItIsClosed() {
    apply(1, 10);
    store.close();

    assertThat(store.entries(viewer(1)).isEmpty()).isTrue();
    assertThatThrownBy(() -> apply(1, 11)).isInstanceOf(SeenStoreException.class);
    assertThat(store.damaged()).isFalse();
    store.close();
  }

  @Test
  void saysThatItIsDamaged() throws Exception {
    apply(1, 10);
    store.put(viewer(1), new byte[] {1});

    assertThatThrownBy(() -> store.entries(viewer(1)))
        .isInstanceOfSatisfying(
            SeenStoreException.class, failure -> assertThat(failure.damaged()).isTrue());
    assertThat(store.damaged()).isTrue();

    store.discard();
    assertThat(store.damaged()).isFalse();
    assertThat(store.viewers()).isZero();
    assertThat(Files.exists(directory.resolve("seen.discarded"))).isFalse();
  }

  @Test
  void takesNoStoreOfAnotherVersion() throws Exception {
    store.close();
    try (SeenDatabase database =
        SeenDatabase.open(directory.resolve("seen"), SeenDatabase.WRITE_BUFFER_BYTES)) {
      database
          .rocks()
          .put("m/layout".getBytes(StandardCharsets.UTF_8), "2".getBytes(StandardCharsets.UTF_8));
    }

    assertThatThrownBy(() -> store.open())
        .isInstanceOfSatisfying(
            SeenStoreException.class, failure -> assertThat(failure.damaged()).isTrue());
  }

  private void apply(int viewer, int... seconds) {
    store.apply(
        Map.of(viewer(viewer), IntStream.of(seconds).mapToObj(SeenStoreTest::report).toList()),
        Map.of(),
        MOST,
        0);
  }

  private List<Integer> seen(int viewer) {
    return IntStream.range(0, 30)
        .filter(n -> store.entries(viewer(viewer)).after(0).test(uri(n)))
        .boxed()
        .toList();
  }

  private static Report report(int second) {
    return new Report(SeenEntries.hash(uri(second)), second);
  }

  private static Did viewer(int n) {
    return new Did("did:plc:v" + n);
  }

  private static String uri(int n) {
    return InteractionLog.uri(n);
  }
}
