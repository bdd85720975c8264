/**
 * The record by which others find a feed: written to its owner's repository, and compared with what
 * the feed API says of itself from outside.
 */
@NullMarked
package courtside.publish;

import org.jspecify.annotations.NullMarked;
