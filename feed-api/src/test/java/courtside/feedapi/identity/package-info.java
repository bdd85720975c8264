/** Tests of keys and where they come from. */
@NullMarked
package courtside.feedapi.identity;

import org.jspecify.annotations.NullMarked;
