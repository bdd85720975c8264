package courtside.eventlog.firehose;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.kafka.common.errors.SerializationException;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.junit.jupiter.api.Test;

final class FrameHeadersTest {
  private static final byte[] RELAY = "relay.example".getBytes(StandardCharsets.UTF_8);
  private static final byte[] NUMBER = {0, 0, 0, 0, 0, 0, 1, 2};

  @Test
  void leavesOutASequenceThatTheFrameHasNot() {
    Headers headers = new RecordHeaders();
    new FrameHeaders("relay.example", 3, 0).addTo(headers);
    assertThat(headers.lastHeader("seq")).isNull();
    assertThat(FrameHeaders.read(headers)).isEqualTo(new FrameHeaders("relay.example", 3, 0));
  }

  @Test
  void passesOverUnknownHeaders() {
    Headers headers = headers(RELAY, NUMBER, NUMBER);
    headers.add("unknown", new byte[] {1});
    headers.add("empty", null);
    assertThat(FrameHeaders.read(headers)).isEqualTo(new FrameHeaders("relay.example", 258, 258));
  }

  @Test
  void needsRelayAndEpoch() {
    for (String name : List.of("relay", "epoch")) {
      Headers headers = headers(RELAY, NUMBER, NUMBER);
      headers.remove(name);
      assertThatThrownBy(() -> FrameHeaders.read(headers))
          .isInstanceOf(SerializationException.class)
          .hasMessageContaining(name);
    }
  }

  @Test
  void refusesHeadersWithoutAValue() {
    for (String name : List.of("relay", "epoch", "seq")) {
      Headers headers = headers(RELAY, NUMBER, NUMBER);
      headers.remove(name);
      headers.add(name, null);
      assertThatThrownBy(() -> FrameHeaders.read(headers))
          .isInstanceOf(SerializationException.class)
          .hasMessageContaining(name);
    }
  }

  @Test
  void refusesNumbersOfAnotherLength() {
    Random random = new Random(20_261_124);
    for (int length = 0; length < 20; length++) {
      byte[] value = new byte[length];
      random.nextBytes(value);
      for (Map.Entry<String, Headers> wrong :
          Map.of("epoch", headers(RELAY, value, NUMBER), "seq", headers(RELAY, NUMBER, value))
              .entrySet()) {
        if (length == Long.BYTES) {
          assertThat(FrameHeaders.read(wrong.getValue()).relay()).isEqualTo("relay.example");
        } else {
          assertThatThrownBy(() -> FrameHeaders.read(wrong.getValue()))
              .as("%s", Arrays.toString(value))
              .isInstanceOf(SerializationException.class)
              .hasMessageContaining(wrong.getKey());
        }
      }
    }
  }

  private static Headers headers(byte[] relay, byte[] epoch, byte[] seq) {
    Headers headers = new RecordHeaders();
    headers.add("relay", relay);
    headers.add("epoch", epoch);
    headers.add("seq", seq);
    return headers;
  }
}
