/** Tests. */
@NullMarked
package courtside.feedapi.store;

import org.jspecify.annotations.NullMarked;
