package courtside.testkit.relay;

/** Why a stream ended: the first cause, as the relay saw it. */
public enum Ending {
  /** The client sent a close. */
  CLIENT_CLOSED,
  /** The client's connection broke without a close. */
  CLIENT_VANISHED,
  /** The client sent something that is no WebSocket frame of a client. */
  CLIENT_MISBEHAVED,
  /** One write was held up for longer than its deadline. */
  WRITE_DEADLINE,
  /** The client fell behind too far, or out of the relay's memory: it was told ConsumerTooSlow. */
  CONSUMER_TOO_SLOW,
  /** The client's cursor lies ahead of the stream: it was told FutureCursor. */
  FUTURE_CURSOR,
  /** The relay committed a fault that ends a stream. */
  FAULT,
  /** The relay was closed, dropped its connections, or lost its log. */
  RELAY_CLOSED,
}
