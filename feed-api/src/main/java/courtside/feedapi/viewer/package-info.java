/** Who asks: from a request's service token to the account that it speaks for. */
@NullMarked
package courtside.feedapi.viewer;

import org.jspecify.annotations.NullMarked;
