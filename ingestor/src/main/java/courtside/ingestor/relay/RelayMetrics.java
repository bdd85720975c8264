package courtside.ingestor.relay;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/**
 * What is counted of the connection. Each counter is there, at zero, from the start. Thread-safe.
 */
public final class RelayMetrics {
  private final Counter received;
  private final Counter receivedBytes;
  private final Counter textMessages;
  private final Map<Ending.Reason, Counter> endings = new EnumMap<>(Ending.Reason.class);

  /** Registers the counters. */
  public RelayMetrics(MeterRegistry registry) {
    received = registry.counter("courtside.ingestor.frames.received");
    receivedBytes = registry.counter("courtside.ingestor.frames.received.bytes");
    textMessages = registry.counter("courtside.ingestor.text.messages");
    for (Ending.Reason reason : Ending.Reason.values()) {
      endings.put(
          reason,
          registry.counter(
              "courtside.ingestor.connections.ended",
              "reason",
              reason.name().toLowerCase(Locale.ROOT)));
    }
  }

  void received(int bytes) {
    received.increment();
    receivedBytes.increment(bytes);
  }

  /** The protocol has no text messages. */
  void textMessage() {
    textMessages.increment();
  }

  /** A connection, or the attempt to make one, ended. */
  void connectionEnded(Ending.Reason reason) {
    Counter counter = endings.get(reason);
    if (counter == null) {
      throw new IllegalStateException("no counter for " + reason);
    }
    counter.increment();
  }

  /** Connections that ended since the start, but for those that this process ended itself. */
  public double reconnectsTotal() {
    return endings.entrySet().stream()
        .filter(entry -> entry.getKey() != Ending.Reason.STOPPED)
        .mapToDouble(entry -> entry.getValue().count())
        .sum();
  }
}
