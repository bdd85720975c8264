package courtside.service;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PartsTest {
  private final List<String> closed = new ArrayList<>();
  private final Parts parts = new Parts();

  @Test
  void closesTheNewestFirst() {
    add("broker");
    add("producer");
    add("server");
    parts.close();
    assertThat(closed).containsExactly("server", "producer", "broker");
  }

  @Test
  void closesEachOnce() {
    add("broker");
    parts.close();
    parts.close();
    assertThat(closed).containsExactly("broker");
  }

  @Test
  void returnsWhatWasAdded() {
    AutoCloseable part = () -> closed.add("part");
    assertThat(parts.add(part)).isSameAs(part);
  }

  @Test
  void closesTheOthersWhereSomeFail() {
    add("broker");
    fail("producer", new IOException("disk"));
    add("consumer");
    fail("server", new IllegalStateException("port"));
    assertThatThrownBy(parts::close)
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("not everything could be closed")
        .hasRootCauseMessage("port")
        .satisfies(
            e -> assertThat(e.getSuppressed()).singleElement().isInstanceOf(IOException.class));
    assertThat(closed).containsExactly("server", "consumer", "producer", "broker");
  }

  @Test
  void tellsTheFailureThatItIsClosedAfter() {
    add("broker");
    fail("producer", new IOException("disk"));
    IllegalStateException failure = new IllegalStateException("port 9092 is not free");
    parts.closeAfter(failure);
    assertThat(closed).containsExactly("producer", "broker");
    assertThat(failure.getSuppressed())
        .singleElement()
        .satisfies(e -> assertThat(e).hasRootCauseMessage("disk"));
  }

  @Test
  void keepsTheInterruptOfAPart() {
    add("broker");
    fail("thread", new InterruptedException());
    try {
      assertThatThrownBy(parts::close).isInstanceOf(IllegalStateException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }
    assertThat(closed).containsExactly("thread", "broker");
  }

  private void add(String name) {
    parts.add(() -> closed.add(name));
  }

  private void fail(String name, Exception failure) {
    parts.add(() -> {
      closed.add(name);
      throw failure;
    });
  }
}
