package courtside.feedapi.store;

import static courtside.testkit.feeds.FeedLog.item;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import courtside.eventlog.feed.FeedItem;
import java.nio.charset.StandardCharsets;
import org.apache.kafka.common.errors.SerializationException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the store relies on: an item that can be decoded has every part. */
final class FeedItemFormatTest {
  @ParameterizedTest
  @ValueSource(strings = {"sortAt", "expiresAt", "author", "cid", "text"})
  void refusesAnItemWithoutOneOfItsParts(String part) {
    String whole = new String(FeedItem.FORMAT.encode(item(1)), StandardCharsets.ISO_8859_1);
    // Names that are not known are passed over, so that the part under this name is missing.
    String unknown = part.substring(0, part.length() - 1) + '_';
    String torn = whole.replaceFirst(part, unknown);

    assertThat(torn).isNotEqualTo(whole);
    assertThatThrownBy(() -> FeedItem.FORMAT.decode(torn.getBytes(StandardCharsets.ISO_8859_1)))
        .isInstanceOf(SerializationException.class);
  }
}
