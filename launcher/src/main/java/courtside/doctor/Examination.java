package courtside.doctor;

import courtside.atproto.syntax.Did;
import courtside.atproto.syntax.RecordKey;
import courtside.ingestor.relay.RelayAddress;
import courtside.service.kafka.KafkaAddress;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * What is to be looked at. Immutable.
 *
 * @param host where the feed API is for others; absent where nothing outside is looked at
 * @param service its DID
 * @param publisher whose records describe the feeds
 * @param kafka where the services meet
 * @param relays what is read
 * @param dials whether relays are dialled even if the pipeline's log knows others alone
 * @param data where instances keep their state
 * @param disk what the log may fill, in bytes
 * @param directory where {@code did:plc:} is looked up
 * @param feeds the feeds to look at; empty for all that are served
 */
public record Examination(
    Optional<String> host,
    Optional<Did> service,
    Optional<Did> publisher,
    KafkaAddress kafka,
    List<RelayAddress> relays,
    boolean dials,
    Path data,
    long disk,
    URI directory,
    List<RecordKey> feeds,
    Limits limits) {
  /** Copies the lists. */
  public Examination {
    relays = List.copyOf(relays);
    feeds = List.copyOf(feeds);
  }
}
