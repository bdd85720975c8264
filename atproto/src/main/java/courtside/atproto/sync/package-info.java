/** Verification of what a firehose says of repositories, without the network. */
@NullMarked
package courtside.atproto.sync;

import org.jspecify.annotations.NullMarked;
