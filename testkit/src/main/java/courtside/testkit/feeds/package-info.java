/** What the processor would write for the feed API. */
@NullMarked
package courtside.testkit.feeds;

import org.jspecify.annotations.NullMarked;
