/**
 * A simulated network on the wire: what accounts do becomes signed frames. No threads, no clock.
 */
@NullMarked
package courtside.testkit.accounts;

import org.jspecify.annotations.NullMarked;
