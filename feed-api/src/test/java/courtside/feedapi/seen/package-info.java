/** Tests. */
@NullMarked
package courtside.feedapi.seen;

import org.jspecify.annotations.NullMarked;
