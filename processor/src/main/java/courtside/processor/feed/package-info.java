/** From posts to feeds: the fold in which the newest revision wins, and the topology around it. */
@NullMarked
package courtside.processor.feed;

import org.jspecify.annotations.NullMarked;
