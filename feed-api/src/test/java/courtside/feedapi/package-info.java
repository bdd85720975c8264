/** Tests. */
@NullMarked
package courtside.feedapi;

import org.jspecify.annotations.NullMarked;
