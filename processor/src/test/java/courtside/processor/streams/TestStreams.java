package courtside.processor.streams;

import courtside.service.kafka.KafkaAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;
import org.apache.kafka.streams.StreamsConfig;

/** The settings of a real process, for topologies that run without a broker. */
public final class TestStreams implements AutoCloseable {
  private final RocksMemory memory = new RocksMemory(16_000_000);
  private final StreamsSettings settings;

  public TestStreams(Path state) {
    this.settings =
        new StreamsSettings(
            new KafkaAddress("127.0.0.1:1"),
            "processor-test",
            state,
            Duration.ofMillis(50),
            true,
            memory);
  }

  public StreamsConfig config(String application) {
    return settings.application(application, 1, Input.POSTS);
  }

  public Properties properties(StreamsConfig config) {
    Properties properties = new Properties();
    properties.putAll(config.originals());
    return properties;
  }

  @Override
  public void close() {
    memory.close();
  }
}
