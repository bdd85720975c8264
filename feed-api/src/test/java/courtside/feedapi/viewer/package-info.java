/** Tests of who asks. */
@NullMarked
package courtside.feedapi.viewer;

import org.jspecify.annotations.NullMarked;
