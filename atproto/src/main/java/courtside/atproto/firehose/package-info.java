/** Messages of com.atproto.sync.subscribeRepos. */
@NullMarked
package courtside.atproto.firehose;

import org.jspecify.annotations.NullMarked;
