/**
 * The feeds on this replica's own disk: items, their order, what is served of each feed; and the
 * thread that fills it from the log. Knows nothing of HTTP.
 */
@NullMarked
package courtside.feedapi.store;

import org.jspecify.annotations.NullMarked;
