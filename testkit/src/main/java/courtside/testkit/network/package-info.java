/** A simulated network: what its accounts say and do. No wire, no threads, no clock. */
@NullMarked
package courtside.testkit.network;

import org.jspecify.annotations.NullMarked;
