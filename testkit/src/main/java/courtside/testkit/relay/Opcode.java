package courtside.testkit.relay;

/** What a WebSocket frame is. */
enum Opcode {
  CONTINUATION(0),
  TEXT(1),
  BINARY(2),
  CLOSE(8),
  PING(9),
  PONG(10);

  private final int code;

  Opcode(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }
}
