/**
 * A relay of our own: it plays frames over a real WebSocket on plain sockets, remembers them across
 * kills, and keeps a ledger of what it showed to whom.
 */
@NullMarked
package courtside.testkit.relay;

import org.jspecify.annotations.NullMarked;
