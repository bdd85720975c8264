/** The topics of feeds: definitions, their state, items and progress. */
@NullMarked
package courtside.eventlog.feed;

import org.jspecify.annotations.NullMarked;
