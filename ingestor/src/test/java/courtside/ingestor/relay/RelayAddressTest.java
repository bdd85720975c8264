package courtside.ingestor.relay;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RelayAddressTest {
  private static final String METHOD = "/xrpc/com.atproto.sync.subscribeRepos";

  @ParameterizedTest
  @CsvSource({
    "wss://bsky.network, wss://bsky.network",
    "ws://127.0.0.1:2583/, ws://127.0.0.1:2583",
    "wss://host/base/, wss://host/base",
    "wss://host/a%20b, wss://host/a%20b",
    "ws://[::1]:80, ws://[::1]:80",
  })
  void dialsTheMethodBehindTheAddressAsItIsWritten(String address, String dialled) {
    RelayAddress relay = RelayAddress.parse(address).orElseThrow();
    assertThat(relay.subscribe(OptionalLong.empty())).isEqualTo(URI.create(dialled + METHOD));
    assertThat(relay.subscribe(OptionalLong.of(7)))
        .isEqualTo(URI.create(dialled + METHOD + "?cursor=7"));
  }

  @Test
  void isNamedForItsHostUnlessItHasAName() {
    assertThat(RelayAddress.parse("wss://bsky.network").orElseThrow().name())
        .isEqualTo("bsky.network");
    assertThat(RelayAddress.parse("east=ws://127.0.0.1:1").orElseThrow().name()).isEqualTo("east");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bsky.network",
        "https://bsky.network",
        "=wss://h",
        "wss://h?x=1",
        "wss://h#x"
      })
  void isNothingElse(String text) {
    assertThat(RelayAddress.parse(text)).isEmpty();
  }
}
