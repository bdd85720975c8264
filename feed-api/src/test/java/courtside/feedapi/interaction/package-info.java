/** Tests. */
@NullMarked
package courtside.feedapi.interaction;

import org.jspecify.annotations.NullMarked;
