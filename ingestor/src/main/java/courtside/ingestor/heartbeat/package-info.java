/**
 * Whether a stream is alive, judged by when its last message came. A pure state machine on
 * monotonic time, without thread, socket or Kafka: take it for any client that must notice silence.
 */
@NullMarked
package courtside.ingestor.heartbeat;

import org.jspecify.annotations.NullMarked;
