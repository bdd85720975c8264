/** What viewers report of a feed's items: read, bounded, and written to the log. */
@NullMarked
package courtside.feedapi.interaction;

import org.jspecify.annotations.NullMarked;
