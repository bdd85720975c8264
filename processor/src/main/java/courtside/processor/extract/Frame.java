package courtside.processor.extract;

import courtside.processor.letter.Letter;
import java.time.Instant;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/**
 * One record of {@code firehose.frames}. Immutable, over bytes that must not change.
 *
 * @param key the repo's DID, where the frame names one
 * @param value what the relay sent
 * @param seen the time seen, the record's timestamp
 */
@SuppressWarnings("ArrayRecordComponent") // Up to 5 MB, which nobody copies and nobody compares.
record Frame(
    @Nullable String key,
    byte @Nullable [] value,
    Headers headers,
    Instant seen,
    String topic,
    int partition,
    long offset) {

  /** Where it stands. */
  String source() {
    return Letter.source(topic, partition, offset);
  }
}
