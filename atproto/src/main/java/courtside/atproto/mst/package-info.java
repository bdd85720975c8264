/** The Merkle search tree that maps a repository's paths to its records. */
@NullMarked
package courtside.atproto.mst;

import org.jspecify.annotations.NullMarked;
