/** How this service reads topics. */
@NullMarked
package courtside.feedapi.log;

import org.jspecify.annotations.NullMarked;
