/**
 * Processes that may be killed and frozen, a broker among them, and what a reader of the log sees
 * of it.
 */
@NullMarked
package courtside.testkit.process;

import org.jspecify.annotations.NullMarked;
