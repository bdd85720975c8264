/** The XRPC methods of a feed generator, and who it says it is. */
@NullMarked
package courtside.feedapi.skeleton;

import org.jspecify.annotations.NullMarked;
