package courtside.ingestor;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/** What Courtside's own classes log from now on, warnings and errors. Thread-safe. */
final class SaidLines implements AutoCloseable {
  private static final int SHORT = 110;

  private final Logger logger = (Logger) LoggerFactory.getLogger("courtside");
  private final Listener listener = new Listener();

  // Guarded by this.
  private final List<String> lines = new ArrayList<>();

  SaidLines() {
    listener.start();
    logger.addAppender(listener);
  }

  /** All since the last call. */
  synchronized List<String> take() {
    List<String> taken = List.copyOf(lines);
    lines.clear();
    return taken;
  }

  /** The same, each once and no longer than fits a table. */
  List<String> takeInShort() {
    return take().stream()
        .map(line -> line.length() <= SHORT ? line : line.substring(0, SHORT) + "…")
        .distinct()
        .toList();
  }

  private synchronized void add(String line) {
    lines.add(line);
  }

  @Override
  public void close() {
    logger.detachAppender(listener);
    listener.stop();
  }

  private final class Listener extends AppenderBase<ILoggingEvent> {
    @Override
    protected void append(ILoggingEvent event) {
      if (event.getLevel().isGreaterOrEqual(Level.WARN)) {
        String pairs =
            event.getKeyValuePairs() == null
                ? ""
                : event.getKeyValuePairs().stream()
                    .map(pair -> ", " + pair.key + " " + pair.value)
                    .collect(Collectors.joining());
        String thrown =
            event.getThrowableProxy() == null ? "" : ": " + event.getThrowableProxy().getMessage();
        add(event.getFormattedMessage() + pairs + thrown);
      }
    }
  }
}
