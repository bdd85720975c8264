package courtside.service.kafka;

import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * How clients prove to Kafka who they are, and by what they know it: {@code security.protocol},
 * {@code sasl.…} and {@code ssl.…}. Immutable.
 *
 * @param properties by their names as Kafka has them; secrets are of a type that does not print
 */
public record ClientSecurity(Map<String, Object> properties) {
  /** Nobody proves anything, and all is sent in the clear. */
  public static final ClientSecurity NONE = new ClientSecurity(Map.of());

  /** Copies the map. */
  public ClientSecurity {
    properties = Map.copyOf(properties);
  }

  /**
   * Reads a properties file of 64 KiB at most, as Kafka's own tools read theirs, so that one file
   * does for both.
   *
   * @param file its path
   * @param problems is told everything that is wrong with it, as the end of "… must …"; never a
   *     value out of the file
   * @return {@link #NONE} where something is wrong
   */
  public static ClientSecurity read(String file, Consumer<String> problems) {
    return new SecurityFile(file, problems).read();
  }

  /** The names alone. */
  @Override
  public String toString() {
    return "ClientSecurity" + new TreeSet<>(properties.keySet());
  }
}
