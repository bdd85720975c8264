package courtside.processor.extract;

import java.util.Map;
import org.apache.kafka.streams.processor.StateStore;
import org.apache.kafka.streams.processor.StateStoreContext;
import org.apache.kafka.streams.state.StoreBuilder;

/**
 * A store that holds nothing. Streams keeps its process id, and with it its transactional id, over
 * a kill only where some task has a persistent store; with the same id the successor ends the open
 * transaction at once, with a new one readers of {@code posts} wait until it times out.
 */
final class ProcessIdStore implements StateStore {
  static final String NAME = "process-id";

  private boolean open;

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public void init(StateStoreContext context, StateStore root) {
    context.register(
        root,
        (key, value) -> {
          throw new IllegalStateException("the store " + NAME + " has no changelog to restore");
        });
    open = true;
  }

  @Override
  public void close() {
    open = false;
  }

  @Override
  public boolean persistent() {
    return true;
  }

  @Override
  public boolean isOpen() {
    return open;
  }

  /** Builds it, without changelog whatever is asked for. */
  static final class Builder implements StoreBuilder<ProcessIdStore> {
    @Override
    public StoreBuilder<ProcessIdStore> withCachingEnabled() {
      return this;
    }

    @Override
    public StoreBuilder<ProcessIdStore> withCachingDisabled() {
      return this;
    }

    @Override
    public StoreBuilder<ProcessIdStore> withLoggingEnabled(Map<String, String> config) {
      throw new UnsupportedOperationException("the store " + NAME + " holds nothing to log");
    }

    @Override
    public StoreBuilder<ProcessIdStore> withLoggingDisabled() {
      return this;
    }

    @Override
    public ProcessIdStore build() {
      return new ProcessIdStore();
    }

    @Override
    public Map<String, String> logConfig() {
      return Map.of();
    }

    @Override
    public boolean loggingEnabled() {
      return false;
    }

    @Override
    public String name() {
      return NAME;
    }
  }
}
