package courtside.feedapi.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.atproto.Bytes;
import courtside.eventlog.control.Wish;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.api.Test;

final class BlocksTest {
  private static final String DID = "did:plc:spam";
  private static final String POST = "at://did:plc:spam/app.bsky.feed.post/1";
  private static final String OTHER = "at://did:plc:other/app.bsky.feed.post/1";

  private final AtomicInteger beyond = new AtomicInteger();
  private final Blocks blocks = new Blocks(2, beyond::incrementAndGet);

  @Test
  void hidesARecordAndNoOther() {
    assertThat(put(POST)).contains(POST);

    assertThat(blocks.hides(POST)).isTrue();
    assertThat(blocks.hides(POST + "0")).isFalse();
    assertThat(blocks.hides(OTHER)).isFalse();
    assertThat(put(POST)).as("a second time").isEmpty();
    assertThat(remove(POST)).contains(POST);
    assertThat(blocks.hides(POST)).isFalse();
    assertThat(remove(POST)).as("a second time").isEmpty();
  }

  @Test
  void hidesAllOfAnAccountAndOfNoOther() {
    assertThat(put(DID)).contains(DID);

    assertThat(blocks.hides(POST)).isTrue();
    assertThat(blocks.hides(POST.replace("spam", "spammer"))).isFalse();
    assertThat(blocks.hides(POST.replace("spam", "spa"))).isFalse();
    assertThat(blocks.hides(OTHER)).isFalse();
  }

  @Test
  void hasRoomForSoManyAndNoMore() {
    var _ = put(DID);
    var _ = put(POST);
    assertThat(put(OTHER)).isEmpty();
    assertThat(put(POST)).isEmpty();
    assertThat(beyond).hasValue(1);
    assertThat(blocks.size()).isEqualTo(2);
    assertThat(blocks.hides(OTHER)).isFalse();

    var _ = remove(DID);
    assertThat(put(OTHER)).contains(OTHER);
  }

  @Test
  void leavesTheWishesOfOthersUnread() {
    assertThat(blocks.put("feeds/nba", Optional.of(Bytes.of(new byte[] {1})))).isEmpty();
    assertThat(blocks.put("feeds/nba", Optional.empty())).isEmpty();
  }

  @Test
  void takesOnlyAWishToBlockUnderItsOwnKey() {
    var _ = put(POST);
    String key = Wish.Block.key(POST);
    assertThatThrownBy(() -> blocks.put(key, Optional.of(Bytes.of(new byte[] {1}))))
        .isInstanceOf(SerializationException.class);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> blocks.put(key, encoded(new Wish.Ingesting("1", Instant.EPOCH, true))));
    assertThatIllegalArgumentException()
        .isThrownBy(() ->
            blocks.put(key, encoded(new Wish.Block("1", Instant.EPOCH, OTHER, Optional.empty()))));

    assertThat(blocks.hides(POST)).isTrue();
    assertThat(blocks.size()).isOne();
  }

  @Test
  void restoresOnlyWhatAWishCanName() {
    for (String none : List.of("", "nobody", "at://did:plc:a", "did:plc:", POST + "/")) {
      assertThatIllegalArgumentException()
          .as(none)
          .isThrownBy(() -> blocks.restore(none, Bytes.of(new byte[0])));
    }
    blocks.restore(POST, Bytes.of(new byte[0]));

    assertThat(blocks.kept()).containsOnlyKeys(POST);
  }

  private Optional<String> put(String subject) {
    Wish.Block wish = new Wish.Block("1", Instant.EPOCH, subject, Optional.empty());
    return blocks.put(wish.key(), encoded(wish));
  }

  private Optional<String> remove(String subject) {
    return blocks.put(Wish.Block.key(subject), Optional.empty());
  }

  private static Optional<Bytes> encoded(Wish wish) {
    return Optional.of(Bytes.of(Wish.FORMAT.encode(wish)));
  }
}
