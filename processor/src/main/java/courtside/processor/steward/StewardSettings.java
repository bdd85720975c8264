package courtside.processor.steward;

import courtside.processor.definition.DefinitionFile;
import courtside.service.kafka.KafkaAddress;
import java.time.Duration;
import java.util.List;

/**
 * What a steward runs with. Immutable.
 *
 * @param instance the identity of this process in the group of stewards
 * @param leaveOnStop whether a clean stop hands over at once; otherwise the others wait for this
 *     instance to come back
 * @param shipped definitions to seed where the feed's name has never been seen
 * @param steady how long a candidate must have kept up before it is promoted
 * @param previousFor how long a version that was replaced follows the log, and a rollback is at
 *     hand
 */
public record StewardSettings(
    KafkaAddress kafka,
    String instance,
    boolean leaveOnStop,
    List<DefinitionFile> shipped,
    Duration steady,
    Duration previousFor) {
  /** Copies the list. */
  public StewardSettings {
    shipped = List.copyOf(shipped);
  }
}
