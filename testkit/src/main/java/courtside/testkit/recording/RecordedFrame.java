package courtside.testkit.recording;

import courtside.atproto.Bytes;
import java.time.Instant;

/**
 * One message of a recorded firehose. Immutable.
 *
 * @param bytes the WebSocket message, byte for byte
 * @param seq its sequence number
 * @param time its own time, as the server that was recorded wrote it
 */
public record RecordedFrame(Bytes bytes, long seq, Instant time) {}
