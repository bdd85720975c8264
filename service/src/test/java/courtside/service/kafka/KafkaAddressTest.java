package courtside.service.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;
import org.slf4j.event.KeyValuePair;

@Timeout(60)
final class KafkaAddressTest {
  @ParameterizedTest
  @ValueSource(
      strings = {"127.0.0.1:9092", "kafka:9092", "a.example:1,b_2.example:65535", "[::1]:9092"})
  void isAHostAndAPortOrSeveral(String text) {
    assertThat(KafkaAddress.parse(text)).contains(new KafkaAddress(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "kafka",
        ":9092",
        "kafka:",
        "kafka:65536",
        "a:1,",
        "http://kafka:9092"
      })
  void isNothingElse(String text) {
    assertThat(KafkaAddress.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1:1", "no-such-host.invalid:9092"})
  void goesOnWaitingWhereNobodyAnswersOrNoAddressIsKnown(String text) {
    CountDownLatch closing = new CountDownLatch(0);
    assertThatThrownBy(() -> new KafkaAddress(text).await(closing))
        .isInstanceOf(InterruptedException.class)
        .hasMessage("closed while waiting for kafka");
  }

  @Test
  void saysWhyItWaits() {
    KafkaAddress address =
        new KafkaAddress("127.0.0.1:1")
            .with(
                new ClientSecurity(
                    Map.of(
                        "security.protocol", "SSL",
                        "ssl.truststore.type", "PEM",
                        "ssl.truststore.location", "/nowhere/authority.pem")));
    Logger log = (Logger) LoggerFactory.getLogger(KafkaAddress.class);
    ListAppender<ILoggingEvent> said = new ListAppender<>();
    said.start();
    log.addAppender(said);
    try {
      assertThatThrownBy(() -> address.await(new CountDownLatch(0)))
          .isInstanceOf(InterruptedException.class);
    } finally {
      log.detachAppender(said);
    }
    assertThat(said.list)
        .singleElement()
        .satisfies(event -> {
          assertThat(event.getMessage()).isEqualTo("kafka does not answer, trying again");
          assertThat(event.getKeyValuePairs())
              .contains(
                  new KeyValuePair("kafka", "127.0.0.1:1"),
                  new KeyValuePair("reason", "NoSuchFileException: /nowhere/authority.pem"));
        });
  }

  @Test
  void endsTheWaitWhereItsThreadIsInterrupted() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> new KafkaAddress("127.0.0.1:1").await(new CountDownLatch(1)))
        .isInstanceOf(InterruptedException.class);
  }
}
