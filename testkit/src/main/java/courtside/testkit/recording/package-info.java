/** Recorded firehoses: what some relay once sent, byte for byte. No sockets, no threads. */
@NullMarked
package courtside.testkit.recording;

import org.jspecify.annotations.NullMarked;
